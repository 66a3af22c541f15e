"""Look at projects, yank, delete, restore; statuses and owners."""

import pytest

from tests.commandline import Keeper
from tests.factories import sdist, wheel


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", wheel("six", "1.0"), sdist("six", "1.0"), wheel("six", "2.0"))
    return keeper


def yanked(mypi, version="1.0"):
    files = mypi(f"--json show six=={version}").json["files"]
    return {file["filename"]: file["yanked_reason"] for file in files if file["yanked"]}


def test_projects_are_listed_by_prefix(mypi):
    mypi.publish("stable", wheel("attrs", "1.0"), wheel("sixer", "1.0"))

    assert mypi("list").out == "attrs\nsix\nsixer\n"
    assert mypi("list SI").out == "six\nsixer\n"
    assert mypi("--json list si").json == {"projects": ["six", "sixer"]}
    assert mypi("list zz").out == ""


def test_a_project_is_shown_with_its_files(mypi):
    lines = mypi("show Six").out.splitlines()

    assert lines[0].split() == ["project", "six"]
    assert [line.split()[:2] for line in lines[-3:]] == [
        ["2.0", "six-2.0-py3-none-any.whl"],
        ["1.0", "six-1.0-py3-none-any.whl"],
        ["1.0", "six-1.0.tar.gz"],
    ]
    assert "2.0" not in mypi("show six==1.0").out


def test_a_release_is_yanked_and_offered_again(mypi):
    said = mypi("yank six==1.0 --reason 'eats data'")

    assert said == (0, "", "yanked six==1.0 in stable\n")
    assert set(yanked(mypi).values()) == {"eats data"}
    assert "yes: eats data" in mypi("show six").out

    mypi("unyank six==1.0")
    assert yanked(mypi) == {}


def test_what_is_yanked_or_offered_already_is_told(mypi):
    assert mypi("unyank six==1.0").err == "six==1.0 in stable was not yanked\n"
    assert mypi("yank six==1.0").err == "yanked six==1.0 in stable\n"
    assert mypi("yank six==1.0").err == "six==1.0 in stable was yanked before, without a reason\n"

    mypi("yank six==1.0 --reason slow")
    again = mypi("yank six==1.0 --reason slow")
    assert again.err == "six==1.0 in stable was yanked before, for that reason\n"
    assert mypi("unyank six==1.0").err == "six==1.0 in stable is offered again\n"


def test_one_file_is_yanked(mypi):
    mypi("yank six==1.0/six-1.0.tar.gz")

    assert set(yanked(mypi)) == {"six-1.0.tar.gz"}
    mypi("unyank six==1.0/six-1.0.tar.gz")
    assert yanked(mypi) == {}


def test_of_several_one_that_fails_does_not_keep_the_others_back(mypi):
    said = mypi.run("yank six==9.0 six==1.0")

    assert said.code == 1
    assert "mypi: " in said.err
    assert "9.0" in said.err
    assert len(yanked(mypi)) == 2


def test_what_is_not_there_is_told_with_what_is(mypi):
    assert "try: mypi show six -i stable" in mypi.refused(4, "yank six==9.0")
    assert "try: mypi list -i stable" in mypi.refused(4, "show attrs")
    assert "try: mypi index list" in mypi.refused(4, "list -i away")
    assert "try: mypi trash list -i stable" in mypi.refused(4, "restore 999")
    assert "try: mypi index list" in mypi.refused(4, "restore 999 -i away")
    assert "try: mypi list -i stable" in mypi.refused(4, "stats attrs")
    assert "six==1.0 has no file x in stable" in mypi.refused(4, "delete six==1.0/x --dry-run")


def test_a_release_is_deleted_after_a_yes_and_restored(mypi):
    unanswered = mypi.refused(2, "delete six==1.0")
    assert "six==1.0 in stable: 2 files, " in unanswered
    assert "add --yes" in unanswered

    said = mypi("--yes delete six==1.0")

    assert "1.0" not in mypi("show six").out
    number = mypi("--json trash list").json["trash"][0]["id"]
    assert f"to have it back: mypi restore {number} -i stable" in said.err
    mypi(f"restore {number}")
    assert mypi("show six==1.0").out.count("six-1.0") == 2
    assert mypi("trash list") == (0, "", "the trash is empty\n")


def test_a_dry_run_tells_what_would_be_deleted(mypi):
    said = mypi("delete six six==2.0 six==1.0/six-1.0.tar.gz --dry-run")

    assert "six in stable: 2 releases, 3 files, " in said.err
    assert "six==2.0 in stable: 1 file, " in said.err
    assert "six==1.0/six-1.0.tar.gz in stable: 1 file, " in said.err
    assert mypi("--json trash list").json == {"trash": []}


def test_projects_and_files_are_deleted_and_lie_in_the_trash(mypi):
    mypi("--yes delete six==1.0/six-1.0.tar.gz")
    mypi("--yes delete six")

    lines = mypi("trash list").out.splitlines()
    assert mypi("list").out == ""
    assert [line.split()[1] for line in lines[1:]] == ["six", "six==1.0/six-1.0.tar.gz"]


def test_what_is_shown_from_a_base_is_deleted_there(mypi):
    said = mypi.refused(4, "--yes delete six -i incubator")

    assert "not in incubator itself" in said
    assert "try: -i stable" in said


def test_the_trash_is_emptied_of_what_may_still_be_restored_after_a_yes_only(mypi):
    mypi("--yes delete six")
    mypi("trash empty")
    assert len(mypi("--json trash list").json["trash"]) == 1
    assert "add --yes" in mypi.refused(2, "trash empty --everything")

    said = mypi("--yes trash empty --everything")

    assert "freed" in said.err
    assert mypi("--json trash list").json == {"trash": []}


def test_a_project_gets_a_status(mypi):
    mypi("status six archived --reason 'use seven'")

    assert "archived: use seven" in mypi("show six").out
    mypi("status six active")
    assert "archived" not in mypi("show six").out


def test_owners_come_and_go(mypi):
    mypi("user add ada --no-password")
    mypi("user add bob --no-password")
    before = set(mypi("owner list six").out.split())

    mypi("owner add six ada")
    mypi("owner add six bob")
    assert set(mypi("owner list six").out.split()) == {"ada", "bob"} | before

    mypi("owner remove six bob")
    assert mypi("--json owner list six").json["owners"] == sorted({"ada"} | before)


def test_why_something_was_deleted_is_kept(mypi):
    mypi.publish("stable", wheel("six", "1.0"))

    mypi("--yes delete six==1.0 --reason 'leaks a key'")

    assert "leaks a key" in mypi("log --project six").out
    assert mypi("--json trash list").json["trash"][0]["reason"] == "leaks a key"
