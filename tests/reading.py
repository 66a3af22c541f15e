"""Publish, bring projects into states that have no verb yet, and read what the doors answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes, urljoin

from webtest import TestApp, TestRequest, TestResponse

from mypi.model import Link
from tests.applications import application
from tests.inside import index, send
from tests.wire import JSON, fields_of, requests_upload

HTML = "application/vnd.pypi.simple.v1+html"
PIP = f"{JSON}, {HTML}; q=0.1, text/html; q=0.01"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HOST = "http://localhost:6543"


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[Any]:
    """An application on data in ``folder``: one for a whole module of tests that only read."""
    given = {"zodbconn.uri": f"file://{folder}/Data.fs", "mypi.min_free": "0", **settings}
    opened = application(given)
    try:
        yield opened
    finally:
        opened.registry._zodb_databases[""].close()


class Anchor(NamedTuple):
    text: str
    attributes: dict[str, str | None]

    @property
    def href(self) -> str:
        return self.attributes["href"] or ""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[Anchor] = []
        self.metas: dict[str, str | None] = {}
        self._text: str | None = None
        self._attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a":
            self._text, self._attributes = "", attributes
        elif tag == "meta" and attributes.get("name"):
            self.metas[attributes["name"] or ""] = attributes["content"]

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._text is not None:
            self.anchors.append(Anchor(self._text, self._attributes))
            self._text = None


def anchors(page: TestResponse) -> list[Anchor]:
    """Every anchor of an HTML page, in order."""
    return _read(page).anchors


def metas(page: TestResponse) -> dict[str, str | None]:
    """Name and content of every named ``meta`` element."""
    return _read(page).metas


def _read(page: TestResponse) -> _Links:
    reader = _Links()
    reader.feed(page.text)
    return reader


def publish(app: TestApp, *archives: tuple[str, bytes], root: str = "/") -> None:
    """Upload file names and bytes as a tool does; all must be taken."""
    for filename, content in archives:
        answer = send(app, requests_upload(fields_of(filename, content)), root)
        assert answer.status_int == 200, answer.text


def publish_signed(app: TestApp, archive: tuple[str, bytes], signature: bytes) -> None:
    """Upload one archive with a detached signature, as ``twine upload --sign`` does."""
    filename, content = archive
    fields = [*fields_of(filename, content), ("gpg_signature", (f"{filename}.asc", signature))]
    answer = send(app, requests_upload(fields))
    assert answer.status_int == 200, answer.text


def register(app: TestApp, name: str, version: str = "1.0", root: str = "/") -> None:
    """``setup.py register``: a release without a file."""
    fields = [
        (":action", "submit"),
        ("metadata_version", "1.0"),
        ("name", name),
        ("version", version),
    ]
    answer = send(app, requests_upload(fields), root)
    assert answer.status_int == 200, answer.text


def yank(wsgi: Any, project: str, filename: str, reason: str = "") -> None:
    """Mark one file as yanked."""
    with index(wsgi) as it:
        held = it.projects[project]
        held.file(filename).yanked = reason
        link = Link._make(held.links[filename])
        held.links[filename] = tuple(link._replace(yanked=reason))
        held.changes.change(1)


def mark(wsgi: Any, project: str, status: str, reason: str = "") -> None:
    """Give a project a status (PEP 792)."""
    with index(wsgi) as it:
        held = it.projects[project]
        held.status, held.status_reason = status, reason


def ask(app: TestApp, target: str, method: str = "GET", **environ: str) -> TestResponse:
    """Send a request target as it is, whatever it holds; ``environ`` is added to the request's."""
    path, _, query = target.partition("?")
    request = TestRequest.blank("/", method=method)
    request.environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1")
    request.environ["QUERY_STRING"] = query
    request.environ["HTTP_HOST"] = "localhost:6543"
    request.environ.update(environ)
    return app.do_request(request, expect_errors=True)


def headers(answer: TestResponse) -> list[tuple[str, str]]:
    """The headers of an answer, but for the id that each request has."""
    return sorted((name, text) for name, text in answer.headerlist if name != "X-Request-ID")


def follow(app: TestApp, page: str, link: str) -> TestResponse:
    """Fetch a link of a page as an installer does: resolved against the page's address."""
    return app.get(urljoin(HOST + page, link).removeprefix(HOST).partition("#")[0])
