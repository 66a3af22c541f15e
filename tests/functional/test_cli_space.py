"""``mypi stats --disk``: what takes the room, of all indexes and of one."""

import pytest

from tests.commandline import Keeper
from tests.factories import wheel


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", *(wheel("six", f"1.{it}") for it in range(3)), wheel("demo", "0.1"))
    return keeper


def totals(mypi, name="stable"):
    return next(it for it in mypi("--json stats --disk").json["indexes"] if it["name"] == name)


def sizes(*archives):
    return sum(len(content) for _name, content in archives)


def test_each_index_is_told_with_its_archives_trash_and_journal(mypi):
    mypi("--yes delete six==1.0")

    stable = totals(mypi)

    assert stable["archives"] == sizes(
        wheel("six", "1.1"), wheel("six", "1.2"), wheel("demo", "0.1")
    )
    assert stable["trash"] == sizes(wheel("six", "1.0"))
    assert (stable["projects"], stable["docs"], stable["max_size"]) == (2, 0, 0)
    assert stable["journal"] > 4


@pytest.mark.on_files
def test_what_packing_frees_is_told_before(mypi):
    mypi("--yes delete six==1.0")
    assert mypi("--json stats --disk").json["waste"] == 0

    mypi("--yes trash empty --everything")

    assert mypi("--json stats --disk").json["waste"] == sizes(wheel("six", "1.0"))
    mypi("pack")
    assert mypi("--json stats --disk").json["waste"] == 0


def test_people_get_tables(mypi):
    mypi("index set stable --max-size 1GiB")

    said = mypi("stats --disk").out.splitlines()

    assert said[0].split() == [
        "index",
        "projects",
        "archives",
        "docs",
        "trash",
        "may",
        "have",
        "journal",
    ]
    assert "1.1 GB (0 %)" in said[2]
    assert any(line.startswith("packing frees at least") for line in said)


def test_of_an_index_its_largest_projects_are_told(mypi):
    said = mypi("stats --disk -i stable").out.splitlines()

    assert [line.split()[:2] for line in said] == [
        ["project", "files"],
        ["six", "3"],
        ["demo", "1"],
    ]
    assert mypi("--json stats --disk -i incubator").json["projects"] == []


def test_of_many_the_largest_are_shown_and_all_for_programs(mypi):
    mypi.publish("stable", *(wheel(f"package-{it}", "1.0") for it in range(20)))

    said = mypi("stats --disk -i stable")

    assert len(said.out.splitlines()) == 21
    assert "the largest 20 of 22" in said.err
    assert len(mypi("--json stats --disk -i stable").json["projects"]) == 22


def test_one_project_may_be_asked_for_in_any_spelling(mypi):
    (six,) = mypi("--json stats --disk SIX").json["projects"]

    assert (six["project"], six["files"]) == ("six", 3)
    mypi.refused(4, "stats --disk away")


def test_a_promoted_file_is_on_the_disk_once(mypi):
    mypi.publish("incubator", wheel("new", "1.0"))
    before = mypi("--json stats --disk").json["folder"]

    mypi("promote new==1.0 incubator stable")

    assert mypi("--json stats --disk").json["folder"] == before
    assert totals(mypi)["projects"] == 3
