"""The words of policies and tokens."""

import pytest

from mypi.errors import Refused
from mypi.permissions import (
    EVERYTHING,
    PERMISSIONS,
    RESERVED_NAMES,
    WHEN_CLOSED,
    WHEN_OPEN,
    Scope,
    check_login,
    check_permissions,
    check_principals,
)


@pytest.mark.parametrize("name", ["ada", "A", "ada.lovelace", "a-b_c", "007", "x" * 64, "admins"])
def test_names_that_users_and_groups_may_have(name):
    assert check_login(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ada",
        "ada\n",
        "a b",
        "a:b",
        "@ada",
        ".ada",
        "ada-",
        "ädä",
        "x" * 65,
        "a/b",
        "a\0b",
        *sorted(RESERVED_NAMES),
        "OPERATOR",
        "Everyone",
    ],
)
def test_names_that_they_may_not_have(name):
    with pytest.raises(Refused, match="cannot be the name"):
        check_login(name)


def test_words_that_mean_more_than_one_user_are_reserved():
    assert {"everyone", "users", "operator", "__token__"} <= RESERVED_NAMES


def test_a_long_name_is_not_repeated_whole():
    with pytest.raises(Refused) as error:
        check_login("x" * 10_000)

    assert len(str(error.value)) < 500


def test_principals_are_kept_in_order_each_once():
    words = ["users", "@team", "ada", "everyone", "ada", "@admins"]

    assert check_principals(words) == ("users", "@team", "ada", "everyone", "@admins")
    assert check_principals([]) == ()


@pytest.mark.parametrize(
    "word", ["", "@", "@@team", "@users", "@everyone", "operator", "a b", "owners"]
)
def test_what_is_no_principal(word):
    with pytest.raises(Refused):
        check_principals(["ada", word])


def test_permissions_come_in_the_order_of_the_table():
    assert check_permissions(["manage", "read", "read"]) == ("read", "manage")
    assert check_permissions([]) == ()
    assert check_permissions(PERMISSIONS) == PERMISSIONS


@pytest.mark.parametrize("word", ["administer", "write", "", "Read"])
def test_what_is_no_permission(word):
    with pytest.raises(Refused, match="no permission; known are read, upload"):
        check_permissions(["read", word])


def test_every_permission_has_a_default():
    assert tuple(WHEN_OPEN) == tuple(WHEN_CLOSED) == PERMISSIONS
    assert WHEN_OPEN["manage"] == WHEN_CLOSED["manage"] == ()
    assert "everyone" not in {word for it in PERMISSIONS[1:] for word in WHEN_CLOSED[it]}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_no_limits_limit_nothing(permission):
    assert EVERYTHING.allows(permission)
    assert EVERYTHING.allows(permission, "stable", "six")


def test_a_scope_of_indexes():
    scope = Scope(indexes=("stable",))

    assert scope.allows("upload", "stable", "six")
    assert scope.allows("manage", "stable")
    assert not scope.allows("upload", "incubator", "six")
    assert not scope.allows("read", "incubator")


def test_a_scope_of_permissions():
    scope = Scope(permissions=("read", "upload"))

    assert scope.allows("upload", "stable", "six")
    assert not scope.allows("delete", "stable", "six")
    assert not scope.allows("delete")


def test_a_scope_of_projects_limits_changes_only():
    scope = Scope(projects=("six-pack",))

    assert scope.allows("upload", "stable", "Six_Pack")
    assert not scope.allows("upload", "stable", "other")
    assert not scope.allows("promote", "stable", "other")
    assert scope.allows("read", "stable", "other")
    assert not scope.allows("manage", "stable")
    assert not scope.allows("manage")


def test_what_is_not_known_yet_is_judged_later():
    scope = Scope(("stable",), ("six",), ("upload",))

    assert scope.allows("upload")
    assert scope.allows("upload", "stable")
    assert not scope.allows("upload", "incubator")


def test_limits_add_up():
    scope = Scope(("stable",), ("six",), ("upload",))

    assert scope.allows("upload", "stable", "six")
    for permission, index, project in (
        ("yank", "stable", "six"),
        ("upload", "incubator", "six"),
        ("upload", "stable", "other"),
        ("read", "stable", "six"),
    ):
        assert not scope.allows(permission, index, project)
