"""Retention, the journal, packing."""

import pytest

from tests.commandline import Keeper
from tests.factories import wheel


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("incubator", *(wheel("six", f"1.0.dev{number}") for number in range(5)))
    return keeper


def versions(mypi):
    return [it["version"] for it in mypi("--json show six -i incubator").json["releases"]]


def test_retention_is_told_before_it_is_done(mypi):
    mypi("index set incubator --keep-prereleases 2")

    lines = mypi("retention preview -i incubator").out.splitlines()

    assert lines[0].split()[:2] == ["project", "version"]
    assert {line.split()[1] for line in lines[1:]} == {"1.0.dev0", "1.0.dev1", "1.0.dev2"}
    assert len(versions(mypi)) == 5


def test_retention_moves_what_is_not_kept_to_the_trash(mypi):
    mypi("index set incubator --keep-prereleases 2")

    said = mypi("retention run -i incubator")

    assert versions(mypi) == ["1.0.dev4", "1.0.dev3"]
    assert "3 releases (" in said.err
    assert len(said.out.splitlines()) == 4
    assert len(mypi("--json trash list -i incubator").json["trash"]) == 3
    assert mypi("--json retention run -i incubator").json == {"deleted": []}


def test_retention_goes_on_until_nothing_is_left(mypi):
    mypi.publish("incubator", *(wheel("six", f"2.0.dev{number}") for number in range(70)))
    mypi("index set incubator --keep-prereleases 1")

    deleted = mypi("--json retention run -i incubator").json["deleted"]

    assert len(deleted) == 74
    assert versions(mypi) == ["2.0.dev69"]


def test_nothing_to_go_is_said(mypi):
    assert mypi("retention preview -i incubator") == (0, "", "nothing is to go\n")


def test_the_journal_tells_who_did_what(mypi):
    mypi("yank six==1.0.dev0 -i incubator --reason old")

    lines = mypi("log -i incubator -n 2").out.splitlines()

    assert len(lines) == 3
    assert "yank release" in lines[1]
    assert {"operator", "six", "1.0.dev0"} <= set(lines[1].split())


def test_the_journal_is_asked_for_some_of_it(mypi):
    mypi("yank six==1.0.dev0 -i incubator")
    mypi("unyank six==1.0.dev0 -i incubator")

    def actions(asked):
        entries = mypi(f"--json log -i incubator {asked}").json["entries"]
        return [it["action"] for it in entries]

    assert actions("--action yank") == ["yank release"]
    assert actions("--version 1.0.dev0 -n 2") == ["unyank release", "yank release"]
    assert actions("--project attrs") == []
    assert actions("--by ada") == []
    assert actions("--since 1h") == actions("")
    assert actions("--until 2020-01-01") == []
    assert actions("--since 2020-01-01T00:00:00Z -n 1") == ["unyank release"]


def test_the_site_has_a_journal_of_its_own(mypi):
    mypi("index create team")

    assert mypi("--json log --site").json["entries"][0]["action"] == "create index team"


def test_packing_gives_the_disk_back_what_the_trash_held(mypi):
    mypi("--yes delete six -i incubator")
    mypi("--yes trash empty --everything -i incubator")
    blobs = sorted((mypi.data / "blobs").rglob("*.blob"))
    assert len(blobs) == 5

    said = mypi("--json pack")

    assert said.json["after"] < said.json["before"]
    assert sorted((mypi.data / "blobs").rglob("*.blob")) == []
    assert "packed from " in said.err
