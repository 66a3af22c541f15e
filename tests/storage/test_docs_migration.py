"""Documentation that was uploaded before mypi could show it is shown, and read as it was sent."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp
from ZODB.blob import Blob

from mypi.model.docs import Docs
from mypi.model.evolve import add_catalogue_and_downloads, evolve
from mypi.model.trash import Trashed
from mypi.services import trash
from mypi.services.actor import Actor
from tests.inside import site
from tests.reading import served
from tests.storage.test_migration import opened
from tests.storage.test_schema_2 import SCHEMA_2

BOB = Actor("bob", 50.0)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data folder with documentation of six and of six 1.2."""
    folder = tmp_path / "var"
    with tarfile.open(SCHEMA_2) as packed:
        packed.extractall(folder, filter="data")
    return folder


@pytest.fixture
def wsgi(old: Path) -> Iterator[Any]:
    with served(old) as application:
        with site(application) as it:
            it.users.clear()
            it.groups.clear()  # so it is open
        yield application


def sent(docs: Docs) -> dict[str, bytes]:
    """What is in the archive, by the name of the member."""
    with docs.blob.open("c") as opened_, zipfile.ZipFile(opened_) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}


def test_all_pages_are_served(wsgi):
    app = TestApp(wsgi)
    with site(wsgi) as it:
        six = it.indexes["stable"].project("six")
        expected = {"latest": sent(six.release("1.2").docs), "1.2": sent(six.release("1.2").docs)}
        whole = sent(six.docs)
    assert expected["latest"]
    assert whole

    for version, pages in expected.items():
        for path, content in pages.items():
            assert app.get(f"/docs/six/{version}/{path}").body.endswith(content)
    for path, content in whole.items():
        assert app.get(f"/docs/six/{path}").body.endswith(content)
    assert app.get("/docs/six/").headers["Location"] == "/docs/six/latest/"


def test_a_page_is_found_without_reading_the_archives_directory(wsgi, monkeypatch):
    monkeypatch.setattr("mypi.model.docs.directory", None)

    assert TestApp(wsgi).get("/docs/six/latest/").status_int == 200


def test_what_lay_in_the_trash_comes_back_with_its_pages(old):
    with opened(old) as (it, manager), manager:
        # As it was deleted then: what a later mypi notes down is not there.
        stable = it.indexes["stable"]
        six = stable.project("six")
        release = six.releases.pop("1.2")
        links = tuple((name, six.links.pop(name)) for name in release.files)
        stable.trash["old"] = Trashed(
            "old", "release", release, project="six", version="1.2", links=links, by="", now=1.0
        )
    with served(old) as application:
        with site(application) as it:
            it.users.clear()
            it.groups.clear()
        app = TestApp(application)
        app.get("/docs/six/1.2/index.html", status=404)
        with site(application) as it:
            trash.restore(it.indexes["stable"], "old", BOB)

        assert app.get("/docs/six/").headers["Location"] == "/docs/six/latest/"
        assert app.get("/docs/six/1.2/index.html").status_int == 200


@pytest.mark.parametrize("kind", ["project", "index"])
def test_projects_in_the_trash_are_seen_to_as_well(old, kind):
    with opened(old) as (it, manager):
        with manager:
            stable = it.indexes["stable"]
            if kind == "project":
                trash.delete(stable, "six", BOB)
            else:
                it.trash["old"] = Trashed("old", "index", stable, by="", now=1.0)
        evolve(it, manager, automatic=True)
    with opened(old) as (it, manager):
        holder = it.indexes["stable"] if kind == "project" else it.trash["old"].what
        six = [*(t.what for t in holder.trash.values()), *holder.projects.values()]
        (six,) = [project for project in six if getattr(project, "name", "") == "six"]
        assert six.documented == ("1.2",)
        assert six.docs.page("index.html") is not None
        assert six.release("1.2").docs.page("index.html") is not None


def test_an_archive_that_cannot_be_read_stops_nothing(old):
    with opened(old) as (it, manager):
        with manager:
            blob = Blob()
            with blob.open("w") as broken:
                broken.write(b"PK no zip archive")
            it.indexes["stable"].project("six").docs.blob = blob
        assert evolve(it, manager, automatic=True) == [3, 4]

    with served(old) as application:
        with site(application) as it:
            it.users.clear()
            it.groups.clear()
        app = TestApp(application)
        app.get("/docs/six/index.html", status=404)
        assert app.get("/docs/six/1.2/index.html").status_int == 200


def test_a_step_that_runs_again_leaves_the_pages_as_they_are(old):
    with opened(old) as (it, manager):
        evolve(it, manager, automatic=True)
        docs = it.indexes["stable"].project("six").docs
        before = docs.pages._p_oid
        with manager:
            add_catalogue_and_downloads(it)
        assert docs.pages._p_oid == before


def test_nothing_is_left_half_done(old):
    with opened(old) as (it, manager):
        manager.begin()
        add_catalogue_and_downloads(it)
        manager.abort()
        assert it.indexes["stable"].project("six").docs.pages is None
        assert it.schema == 2
