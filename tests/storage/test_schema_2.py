"""A database of schema 2, without a catalogue: it reads as before, and is searched."""

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.errors import CannotStart
from mypi.model.downloads import Downloads
from mypi.model.evolve import add_catalogue_and_downloads, evolve
from mypi.model.site import SCHEMA
from mypi.services import search, trash
from mypi.services.access import full_access
from mypi.services.actor import Actor
from mypi.services.search import follower
from tests.factories import wheel
from tests.inside import actions, files, site, state
from tests.reading import JSON, follow, served
from tests.reading import publish as upload
from tests.storage.test_migration import opened

SCHEMA_2 = Path(__file__).parent / "schemas" / "schema-2.tar.gz"
SIX = {
    "six-1.0-py3-none-any.whl": "016a1a1be90c49598a167440020cebeacd6fce0997a2fa717717e8670c71858c",
    "six-1.0.tar.gz": "418c96d6d45499d3b8641c55dd1b44f36530f80f9cdb67101522dc891ed23ed3",
    "six-1.1-py3-none-any.whl": "434d459d5de4b6fdd26fd7be03a686a5dfdf1701b5d4db68b43240842dd2543f",
    "six-1.2-py3-none-any.whl": "403239d522c4a4dcd4d75768d487a907f9a3eb8d69c985b9d92309fb4b7b7806",
}
DEMO = {
    "demo-0.1-py3-none-any.whl": "efdfec2fc0a634f846be6d420b74712e94f4dd4c02e6aef681335e09e42d082c"
}
PAGES = {
    "/simple/six/": SIX,
    "/simple/demo/": DEMO,
    "/+incubator/simple/demo/": DEMO,
    "/+incubator/simple/six/": SIX,
}
BOB = Actor("bob", 50.0)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The data folder."""
    folder = tmp_path / "var"
    with tarfile.open(SCHEMA_2) as packed:
        packed.extractall(folder, filter="data")
    return folder


@pytest.fixture
def wsgi(old: Path) -> Iterator[Any]:
    """An application on it, that has followed its journals."""
    with served(old) as application:
        application.registry.background.run_once()
        yield application


def found(it: Any, index: str, text: str) -> list[tuple[str, str]]:
    results = search.search(full_access(it), it.indexes[index], text)
    return [(hit.name, hit.version) for hit in results.hits]


def test_files_read_as_before(wsgi):
    app = TestApp(wsgi)

    for page, expected in PAGES.items():
        answer = app.get(page, headers={"Accept": JSON}).json
        assert {it["filename"]: it["hashes"]["sha256"] for it in answer["files"]} == expected
        for it in answer["files"]:
            content = follow(app, page, it["url"]).body
            assert hashlib.sha256(content).hexdigest() == expected[it["filename"]]
            assert len(content) == it["size"]
        yanked = {it["filename"]: it["yanked"] for it in answer["files"] if it["yanked"]}
        assert yanked == ({"six-1.1-py3-none-any.whl": "old"} if expected is SIX else {})


def test_all_else_is_as_it_was(wsgi):
    with site(wsgi) as it:
        stable, incubator = it.indexes["stable"], it.indexes["incubator"]
        assert (it.schema, list(it.users), list(it.groups)) == (SCHEMA, ["ada", "bob"], ["admins"])
        assert [*it.tokens] == ["6nydip0g"]
        assert (stable.size(), stable.count(), incubator.size()) == (3639, 2, 850)
        assert [len(each) for each in (stable.trash, stable.promotions, stable.reserved)] == [1] * 3
        assert all(isinstance(index.downloads, Downloads) for index in it.indexes.values())
        six = stable.project("six")
        assert six.docs is not None
        assert [six.release(version).docs is None for version in ("1.0", "1.2")] == [True, False]
    assert [len(actions(wsgi, name)) for name in ("stable", "incubator")] == [18, 4]


def test_the_catalogue_fills_itself(wsgi):
    with site(wsgi) as it:
        assert search.lag(it) == 0
        assert found(it, "stable", "") == [("demo", "0.1"), ("six", "1.2")]
        assert found(it, "incubator", "demo") == [("demo", "0.1")]
        assert found(it, "stable", "other") == []
        assert dict(it.catalogue.followed["stable"].serials) == {
            "demo": 14,
            "other-name": 18,
            "six": 17,
        }


def test_searching_before_that_finds_nothing_and_breaks_nothing(old):
    with served(old) as application:
        app = TestApp(application)
        answer = app.get("/+api/v1/indexes/stable/search", {"q": "six"}).json

        assert (answer["hits"], answer["total"]) == ([], 0)


def test_work_goes_on(wsgi):
    with site(wsgi) as it:
        (trashed,) = it.indexes["stable"].trash.values()
        trash.restore(it.indexes["stable"], trashed.id, BOB)
    with site(wsgi) as it:
        trash.delete(it.indexes["stable"], "demo", BOB)
    wsgi.registry.background.run_once()

    with site(wsgi) as it:
        assert found(it, "stable", "") == [("Other.Name", "2.0"), ("six", "1.2")]


def test_uploads_go_on(old):
    with served(old) as application:
        with site(application) as it:
            it.users.clear()
            it.groups.clear()  # so it is open again
        upload(TestApp(application), wheel("six", "1.3"))
        application.registry.background.run_once()

        assert set(files(TestApp(application), "six")) == {*SIX, "six-1.3-py3-none-any.whl"}
        with site(application) as it:
            assert found(it, "stable", "six") == [("six", "1.3")]


def test_a_second_start_writes_nothing(old):
    with served(old) as application:
        application.registry.background.run_once()
        first = state(application, old)
    data = (old / "Data.fs").read_bytes()

    with served(old) as application:
        application.registry.background.run_once()
        assert state(application, old) == first

    assert (old / "Data.fs").read_bytes() == data


def test_manual_refuses_and_writes_nothing(old):
    data = (old / "Data.fs").read_bytes()

    with pytest.raises(CannotStart, match=f"schema 2, this mypi wants {SCHEMA}"):
        make_app({"zodbconn.uri": f"file://{old}/Data.fs", "mypi.evolve": "manual"})

    assert (old / "Data.fs").read_bytes() == data


def test_a_step_that_runs_again_gives_the_same(old):
    with opened(old) as (it, manager):
        with manager:
            add_catalogue_and_downloads(it)  # and the number of the schema was lost
        assert evolve(it, manager, automatic=True) == [3, 4]
        assert evolve(it, manager, automatic=True) == []

    with served(old) as application:
        application.registry.background.run_once()
        with site(application) as it:
            assert found(it, "stable", "six") == [("six", "1.2")]


def test_a_fill_that_was_cut_off_goes_on(old):
    with opened(old) as (it, manager):
        evolve(it, manager, automatic=True)
        with manager:
            assert follower.follow(it, batch=1)
    with opened(old) as (it, manager), manager:
        assert len(it.catalogue.cards) == 1

    with served(old) as application:
        application.registry.background.run_once()
        with site(application) as it:
            assert found(it, "stable", "") == [("demo", "0.1"), ("six", "1.2")]
            assert search.lag(it) == 0
