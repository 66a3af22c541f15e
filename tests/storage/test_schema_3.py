"""A database of schema 3, which knew one process only: it reads as before, and several share it."""

import tarfile
from pathlib import Path

import pytest
from webtest import TestApp

from mypi.model.evolve import add_leases, evolve
from mypi.model.site import SCHEMA
from mypi.services import leases, search
from mypi.services.actor import Actor
from mypi.services.webhooks import add as add_webhook
from tests.factories import wheel
from tests.inside import files, site, state
from tests.reading import publish as upload
from tests.reading import served
from tests.storage.test_migration import opened
from tests.storage.test_schema_2 import DEMO, SIX, found

SCHEMA_3 = Path(__file__).parent / "schemas" / "schema-3.tar.gz"
BOB = Actor("bob", 50.0)


@pytest.fixture
def old(tmp_path) -> Path:
    """The data folder."""
    folder = tmp_path / "var"
    with tarfile.open(SCHEMA_3) as packed:
        packed.extractall(folder, filter="data")
    return folder


def test_everything_reads_as_before(old):
    with served(old) as wsgi:
        app = TestApp(wsgi)
        assert set(files(app, "six")) == set(SIX)
        assert set(files(app, "demo")) == set(DEMO)
        with site(wsgi) as it:
            assert (it.schema, list(it.users), list(it.groups)) == (
                SCHEMA,
                ["ada", "bob"],
                ["admins"],
            )
            assert it.indexes["stable"].downloads.projects["six"].total == 2
            # The catalogue is as it was: nothing is filled a second time.
            assert found(it, "stable", "") == [("demo", "0.1"), ("six", "1.2")]
            assert search.lag(it) == 0


def test_what_the_new_schema_has_works(old):
    with served(old) as wsgi:
        with site(wsgi) as it:
            assert leases.hold(it, "catalogue", "one", 100.0, 10.0)
            assert not leases.hold(it, "catalogue", "another", 101.0, 10.0)
        with site(wsgi) as it:
            hook = add_webhook(it, "https://chat.example/hook", BOB)
        with site(wsgi) as it:
            assert list(it.webhooks) == [hook.id]


def test_uploads_go_on_and_are_found(old):
    with served(old) as wsgi:
        with site(wsgi) as it:
            it.users.clear()
            it.groups.clear()  # so it is open again
        upload(TestApp(wsgi), wheel("six", "1.3"))
        wsgi.registry.background.run_once()

        with site(wsgi) as it:
            assert found(it, "stable", "six") == [("six", "1.3")]


def test_a_second_start_writes_nothing(old):
    with served(old) as wsgi:
        wsgi.registry.background.run_once()
        first = state(wsgi, old)
    data = (old / "Data.fs").read_bytes()

    with served(old) as wsgi:
        wsgi.registry.background.run_once()
        assert state(wsgi, old) == first

    assert (old / "Data.fs").read_bytes() == data


def test_a_step_that_runs_again_gives_the_same(old):
    with opened(old) as (it, manager):
        with manager:
            add_leases(it)  # and the number of the schema was lost
        assert evolve(it, manager, automatic=True) == [4]
        assert evolve(it, manager, automatic=True) == []
