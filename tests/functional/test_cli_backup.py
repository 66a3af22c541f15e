"""``mypi backup`` and ``mypi recover``: what is copied is whole, and comes back."""

import json
import time

import pytest

from mypi.services import backup
from tests.commandline import Keeper
from tests.factories import wheel


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", *(wheel("six", f"1.{number}") for number in range(3)))
    return keeper


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


def files(mypi):
    shown = mypi("--json show six").json
    return {file["filename"]: file["sha256"] for it in shown["releases"] for file in it["files"]}


def test_a_backup_holds_everything_and_is_verified(mypi, folder):
    said = mypi(f"backup {folder}")

    assert "3 archives (" in said.err
    assert "copied; verified" in said.err
    assert len(list(folder.rglob("*.blob"))) == 3


def test_the_next_backup_copies_what_is_new(mypi, folder):
    mypi(f"backup {folder}")
    mypi.publish("stable", wheel("six", "2.0"))

    done = mypi(f"--json backup {folder}").json

    assert (done["archives"], done["problems"]) == (1, [])
    assert mypi(f"--json backup {folder}").json["transactions"] == 0


def test_what_is_recovered_is_what_was_there(mypi, folder, tmp_path):
    mypi("yank six==1.0 --reason old")
    before = files(mypi)
    mypi(f"backup {folder}")
    other = Keeper(tmp_path / "other")

    said = other(f"recover {folder}")

    assert "restored" in said.err
    assert files(other) == before
    assert other("--json check --deep").json["problems"] == []
    assert other("--json show six==1.0").json["files"][0]["yanked"]
    other.publish("stable", wheel("six", "9.0"))
    assert len(files(other)) == 4


def test_an_earlier_moment_is_recovered(mypi, folder, tmp_path):
    mypi(f"backup {folder}")
    until = json.loads((folder / "mypi-backup.json").read_text())["until"]
    mypi("delete six --yes --reason mistake")
    mypi("trash empty --everything --yes")
    mypi("pack")
    mypi(f"backup {folder}")
    other = Keeper(tmp_path / "other")

    other(f"recover {folder} --at {until}")

    assert len(files(other)) == 3
    assert other("--json check --deep").json["problems"] == []


def test_a_time_before_everything_is_refused(mypi, folder, tmp_path):
    mypi(f"backup {folder}")
    other = Keeper(tmp_path / "other")

    said = other.refused(5, f"recover {folder} --at 2020-01-01")

    assert "There was nothing at that time" in said
    assert not other.data.exists()


def test_who_restores_a_backup_is_told_how(mypi, folder):
    assert f"try: mypi recover {folder}" in mypi.refused(2, f"restore {folder}")


def test_what_was_deleted_long_ago_is_forgotten(mypi, folder, tmp_path):
    mypi(f"backup {folder}")
    until = json.loads((folder / "mypi-backup.json").read_text())["until"]
    mypi("delete six==1.0 --yes --reason mistake")
    mypi("trash empty --everything --yes")
    mypi("pack")
    mypi(f"backup {folder} --keep 1")
    assert len(list(folder.rglob("*.blob"))) == 3, "it was deleted today"

    backup.forget(folder, time.time())

    assert len(list(folder.rglob("*.blob"))) == 2
    other = Keeper(tmp_path / "other")
    assert "what was before is forgotten" in other.refused(5, f"recover {folder} --at {until}")
    mypi.publish("stable", wheel("six", "2.0"))
    done = mypi(f"--json backup {folder} --deep --keep 1").json
    assert (done["archives"], done["problems"]) == (1, [])
    other(f"recover {folder}")
    assert files(other) == files(mypi)
    assert other("--json check --deep").json["problems"] == []


def test_data_that_is_there_is_not_replaced(mypi, folder):
    mypi(f"backup {folder}")
    before = files(mypi)

    assert "There is data already" in mypi.refused(5, f"recover {folder}")
    assert files(mypi) == before


def test_damage_in_the_backup_is_told(mypi, folder):
    mypi(f"backup {folder}")
    blob = sorted(folder.rglob("*.blob"))[0]
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1])

    said = mypi.run(f"backup {folder}")

    assert said.code == 1
    assert "stable/six" in said.out
    assert "damaged" in said.err


@pytest.mark.parametrize("content", ["a letter", ""], ids=["file", "empty file"])
def test_other_things_are_not_written_into(mypi, folder, content):
    folder.mkdir()
    (folder / "letter.txt").write_text(content)

    assert "holds other things" in mypi.refused(5, f"backup {folder}")
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_what_is_no_backup_is_not_recovered(mypi, folder):
    folder.mkdir()

    assert "is no finished backup" in mypi.refused(5, f"recover {folder}")


def test_the_backup_of_another_index_stays_as_it_is(mypi, folder, tmp_path):
    mypi(f"backup {folder}")
    before = (folder / "Data.fs").read_bytes()
    newer = Keeper(tmp_path / "newer")
    newer.publish("stable", wheel("six", "7.0"))

    assert "is the backup of another index" in newer.refused(5, f"backup {folder}")
    assert (folder / "Data.fs").read_bytes() == before


def test_an_index_that_has_gone_back_does_not_go_on_with_a_newer_backup(mypi, folder, tmp_path):
    mypi(f"backup {folder}")
    older = Keeper(tmp_path / "older")
    older(f"recover {folder}")
    mypi.publish("stable", wheel("six", "2.0"))
    mypi(f"backup {folder}")

    assert "the backup is newer than the index" in older.refused(5, f"backup {folder}")


def test_a_time_that_is_none_is_a_usage_error(mypi, folder):
    mypi(f"backup {folder}")

    assert "is no time such as" in mypi.refused(2, f"recover {folder} --at yesterday")
