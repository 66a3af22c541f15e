"""mypi index: make, change, freeze, rename, delete and restore indexes."""

import pytest
from passlib.hash import bcrypt

from tests.commandline import INI, Keeper
from tests.factories import wheel


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var", "-q")


def policy(mypi, index):
    return mypi(f"--json index show {index}").json["policy"]


def test_an_index_is_made_with_what_it_allows(mypi):
    mypi(
        "index create team --title 'The team' --base incubator --base +stable --volatile --merge "
        "--max-file 1MiB --kind sdist --kind bdist_wheel --rule readme=warn --rule license=enforce "
        "--upload ada,@team --promote '' --keep-days 30 --keep-prereleases 3 --no-keep-promoted "
        "--trash-days 7"
    )

    made = policy(mypi, "team")
    assert made["title"] == "The team"
    assert made["bases"] == ["incubator", "stable"]
    assert (made["volatile"], made["merge"], made["keep_promoted"]) == (True, True, False)
    assert made["max_file"] == 2**20
    assert made["kinds"] == ["sdist", "bdist_wheel"]
    assert made["rules"] == {"readme": "warn", "license": "enforce"}
    assert made["grants"] == {"upload": ["ada", "@team"], "promote": []}
    assert (made["keep_days"], made["keep_prereleases"], made["trash_days"]) == (30, 3, 7)


def test_set_changes_what_is_named_and_nothing_else(mypi):
    mypi("index create team --title Old --rule readme=warn --read users --upload ada --volatile")

    mypi("index set +team --title New --rule license=warn --rule readme=off --upload @team")

    changed = policy(mypi, "team")
    assert changed["title"] == "New"
    assert changed["rules"] == {"license": "warn"}
    assert changed["grants"] == {"read": ["users"], "upload": ["@team"]}
    assert changed["volatile"]


def test_set_takes_things_back(mypi):
    mypi("index create team --base stable --kind sdist --volatile --read ada")

    mypi("index set team --base '' --kind '' --no-volatile --read default")

    changed = policy(mypi, "team")
    assert (changed["bases"], changed["kinds"], changed["grants"]) == ([], [], {})
    assert not changed["volatile"]


def test_who_is_granted_something_and_is_not_there_yet_is_noted(tmp_path):
    mypi = Keeper(tmp_path / "var")
    mypi("user add ada --no-password")
    mypi("group set team ada")

    said = mypi("index set stable --read everyone --upload @nogroup,bob,ada,@team --delete team")
    note = "note: There is no user team here yet. The group of that name is @team.\n"
    expected = (
        f"note: There is no group nogroup here yet.\nnote: There is no user bob here yet.\n{note}"
    )
    assert said.err == f"changed the index stable: grants\n{expected}"
    assert mypi("index show stable").err == expected
    assert mypi("index set stable --title Stable").err == "changed the index stable: title\n"
    assert mypi("index create new --read eve").err.endswith(
        "note: There is no user eve here yet.\n"
    )

    mypi("user add bob --no-password")
    assert "bob" not in mypi("index set stable --upload bob").err
    assert mypi("-q index set stable --upload eve").err == ""


def test_users_of_an_htpasswd_file_are_known(tmp_path):
    (tmp_path / "htpasswd").write_text(f"bob:{bcrypt.using(rounds=4).hash('correct horse')}\n")
    ini = tmp_path / "production.ini"
    setting = f"[app:main]\nmypi.htpasswd = {tmp_path}/htpasswd"
    ini.write_text(INI.read_text().replace("[app:main]", setting))

    said = Keeper(tmp_path, options=f"-c {ini}")("index set stable --upload bob,eve")

    assert said.err.endswith("grants\nnote: There is no user eve here yet.\n")


def test_set_without_anything_to_set_is_asked_what(mypi):
    assert "Say what is to change" in mypi.refused(2, "index set stable")


def test_people_see_what_is_not_as_usual(mypi):
    mypi("index create team --title 'The team' --base stable --upload ada")

    shown = mypi("index show team").out

    assert "title" in shown
    assert "upload: ada" in shown
    assert "max-file" not in shown


def test_a_title_cannot_steer_the_terminal(mypi):
    mypi("index create team --title $'\\x1b[31mred'".replace("$'\\x1b", "'\x1b"))

    assert "\x1b" not in mypi("index list").out


def test_indexes_are_listed_with_what_they_hold(mypi):
    mypi.publish("stable", wheel("six", "1.0"))
    mypi("index freeze stable")

    lines = mypi("index list").out.splitlines()

    assert lines[0].split() == ["index", "projects", "size", "bases", "state", "title"]
    stable = next(line for line in lines if line.startswith("stable"))
    assert stable.split()[1] == "1"
    assert "default, frozen" in stable


def test_a_frozen_index_takes_nothing_until_it_is_thawed(mypi):
    mypi.publish("incubator", wheel("six", "1.0"))
    mypi("index freeze incubator")

    assert "frozen" in mypi.refused(5, "yank six==1.0 -i incubator")

    mypi("index unfreeze incubator")
    mypi("yank six==1.0 -i incubator")


def test_an_index_gets_another_name(mypi):
    mypi("index create team --base incubator")
    mypi("index rename incubator nursery")

    assert policy(mypi, "team")["bases"] == ["nursery"]
    mypi.refused(4, "index show incubator")


def test_the_default_index_keeps_its_name(mypi):
    assert "stable" in mypi.refused(5, "index rename stable proven")


def test_an_index_is_deleted_after_a_yes_and_restored(mypi):
    mypi.publish("incubator", wheel("six", "1.0"))
    assert "add --yes" in mypi.refused(2, "index delete incubator")

    deleted = mypi("--json --yes index delete incubator").json

    assert "mypi index list" in mypi.refused(4, "index show incubator")
    listed = mypi("trash list --indexes").out
    assert deleted["id"] in listed
    assert "incubator" in listed
    mypi(f"index restore {deleted['id']}")
    assert mypi("list -i incubator").out == "six\n"


def test_a_dry_run_deletes_nothing(mypi):
    mypi("index delete incubator --dry-run")

    mypi("index show incubator")


def test_a_base_of_others_is_deleted_by_force_only(mypi):
    mypi("index create team --base incubator")

    assert "team" in mypi.refused(5, "--yes index delete incubator")

    mypi("--yes index delete incubator --force")
    assert policy(mypi, "team")["bases"] == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (4, "index show away"),
        (4, "index freeze away"),
        (5, "index create stable"),
        (5, "index create Stable"),
        (5, "index create team --upload ada,no+name"),
        (5, "index create team --rule beauty=warn"),
        (5, "index create team --kind tarball"),
        (5, "index create team --base away"),
        (4, "index restore 999"),
        (5, "--yes index delete stable"),
    ],
)
def test_what_an_index_refuses_has_its_exit_code(mypi, code, line):
    mypi.refused(code, line)
