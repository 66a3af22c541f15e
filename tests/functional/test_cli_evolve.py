"""``mypi evolve``: an older database is brought up to date when its keeper says so."""

import shutil
import tarfile

import pytest

from mypi.model.site import ROOT_KEY, SCHEMA
from mypi.model.storage import file_uri, open_database
from tests.commandline import Keeper
from tests.storage.test_migration import SCHEMA_1
from tests.storage.test_schema_3 import SCHEMA_3


def keeper(tmp_path, packed):
    with tarfile.open(packed) as opened:
        opened.extractall(tmp_path / "var", filter="data")
    return Keeper(tmp_path / "var")


@pytest.fixture
def mypi(tmp_path):
    """The keeper of a database of schema 3."""
    return keeper(tmp_path, SCHEMA_3)


def test_what_would_be_done_is_told_and_nothing_is_written(mypi):
    before = (mypi.data / "Data.fs").read_bytes()

    said = mypi("evolve --dry-run")
    told = mypi("--json evolve --dry-run").json

    assert "4  several processes share" in said.out
    assert f"schema 3, and {SCHEMA} is wanted; nothing was done" in said.err
    assert (told["schema"], told["wanted"], told["done"]) == (3, SCHEMA, False)
    assert (mypi.data / "Data.fs").read_bytes() == before


def test_it_is_done_once(mypi):
    said = mypi("evolve --yes")

    assert f"schema {SCHEMA} now, it was 3" in said.err
    assert mypi("evolve").err == f"schema {SCHEMA}: up to date\n"
    assert mypi("index list", MYPI_EVOLVE="manual").code == 0


def test_without_a_yes_nothing_is_done(mypi):
    assert "No older mypi opens it then" in mypi.refused(2, "evolve")
    assert "4  " in mypi("evolve --dry-run").out


def test_manual_means_that_nothing_else_does_it(mypi):
    said = mypi.refused(3, "index list", MYPI_EVOLVE="manual")

    assert "Run: mypi evolve --backup FOLDER" in said


def test_the_backup_that_is_made_first_is_of_the_older_schema(mypi, tmp_path):
    mypi(f"evolve --yes --backup {tmp_path}/backup")
    other = Keeper(tmp_path / "other")

    other(f"recover {tmp_path}/backup")

    assert "4  several processes share" in other("evolve --dry-run").out
    # And later backups go on from there.
    assert mypi(f"--json backup {tmp_path}/backup").json["problems"] == []


def test_a_backup_that_cannot_be_made_stops_it(mypi, tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/letter.txt").write_text("dear ada")

    said = mypi.refused(5, f"evolve --yes --backup {tmp_path}/taken")

    assert "Nothing was changed" in said
    assert "4  " in mypi("evolve --dry-run").out


def test_the_oldest_schema_is_led_through_all_steps(tmp_path):
    mypi = keeper(tmp_path, SCHEMA_1)
    assert "copy its folder" in mypi.refused(5, f"evolve --yes --backup {tmp_path}/backup")

    told = mypi("--json evolve --yes").json

    assert [it["schema"] for it in told["steps"]] == list(range(2, SCHEMA + 1))
    assert all(it["what"] for it in told["steps"])


def test_a_newer_database_is_left_alone(mypi):
    mypi("evolve --yes")
    database = open_database(file_uri(str(mypi.data)), "", {})
    with database.transaction() as connection:
        connection.root()[ROOT_KEY].schema = SCHEMA + 1
    database.close()

    assert f"schema {SCHEMA + 1}; this mypi knows" in mypi.refused(3, "evolve --dry-run")
    assert "Install the newer mypi again" in mypi.refused(3, "evolve --yes")


def test_nothing_is_made_where_nothing_is(tmp_path):
    mypi = Keeper(tmp_path / "var")

    assert "There is no database" in mypi.refused(3, "evolve")
    assert not mypi.data.exists()


def test_a_server_must_not_run(mypi):
    database = open_database(file_uri(str(mypi.data)), "", {})
    try:
        assert "stop the server first" in mypi.refused(3, "evolve --yes")
        assert "4  " in mypi("evolve --dry-run").out
    finally:
        database.close()


def test_it_is_for_the_machine_of_the_index(mypi):
    assert "not on a server" in mypi.refused(2, "-s http://localhost:1 evolve")


def test_a_file_that_is_no_database_is_said_to_be_none(mypi):
    (mypi.data / "Data.fs.index").unlink()
    (mypi.data / "Data.fs").write_bytes(b"<html>")
    shutil.rmtree(mypi.data / "blobs")

    assert "is no database, or damaged" in mypi.refused(3, "evolve --dry-run")
