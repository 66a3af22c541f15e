"""Users, groups and tokens."""

import pytest

from tests.commandline import Keeper

PASSWORD = "correct horse"


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


def add(mypi, *names):
    for name in names:
        mypi(f"user add {name}", MYPI_NEW_PASSWORD=PASSWORD)


def users(mypi):
    return {it["name"]: it for it in mypi("--json user list").json["users"]}


def groups(mypi):
    return {it["name"]: it["members"] for it in mypi("--json group list").json["groups"]}


def test_the_keeper_of_the_database_is_the_operator(mypi):
    said = mypi("whoami").out

    assert "operator" in said
    assert "open: nobody needs a login" in said
    assert mypi("--json whoami").json["admin"]


def test_the_first_user_closes_the_site_and_is_an_admin(mypi):
    add(mypi, "ada", "bob")

    assert "closed: logins count" in mypi("whoami").out
    assert groups(mypi) == {"admins": ["ada"]}
    assert users(mypi)["ada"]["groups"] == ["admins"]
    assert mypi("user list").out.splitlines()[1].split()[:2] == ["ada", "admins"]


def test_a_password_comes_from_stdin_or_the_environment_or_is_asked_for(mypi):
    mypi("user add ada --password-stdin", typed=f"{PASSWORD}\n")
    mypi("user passwd ada", MYPI_NEW_PASSWORD=PASSWORD + "!")

    assert users(mypi)["ada"]["password"]
    assert "add --password-stdin" in mypi.refused(2, "user add bob")
    assert list(users(mypi)) == ["ada"]


def test_a_password_that_is_too_short_is_refused_and_not_repeated(mypi):
    said = mypi.refused(5, "user add ada --password-stdin", typed="horse\n")

    assert "horse" not in said


@pytest.mark.parametrize("typed", ["", "\n"])
def test_a_password_that_is_empty_makes_no_user(mypi, typed):
    assert "8 to 4096 bytes" in mypi.refused(5, "user add ada --password-stdin", typed=typed)

    assert users(mypi) == {}


def test_a_robot_has_no_password_and_may_be_in_groups(mypi):
    add(mypi, "ada")

    mypi("user add ci --no-password --group robots --group builders")

    assert users(mypi)["ci"]["password"] is False
    assert groups(mypi)["robots"] == groups(mypi)["builders"] == ["ci"]


def test_a_user_is_deleted_after_a_yes_with_their_tokens(mypi):
    add(mypi, "ada", "bob")
    mypi("token create --label ci --for bob")
    assert "add --yes" in mypi.refused(2, "user delete bob")

    mypi("--yes user delete bob")

    assert list(users(mypi)) == ["ada"]
    assert mypi("--json token list").json == {"tokens": []}


def test_groups_are_set_added_to_and_taken_from(mypi):
    add(mypi, "ada", "bob", "cy")

    mypi("group set team bob ada")
    mypi("group add team cy")
    mypi("group remove team ada bob")
    mypi("group add crew ada")

    assert groups(mypi) == {"admins": ["ada"], "crew": ["ada"], "team": ["cy"]}
    assert "ada is not in the group team" in mypi.refused(4, "group remove team ada")
    assert "no group away" in mypi.refused(4, "group remove away ada")
    mypi("--yes group delete team")
    assert "team" not in mypi("group list").out


def test_a_token_is_all_that_goes_to_stdout(mypi):
    add(mypi, "ada")

    text = mypi("token create --label ci --for ada").out

    assert text.startswith("mypi-")
    assert len(text.splitlines()) == 1
    assert text.strip() not in mypi("token list").out


def test_a_token_has_its_limits(mypi):
    add(mypi, "ada")

    made = mypi(
        "--json token create --label ci --for ada -i +incubator --project Six --may upload "
        "--may read --expires 90"
    ).json

    assert (made["indexes"], made["projects"]) == (["incubator"], ["six"])
    assert set(made["permissions"]) == {"upload", "read"}
    assert made["expires"] > made["created"]
    listed = mypi("token list").out
    assert "in incubator; of six; may " in listed
    assert "ci" in listed


def test_a_token_is_revoked(mypi):
    add(mypi, "ada")
    number = mypi("--json token create --label ci --for ada").json["id"]

    mypi(f"token revoke {number}")

    assert mypi("token list").out == ""
    assert "try: mypi token list" in mypi.refused(4, f"token revoke {number}")


def test_a_token_for_nobody_names_the_command_that_tells_who_there_is(mypi):
    assert "try: mypi user list" in mypi.refused(4, "token create --label ci --for ada")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (5, "user add everyone --no-password"),
        (5, "user add 'no name' --no-password"),
        (5, "user add ada --no-password"),
        (4, "user passwd away"),
        (4, "--yes user delete away"),
        (4, "--yes group delete away"),
        (4, "token create --label ci --for away"),
    ],
)
def test_what_is_refused_has_its_exit_code(mypi, code, line):
    add(mypi, "ada")

    mypi.refused(code, line, MYPI_NEW_PASSWORD=PASSWORD)


def test_a_token_has_to_be_somebodys(mypi):
    mypi.refused(4, "token create --label ci")
