"""Serials are exact, however far the catalogue has come (C-72, section 15.6)."""

import pytest

from mypi.services import lifecycle, serials, trash
from mypi.services.actor import Actor
from mypi.services.search.follower import follow
from tests.factories import wheel

ADA = Actor("ada", 5.0)


@pytest.fixture(params=["nothing followed", "half followed", "all followed"])
def journal(request, site, stable, put, tm):
    """Two projects and their history, as the catalogue knows it to some extent."""
    put(stable, wheel("six", "1.0"))
    put(stable, wheel("attrs", "1.0"))
    if request.param == "half followed":
        follow(site)
    put(stable, wheel("six", "2.0"))
    if request.param == "all followed":
        follow(site)
    tm.commit()
    return stable


def last_about(index, name):
    return max(serial for serial, entry in index.journal.since(0) if entry.project == name)


def test_a_projects_serial_is_that_of_its_last_entry(site, journal):
    assert serials.of_project(site, journal, "Six") == last_about(journal, "six")
    assert serials.of_project(site, journal, "attrs") == last_about(journal, "attrs")
    assert serials.of_project(site, journal, "absent") == 0


def test_all_serials_are_those_of_the_projects(site, journal):
    assert serials.of_all(site, journal) == {
        "attrs": last_about(journal, "attrs"),
        "six": last_about(journal, "six"),
    }
    assert max(serials.of_all(site, journal).values()) == serials.last(journal)


@pytest.mark.parametrize("followed", [True, False])
def test_every_change_gives_a_greater_serial(site, journal, tm, followed):
    seen = [serials.of_project(site, journal, "six")]
    for change in (
        lambda: lifecycle.yank(journal, "six", "1.0", "old", ADA),
        lambda: lifecycle.set_status(journal, "six", "deprecated", "", ADA),
        lambda: lifecycle.add_owner(journal, "six", "ada", ADA),
        lambda: trash.delete(journal, "six", ADA, version="1.0"),
    ):
        change()
        if followed:
            follow(site)
        seen.append(serials.of_project(site, journal, "six"))

    assert seen == sorted(set(seen))


def test_a_deleted_project_is_not_listed_and_a_new_one_of_its_name_is_newer(site, journal, put, tm):
    before = serials.of_project(site, journal, "six")
    trash.delete(journal, "six", ADA)
    tm.commit()
    assert "six" not in serials.of_all(site, journal)

    put(journal, wheel("six", "3.0"))
    assert serials.of_project(site, journal, "six") > before
