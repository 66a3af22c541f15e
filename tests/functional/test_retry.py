"""Conflicts: a second connection changes the same things before an upload commits."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from pyramid.config import Configurator
from pyramid.interfaces import IContextFound
from pyramid.response import Response

from mypi.cli.client import Client
from mypi.services import indexes, users
from mypi.services.actor import Actor
from mypi.web import ATTEMPTS
from mypi.web.resources import IndexRoot
from tests.factories import wheel, zipped
from tests.functional.test_batch import form as batch
from tests.inside import actions, blobs, database, files, index, send, site, state
from tests.people import add_users, basic
from tests.wire import digest, fields_of, register, requests_upload, upload_docs

NAME, WHEEL = wheel("six", "1.0", files={"data.bin": bytes(300_000)})
_SAME, OTHER = wheel("six", "1.0", summary="Other bytes")
FORM = requests_upload(fields_of(NAME, WHEEL))
KEEPER = Actor("keeper", 1.0)


@pytest.fixture(autouse=True)
def as_with_other_processes(wsgi: Any, request: pytest.FixtureRequest) -> None:
    """Uploads to one process take turns; those to others do not wait for it."""
    if "turns" not in request.node.name:
        wsgi.registry.turns = None


class Rival:
    """Does ``act`` during each of the first ``times`` attempts, after they have begun to read."""

    def __init__(self, wsgi: Any, act: Callable[[], Any], times: int) -> None:
        self.act = act
        self.left = times
        self.attempts = 0
        wsgi.registry.registerHandler(self, [IContextFound])

    def __call__(self, event: Any) -> None:
        if event.request.headers.get("X-Rival"):
            return
        self.attempts += 1
        if self.left:
            self.left -= 1
            self.act()


def change_policy(wsgi: Any) -> None:
    """What every upload relies on, and a keeper may change."""
    with index(wsgi) as it:
        it.policy.title += "!"


def lose_lab(wsgi: Any) -> None:
    """An index ``lab``, which is deleted while the next request is on its way."""
    with site(wsgi) as it:
        indexes.create(it, "lab", {}, KEEPER)

    def delete() -> None:
        with site(wsgi) as it:
            indexes.delete(it, it.indexes["lab"], default="stable", force=False, actor=KEEPER)

    Rival(wsgi, delete, 1)


def uploads(app: Any, name: str, content: bytes) -> Callable[[], Any]:
    body = requests_upload(fields_of(name, content))
    return lambda: send(app, body, **{"X-Rival": "yes"})


@pytest.mark.parametrize("clashes", [1, ATTEMPTS - 1])
def test_a_conflict_is_retried_and_every_byte_is_stored(app, wsgi, data, clashes):
    rival = Rival(wsgi, lambda: change_policy(wsgi), clashes)

    answer = send(app, FORM)

    assert rival.attempts == clashes + 1
    assert answer.status_int == 200
    assert blobs(data) == [WHEEL]
    assert app.get(f"/packages/stable/six/{NAME}").body == WHEEL
    assert actions(wsgi) == ["create", "new release", f"add py3 file {NAME}"]
    assert not list((data / "blobs" / "tmp").iterdir())


def test_a_conflict_over_a_project_that_exists_is_retried(app, wsgi, data):
    send(app, FORM)
    name, content = wheel("six", "1.1")

    def deprecate() -> None:
        with index(wsgi) as it:
            it.project("six").status = "deprecated"

    Rival(wsgi, deprecate, 1)

    assert send(app, requests_upload(fields_of(name, content))).status_int == 200
    assert blobs(data) == sorted([WHEEL, content])


def test_a_project_that_is_archived_meanwhile_takes_nothing_more(app, wsgi, data):
    send(app, FORM)
    name, content = wheel("six", "1.1")

    def archive() -> None:
        with index(wsgi) as it:
            it.project("six").status = "archived"

    Rival(wsgi, archive, 1)
    answer = send(app, requests_upload(fields_of(name, content)))

    assert answer.status_int == 403
    assert blobs(data) == [WHEEL]


def test_a_conflict_that_outlasts_the_retries_is_503_and_leaves_nothing(app, wsgi, data):
    before = state(wsgi, data)
    rival = Rival(wsgi, lambda: change_policy(wsgi), 1000)

    answer = send(app, FORM)

    assert rival.attempts == ATTEMPTS
    assert answer.status_int == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.status.startswith("503 The index is busy")
    assert state(wsgi, data).files == before.files
    assert actions(wsgi) == []
    assert files(app, "six") == {}
    rival.left = 0
    assert send(app, FORM).status_int == 200


def test_the_first_of_two_writers_of_one_name_wins(app, wsgi, data):
    Rival(wsgi, uploads(app, NAME, OTHER), 1)

    answer = send(app, FORM)

    assert answer.status.startswith("409 File already exists")
    assert files(app, "six") == {NAME: digest("sha256", OTHER)}
    assert blobs(data) == [OTHER]
    assert actions(wsgi) == ["create", "new release", f"add py3 file {NAME}"]


def test_two_writers_of_the_same_bytes_are_both_content(app, wsgi, data):
    Rival(wsgi, uploads(app, NAME, WHEEL), 1)

    answer = send(app, FORM)

    assert answer.status_int == 200
    assert "nothing changed" in answer.text
    assert blobs(data) == [WHEEL]


@pytest.mark.parametrize("existing", ["nothing", "project", "release"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_two_files_of_one_project_are_both_stored(app, wsgi, data, existing, version):
    if existing != "nothing":
        uploads(app, *wheel("six", "1.0" if existing == "release" else "0.1", build="0"))()
    name, content = wheel("six", version, build="1")
    Rival(wsgi, uploads(app, name, content), 1)

    answer = send(app, FORM)

    assert answer.status_int == 200
    assert {NAME, name} <= set(files(app, "six"))
    assert {WHEEL, content} <= set(blobs(data))
    with index(wsgi) as it:
        assert it.count() == 1
        assert len(it.journal) == len(list(it.journal.since(0)))


def test_uploads_to_different_projects_merge_without_a_retry(app, wsgi):
    for name in ("alpha", "beta"):
        uploads(app, *wheel(name, "1.0"))()
    rival = Rival(wsgi, uploads(app, *wheel("alpha", "1.1")), 1)

    answer = send(app, requests_upload(fields_of(*wheel("beta", "1.1"))))

    assert answer.status_int == 200
    assert rival.attempts == 1


PAGES = zipped({"index.html": b"<h1>six</h1>"})


def test_registering_and_documentation_are_retried_too(app, wsgi):
    form = [(":action", "submit"), ("name", "six"), ("version", "1.0")]
    Rival(wsgi, lambda: change_policy(wsgi), 1)

    assert send(app, register(form)).status_int == 200

    def deprecate() -> None:
        with index(wsgi) as it:
            it.project("six").status = "deprecated"

    Rival(wsgi, deprecate, 1)
    pages = [(":action", "doc_upload"), ("name", "six"), ("content", ("six.zip", PAGES))]
    assert send(app, upload_docs(pages)).status_int == 200
    with index(wsgi) as it:
        assert it.project("six").docs.size == len(PAGES)


# What commits, and what does not


@pytest.fixture
def scribbling(wsgi):
    """A view at /scribble that writes, then answers with the status it was asked for."""

    def scribble(context: Any, request: Any) -> Response:
        context.index.policy.title = "scribbled"
        return Response(status=int(request.GET["status"]))

    config = Configurator(registry=wsgi.registry, autocommit=True)
    config.add_view(scribble, name="scribble", context=IndexRoot)


@pytest.mark.parametrize(
    ("status", "title"), [(200, "scribbled"), (400, "stable"), (409, "stable"), (500, "stable")]
)
def test_a_returned_error_does_not_commit(app, wsgi, scribbling, status, title):
    app.post(f"/scribble?status={status}", status=status)

    with index(wsgi) as it:
        assert it.policy.title == title


def test_writing_while_reading_raises_and_is_lost(app, wsgi, scribbling):
    before = database(wsgi).lastTransaction()

    assert app.get("/scribble?status=200", expect_errors=True).status_int == 500
    assert database(wsgi).lastTransaction() == before
    assert app.get("/simple/").status_int == 200


@pytest.mark.on_files
def test_uploads_to_one_process_take_turns_and_nothing_has_to_be_merged(app, wsgi, monkeypatch):
    storage = database(wsgi).storage
    merge, merged = storage.tryToResolveConflict, []
    monkeypatch.setattr(storage, "tryToResolveConflict", lambda *a: merged.append(a) or merge(*a))
    wheels = [wheel("six", f"1.{number}") for number in range(40)]
    bodies = [requests_upload(fields_of(*each)) for each in wheels]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: send(app, body), bodies))

    assert {answer.status_int for answer in answers} == {200}
    assert sorted(files(app, "six")) == sorted(name for name, _content in wheels)
    assert not merged


@pytest.mark.on_files
def test_after_turns_that_end_with_a_refusal_the_next_one_comes(app, wsgi):
    other = requests_upload(fields_of(NAME, OTHER))
    name, content = wheel("six", "1.1")
    assert send(app, FORM).status_int == 200

    assert send(app, other).status_int == 409

    assert not wsgi.registry.turns.locked()
    assert send(app, requests_upload(fields_of(name, content))).status_int == 200


@pytest.mark.on_files
def test_an_import_takes_turns_with_uploads(app, wsgi, data):
    """It is large, and would have been overtaken by each of them."""
    rival = Rival(wsgi, lambda: change_policy(wsgi), 1)

    answer = app.post("/+import", **batch((NAME, WHEEL)), extra_environ={"mypi.operator": True})

    assert [it["outcome"] for it in answer.json["results"]] == ["published"]
    assert rival.attempts == 1
    assert not wsgi.registry.turns.locked()
    assert blobs(data) == [WHEEL]


def test_an_import_that_others_were_in_the_way_of_is_sent_again(app, wsgi, data):
    """From another process, whose turns are not ours."""

    def as_operator(environ: Any, start_response: Any) -> Any:
        return wsgi({**environ, "mypi.operator": True}, start_response)

    http = httpx.Client(transport=httpx.WSGITransport(as_operator), base_url="http://localhost")
    rival = Rival(wsgi, lambda: change_policy(wsgi), ATTEMPTS)
    with http:
        said = Client(http, "here", http.close).upload(
            "/+stable/+import", {"entries": "[{}]"}, [("content", (NAME, io.BytesIO(WHEEL)))]
        )

    assert [it["outcome"] for it in said["results"]] == ["published"]
    assert rival.attempts == ATTEMPTS + 1
    assert blobs(data) == [WHEEL]


def test_after_turns_an_import_publishes_in_no_index_that_was_deleted_meanwhile(app, wsgi, data):
    lose_lab(wsgi)
    operator = {"mypi.operator": True}
    app.post("/+lab/+import", **batch((NAME, WHEEL)), extra_environ=operator, status=404)

    assert blobs(data) == []


def test_after_turns_a_keeper_who_is_one_no_longer_imports_nothing(app, wsgi, data):
    add_users(wsgi, "ada", "bob")

    def remove() -> None:
        with site(wsgi) as it:
            users.set_group(it, "admins", ("bob",), KEEPER)

    Rival(wsgi, remove, 1)
    app.post("/+import", **batch((NAME, WHEEL)), headers=basic("ada"), status=403)

    assert blobs(data) == []


def test_after_turns_an_index_that_was_deleted_meanwhile_takes_nothing(app, wsgi, data):
    lose_lab(wsgi)
    answer = send(app, FORM, "/+lab/")

    assert answer.status_int == 404
    assert blobs(data) == []


def test_after_turns_an_open_site_that_was_closed_meanwhile_takes_nothing(app, wsgi, data):
    Rival(wsgi, lambda: add_users(wsgi, "ada"), 1)

    assert send(app, FORM).status_int == 401
    assert blobs(data) == []


def test_after_turns_a_user_who_was_removed_meanwhile_publishes_nothing(app, wsgi, data):
    add_users(wsgi, "bob", "ada")

    def remove() -> None:
        with site(wsgi) as it:
            users.remove(it, "ada", KEEPER)

    Rival(wsgi, remove, 1)

    assert send(app, FORM, **basic("ada")).status_int == 401
    assert blobs(data) == []
