"""A database of schema 1: everything in it reads as before, and nothing is written twice."""

import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import transaction
from webtest import TestApp

from mypi import make_app
from mypi.errors import CannotStart
from mypi.model import Site
from mypi.model.evolve import add_access_and_trash, evolve
from mypi.model.site import SCHEMA
from mypi.model.storage import open_database
from mypi.services import lifecycle, trash, users
from mypi.services.actor import Actor
from tests.factories import wheel
from tests.inside import actions, blobs, site, state
from tests.reading import JSON, follow, served
from tests.reading import publish as upload
from tests.serving import Server

SCHEMA_1 = Path(__file__).parent / "schemas" / "schema-1.tar.gz"
FILES = {
    "/simple/six/": {
        "six-1.0-py3-none-any.whl": (
            "016a1a1be90c49598a167440020cebeacd6fce0997a2fa717717e8670c71858c"
        ),
        "six-1.0.tar.gz": "418c96d6d45499d3b8641c55dd1b44f36530f80f9cdb67101522dc891ed23ed3",
        "six-1.1-py3-none-any.whl": (
            "434d459d5de4b6fdd26fd7be03a686a5dfdf1701b5d4db68b43240842dd2543f"
        ),
    },
    "/simple/other-name/": {
        "Other_Name-2.0.tar.gz": "2add17f7650cf83318ef519d16ea1a51bbcd3b480a640b0787ba0e71b423d82e"
    },
    "/+incubator/simple/demo/": {
        "demo-0.1-py3-none-any.whl": (
            "efdfec2fc0a634f846be6d420b74712e94f4dd4c02e6aef681335e09e42d082c"
        )
    },
}
SIZES = {"stable": 841 + 268 + 839 + 277, "incubator": 850}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data folder that mypi 0.1 wrote, with schema 1."""
    folder = tmp_path / "var"
    with tarfile.open(SCHEMA_1) as packed:
        packed.extractall(folder, filter="data")
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Site, transaction.TransactionManager]]:
    """The site of a data folder as it stands, and its transaction manager."""
    database = open_database(f"file://{folder}/Data.fs", "", {})
    manager = transaction.TransactionManager()
    connection = database.open(manager)
    try:
        yield connection.root()["mypi"], manager
    finally:
        manager.abort()
        connection.close()
        database.close()


def facts(it: Site) -> dict[str, Any]:
    """What the second schema brought, but the secret."""
    return {
        "schema": it.schema,
        "people": [*it.users, *it.groups, *it.tokens, *it.trash, *it.former, *it.journal.since(0)],
        **{
            index.name: (index.size(), [*index.reserved, *index.trash, *index.promotions])
            for index in it.indexes.values()
        },
    }


NEW = {"schema": SCHEMA, "people": [], "stable": (SIZES["stable"], []), "incubator": (850, [])}


def test_everything_reads_as_before(old):
    with served(old) as wsgi:
        app = TestApp(wsgi)
        for page, files in FILES.items():
            answer = app.get(page, headers={"Accept": JSON}).json
            assert {it["filename"]: it["hashes"]["sha256"] for it in answer["files"]} == files
            for it in answer["files"]:
                content = follow(app, page, it["url"]).body
                assert hashlib.sha256(content).hexdigest() == files[it["filename"]]
                assert len(content) == it["size"]
        names = app.get("/+incubator/simple/", headers={"Accept": JSON}).json["projects"]
        assert [it["name"] for it in names] == ["demo", "other-name", "six"]
        assert app.get("/six/").status_int == 200


def test_what_the_new_schema_has_is_there(old):
    with served(old) as wsgi, site(wsgi) as it:
        assert facts(it) == NEW
        assert len(it.secret) >= 32
        assert {name: index.count() for name, index in it.indexes.items()} == {
            "incubator": 1,
            "stable": 2,
        }
        assert it.indexes["incubator"].policy.bases == ("stable",)
        assert it.indexes["incubator"].policy.volatile
        assert it.indexes["stable"].policy.trash_days == 30
        assert it.indexes["stable"].project("six").owners == ()


def test_journals_stay_as_they_were(old):
    with served(old) as wsgi:
        assert actions(wsgi)[:3] == [
            "create",
            "new release",
            "add py3 file six-1.0-py3-none-any.whl",
        ]
        assert [len(actions(wsgi, name)) for name in ("stable", "incubator")] == [9, 3]


def test_work_goes_on(old):
    archive = wheel("six", "1.2")
    with served(old) as wsgi:
        upload(TestApp(wsgi), archive)
        bob = Actor("bob", 50.0)
        with site(wsgi) as it:
            stable = it.indexes["stable"]
            assert stable.size() == SIZES["stable"] + len(archive[1])
            lifecycle.yank(stable, "six", "1.1", "old", bob)
            trashed = trash.delete(stable, "six", bob)
            assert stable.size() == 277
        with site(wsgi) as it:
            trash.restore(it.indexes["stable"], trashed.id, bob)
            assert it.indexes["stable"].size() == SIZES["stable"] + len(archive[1])
            users.add(it, "ada", None, bob)


def test_a_second_start_writes_nothing(old):
    with served(old) as wsgi, site(wsgi) as it:
        secret = it.secret
        first = state(wsgi, old)
    data = (old / "Data.fs").read_bytes()

    with served(old) as wsgi, site(wsgi) as it:
        assert it.secret == secret
        assert state(wsgi, old) == first

    assert (old / "Data.fs").read_bytes() == data


def test_manual_refuses_and_writes_nothing(old):
    data = (old / "Data.fs").read_bytes()
    ini = {"zodbconn.uri": f"file://{old}/Data.fs", "mypi.evolve": "manual"}

    with pytest.raises(
        CannotStart, match=rf"schema 1, this mypi wants {SCHEMA}.*mypi\.evolve = auto"
    ):
        make_app(ini)

    assert (old / "Data.fs").read_bytes() == data


def test_manual_starts_what_is_up_to_date(old):
    with served(old):
        pass

    app = make_app({"zodbconn.uri": f"file://{old}/Data.fs", "mypi.evolve": "manual"})

    app.registry.database.close()


def test_a_database_of_a_newer_mypi_is_left_alone(old):
    with opened(old) as (it, manager), manager:
        it.schema = SCHEMA + 1
    data = (old / "Data.fs").read_bytes()

    with pytest.raises(CannotStart, match=f"schema {SCHEMA + 1}.*up to {SCHEMA}"):
        make_app({"zodbconn.uri": f"file://{old}/Data.fs"})

    assert (old / "Data.fs").read_bytes() == data


def test_a_step_that_was_cut_off_leaves_the_old_schema(old):
    with opened(old) as (it, manager):
        manager.begin()
        add_access_and_trash(it)
        manager.savepoint()
        manager.abort()

    with opened(old) as (it, manager):
        manager.begin()
        assert it.schema == 1
        assert "users" not in vars(it)
        manager.abort()
        assert evolve(it, manager, automatic=True) == [2, 3, 4]
        manager.begin()
        assert facts(it) == NEW


def test_a_step_that_runs_again_gives_the_same(old):
    with opened(old) as (it, manager):
        with manager:
            add_access_and_trash(it)  # and the number of the schema was lost
        assert evolve(it, manager, automatic=True) == [2, 3, 4]
        assert evolve(it, manager, automatic=True) == []

    with opened(old) as (it, manager), manager:
        assert facts(it) == NEW


def test_a_server_killed_while_it_evolves_starts_again(old):
    """A transaction that never got its end is cut off the file."""
    before = (old / "Data.fs").stat().st_size
    with served(old):
        pass
    whole = (old / "Data.fs").read_bytes()

    for cut in (before, before + 10, (before + len(whole)) // 2, len(whole) - 1):
        for left in old.glob("Data.fs*"):
            left.unlink()
        (old / "Data.fs").write_bytes(whole[:cut])
        (old / "Data.fs.open").touch()

        with served(old) as wsgi, site(wsgi) as it:
            assert facts(it) == NEW
            assert len(blobs(old)) == 5


def test_pip_installs_from_it(old, tmp_path):
    with Server(old) as server:
        options = "--isolated --no-cache-dir --no-deps --disable-pip-version-check --quiet"
        where = f"--index-url {server.url}/+incubator/simple/ --target {tmp_path}/there"
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", *f"{options} {where} six==1.0 demo".split()],
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert done.returncode == 0, done.stderr
    for name, version in (("six", "1.0"), ("demo", "0.1")):
        module = tmp_path / "there" / name / "__init__.py"
        assert module.read_text() == f'__version__ = "{version}"\n'
