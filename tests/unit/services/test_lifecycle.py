"""Yanking, project statuses and owners; seen from a fresh connection."""

import pytest

from mypi.errors import Missing, NotAllowed, Refused
from mypi.metadata import Metadata
from mypi.services import lifecycle
from mypi.services.actor import Actor
from mypi.services.publish import register
from tests.factories import sdist, wheel

BOB = Actor("bob", 50.0, "mypi/1", "127.0.0.1")
WHEEL, SDIST = wheel("six", "1.0"), sdist("six", "1.0")
NAME = WHEEL[0]


@pytest.fixture
def six(stable, put):
    """A project with two releases."""
    put(stable, WHEEL)
    put(stable, SDIST)
    put(stable, wheel("six", "1.1"))
    return stable.project("six")


@pytest.fixture
def yanked(site_db, tm):
    """``yanked()``: file name -> reason, if files and installers' lines agree on it."""

    def yanked():
        tm.commit()
        with site_db.transaction() as connection:
            project = connection.root()["mypi"].indexes["stable"].project("six")
            links = {name: link.yanked for name, link in project.pages()}
            files = {name: project.file(name).yanked for name in project.links}
        assert links == files
        return links

    return yanked


def test_a_release_is_yanked_whole_and_brought_back(stable, six, yanked):
    lifecycle.yank(stable, "SIX", "1.0.0", " broken ", BOB)
    assert yanked() == {NAME: "broken", SDIST[0]: "broken", "six-1.1-py3-none-any.whl": None}

    lifecycle.unyank(stable, "six", "1.0", BOB)
    assert set(yanked().values()) == {None}


def test_one_file_can_be_yanked(stable, six, yanked):
    lifecycle.yank(stable, "six", "1.0", "", BOB, filename=NAME)

    assert yanked() == {NAME: "", SDIST[0]: None, "six-1.1-py3-none-any.whl": None}


def test_yanking_again_changes_the_reason(stable, six, yanked):
    lifecycle.yank(stable, "six", "1.0", "slow", BOB)
    lifecycle.yank(stable, "six", "1.0", "wrong", BOB, filename=NAME)

    assert yanked()[NAME] == "wrong"
    assert yanked()[SDIST[0]] == "slow"


def test_a_yank_tells_whether_anything_was_new(stable, six):
    assert not lifecycle.unyank(stable, "six", "1.0", BOB)
    assert lifecycle.yank(stable, "six", "1.0", "slow", BOB, filename=NAME)
    assert lifecycle.yank(stable, "six", "1.0", "slow", BOB)
    assert not lifecycle.yank(stable, "six", "1.0", "slow", BOB)
    assert lifecycle.unyank(stable, "six", "1.0", BOB)


def test_nothing_but_the_yank_changes_in_a_line(stable, six, yanked):
    before = dict(six.links)
    lifecycle.yank(stable, "six", "1.0", "broken", BOB)
    lifecycle.unyank(stable, "six", "1.0", BOB)

    yanked()
    assert dict(six.links) == before
    assert {type(link) for link in six.links.values()} == {tuple}


def test_the_journal_says_what_was_yanked(stable, six):
    start = len(stable.journal)
    lifecycle.yank(stable, "six", "1.0", "broken", BOB)
    lifecycle.yank(stable, "six", "1.0", "broken", BOB)
    lifecycle.unyank(stable, "six", "1.0", BOB, filename=NAME)
    lifecycle.unyank(stable, "six", "1.0", BOB)
    lifecycle.unyank(stable, "six", "1.0", BOB)

    lines = [line for _serial, line in stable.journal.since(start)]
    assert [line.action for line in lines] == [
        "yank release",
        f"unyank file {NAME}",
        "unyank release",
    ]
    assert lines[0] == BOB.entry("yank release", "six", "1.0", "", "broken")


@pytest.mark.parametrize(
    ("project", "version", "filename"),
    [
        ("nothing", "1.0", ""),
        ("six", "9", ""),
        ("six", "1" * 5000, ""),
        ("six", "1.0", "no.whl"),
        ("six", "1.1", NAME),
    ],
)
def test_what_is_not_there_cannot_be_yanked(stable, six, project, version, filename):
    with pytest.raises(Missing):
        lifecycle.yank(stable, project, version, "", BOB, filename=filename)
    with pytest.raises(Missing):
        lifecycle.unyank(stable, project, version, BOB, filename=filename)


@pytest.mark.parametrize("reason", ["two\nlines", "x" * 501, "\x1b[31mred"])
def test_a_reason_is_one_line(stable, six, yanked, reason):
    with pytest.raises(Refused, match="reason"):
        lifecycle.yank(stable, "six", "1.0", reason, BOB)
    with pytest.raises(Refused, match="reason"):
        lifecycle.set_status(stable, "six", "archived", reason, BOB)

    assert set(yanked().values()) == {None}


@pytest.mark.parametrize("status", ["archived", "quarantined", "deprecated", "active"])
def test_a_status_is_set_and_told(stable, six, tm, site_db, status):
    lifecycle.set_status(stable, "SIX", status, "because", BOB)
    tm.commit()

    with site_db.transaction() as connection:
        fresh = connection.root()["mypi"].indexes["stable"]
        assert fresh.project("six").status == status
        assert fresh.project("six").status_reason == "because"
        line = next(fresh.journal.newest())[1]
        assert line == BOB.entry(f"project {status}", "six", detail="because")


def test_a_closed_project_takes_uploads_when_it_is_active_again(stable, six, put, tm):
    lifecycle.set_status(stable, "six", "archived", "", BOB)
    with pytest.raises(NotAllowed, match="archived"):
        put(stable, wheel("six", "1.2"))
    tm.abort()

    lifecycle.set_status(stable, "six", "active", "", BOB)

    assert put(stable, wheel("six", "1.2")).new


def test_other_statuses_are_refused(stable, six):
    with pytest.raises(Refused, match="deprecated"):
        lifecycle.set_status(stable, "six", "retired", "", BOB)
    with pytest.raises(Missing):
        lifecycle.set_status(stable, "nothing", "archived", "", BOB)
    assert six.status == "active"


def test_owners_come_and_go_but_the_last_one_stays(stable, six, tm, site_db):
    for user in ("ada", "bob", "ada"):
        lifecycle.add_owner(stable, "six", user, BOB)
    lifecycle.remove_owner(stable, "six", "ada", BOB)
    with pytest.raises(Refused, match="last owner"):
        lifecycle.remove_owner(stable, "six", "bob", BOB)
    with pytest.raises(Missing, match="carl"):
        lifecycle.remove_owner(stable, "six", "carl", BOB)
    tm.commit()

    with site_db.transaction() as connection:
        fresh = connection.root()["mypi"].indexes["stable"]
        assert fresh.project("six").owners == ("bob",)
        assert [line.action for _serial, line in fresh.journal.newest()][:3] == [
            "remove Owner ada",
            "add Owner bob",
            "add Owner ada",
        ]


@pytest.mark.parametrize("word", ["@team", "everyone", "", "a b"])
def test_only_a_user_can_own(stable, six, word):
    with pytest.raises(Refused):
        lifecycle.add_owner(stable, "six", word, BOB)


def test_who_publishes_first_owns_where_there_is_ownership(stable, put, tm):
    stable.policy.ownership = True
    tm.commit()
    put(stable, WHEEL, by="ada")
    put(stable, SDIST, by="bob")
    register(stable, Metadata("other", "1.0"), BOB)

    assert stable.project("six").owners == ("ada",)
    assert stable.project("other").owners == ("bob",)


@pytest.mark.parametrize(
    "act",
    [
        lambda index: lifecycle.yank(index, "six", "1.0", "", BOB),
        lambda index: lifecycle.unyank(index, "six", "1.0", BOB),
        lambda index: lifecycle.set_status(index, "six", "archived", "", BOB),
        lambda index: lifecycle.add_owner(index, "six", "carl", BOB),
        lambda index: lifecycle.remove_owner(index, "six", "ada", BOB),
    ],
)
def test_on_a_frozen_index_nothing_changes(stable, six, act):
    lifecycle.add_owner(stable, "six", "ada", BOB)
    stable.policy.frozen = True
    before = (len(stable.journal), six.status, six.owners, dict(six.links))

    with pytest.raises(NotAllowed, match="frozen"):
        act(stable)

    assert (len(stable.journal), six.status, six.owners, dict(six.links)) == before


def test_a_release_that_was_only_registered_has_nothing_to_yank(stable):
    register(stable, Metadata("six", "1.0"), BOB)

    with pytest.raises(Refused, match=r"six 1\.0 has no files"):
        lifecycle.yank(stable, "six", "1.0", "broken", BOB)
