"""Look into, or change, the data of an application under test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import transaction
from webtest import TestApp, TestResponse

from mypi.model import Index, Site
from tests.wire import JSON, Body


class State(NamedTuple):
    """All that is on disk; equal states: nothing was stored, and nothing was left behind."""

    transaction: bytes
    files: tuple[str, ...]


def state(wsgi: Any, data: Path) -> State:
    """The newest transaction, and every file below the blob folder."""
    files = sorted(str(path) for path in (data / "blobs").rglob("*") if path.is_file())
    return State(database(wsgi).lastTransaction(), tuple(files))


def blobs(data: Path) -> list[bytes]:
    """The bytes of every blob, whichever file they belong to."""
    return sorted(path.read_bytes() for path in (data / "blobs").rglob("*.blob"))


def database(wsgi: Any) -> Any:
    return wsgi.registry._zodb_databases[""]


@contextmanager
def site(wsgi: Any) -> Iterator[Site]:
    """The site on a connection of its own; changes are committed at the end."""
    manager = transaction.TransactionManager(explicit=True)
    connection = database(wsgi).open(manager)
    try:
        with manager:
            yield connection.root()["mypi"]
    finally:
        connection.close()


@contextmanager
def index(wsgi: Any, name: str = "stable") -> Iterator[Index]:
    """One index of the site; changes are committed at the end."""
    with site(wsgi) as whole:
        yield whole.indexes[name]


def actions(wsgi: Any, name: str = "stable") -> list[str]:
    """What the journal says was done."""
    with index(wsgi, name) as it:
        return [entry.action for _serial, entry in it.journal.since(0)]


def files(app: TestApp, project: str, root: str = "/") -> dict[str, str]:
    """File names and sha256 on the installer's page of a project; empty when there is none."""
    page = app.get(f"{root}simple/{project}/", headers={"Accept": JSON}, expect_errors=True)
    if page.status_int == 404:
        return {}
    return {file["filename"]: file["hashes"]["sha256"] for file in page.json["files"]}


def send(app: TestApp, body: Body, address: str = "/", **headers: str) -> TestResponse:
    """POST ``body``; any answer will do."""
    return app.post(address, body[0], {**body[1], **headers}, expect_errors=True)


def refused(
    app: TestApp, wsgi: Any, data: Path, body: Body, address: str = "/", **headers: str
) -> TestResponse:
    """The answer to a form that must leave everything as it was."""
    before = state(wsgi, data)

    answer = send(app, body, address, **headers)

    assert state(wsgi, data) == before
    return answer


def check_wording(answer: TestResponse, status: int, words: str) -> None:
    """Status, and ``words`` in a reason phrase that any client can show."""
    code, _, reason = answer.status.partition(" ")
    assert int(code) == status
    assert reason.isascii()
    assert reason.isprintable()
    assert 0 < len(reason) <= 200
    assert words in reason
