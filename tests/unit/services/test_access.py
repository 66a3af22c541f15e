"""Who may do what: open mode, grants, owners, tokens, private indexes."""

import pytest

from mypi.permissions import EVERYTHING, PERMISSIONS, Scope
from mypi.services import users
from mypi.services.access import (
    STRANGER,
    THE_OPERATOR,
    Access,
    Identity,
    is_public,
    is_site_open,
)
from mypi.services.actor import Actor
from mypi.settings import Settings

ADA = Identity("ada", frozenset({"team"}))
BOB = Identity("bob")
ROOT = Identity("root", frozenset({"admins"}))


def allowed(site, identity, index, project=None, *, is_open=False):
    """What ``identity`` may do."""
    access = Access(site, identity, is_open=is_open)
    return [it for it in PERMISSIONS if access.may(it, index, project)]


def test_in_the_open_mode_everyone_may_all_that_can_be_taken_back(site, stable, incubator):
    most = ["read", "upload", "promote", "yank"]

    assert allowed(site, STRANGER, stable, is_open=True) == most
    assert allowed(site, STRANGER, incubator, is_open=True) == [*most, "delete"]


def test_the_open_mode_passes_over_policies(site, stable):
    stable.policy.grants = {"read": ("ada",), "manage": ("everyone",)}

    assert allowed(site, STRANGER, stable, is_open=True) == ["read", "upload", "promote", "yank"]


def test_closed_strangers_read_and_users_change(site, stable):
    assert allowed(site, STRANGER, stable) == ["read"]
    assert allowed(site, BOB, stable) == ["read", "upload", "promote", "yank", "delete"]


@pytest.mark.parametrize("identity", [ROOT, THE_OPERATOR])
def test_operator_and_admins_may_everything(site, stable, identity):
    stable.policy.grants = dict.fromkeys(PERMISSIONS, ("ada",))

    assert allowed(site, identity, stable) == list(PERMISSIONS)
    assert Access(site, identity, is_open=False).may_administer()


def test_nobody_else_may_administer(site):
    for identity in (STRANGER, ADA, Identity("root", frozenset({"admins"}), Scope(("stable",)))):
        assert not Access(site, identity, is_open=True).may_administer()


@pytest.mark.parametrize("word", ["ada", "@team"])
def test_a_grant_is_for_who_it_names(site, stable, word):
    stable.policy.grants = {"upload": (word,)}

    assert "upload" in allowed(site, ADA, stable)
    assert "upload" not in allowed(site, BOB, stable)


def test_who_may_manage_may_do_all_the_rest(site, stable):
    stable.policy.grants = {"manage": ("ada",), "delete": ()}

    assert allowed(site, ADA, stable) == list(PERMISSIONS)
    assert allowed(site, BOB, stable) == ["read", "upload", "promote", "yank"]


def test_where_not_everyone_may_read_others_may_not_change_anything_either(site, stable):
    stable.policy.grants = {"read": ("@team",)}

    assert allowed(site, ADA, stable) == ["read", "upload", "promote", "yank", "delete"]
    assert allowed(site, BOB, stable) == []

    stable.policy.grants = {"read": ("@team",), "upload": ("users",)}
    assert allowed(site, BOB, stable) == ["upload"]  # a letter box


def test_where_projects_have_owners_only_they_and_managers_change_them(site, stable):
    stable.policy.ownership = True
    stable.policy.grants = {"manage": ("carol",)}
    project = stable.project_or_new("six")
    project.owners = ("ada",)

    assert allowed(site, ADA, stable, project) == ["read", "upload", "promote", "yank", "delete"]
    assert allowed(site, BOB, stable, project) == ["read", "promote"]
    assert allowed(site, Identity("carol"), stable, project) == list(PERMISSIONS)
    assert "upload" in allowed(site, BOB, stable)  # projects of his own


def test_owners_count_only_where_the_index_says_so(site, stable):
    project = stable.project_or_new("six")
    project.owners = ("ada",)

    assert "delete" in allowed(site, BOB, stable, project)


def test_a_token_does_what_its_user_may_and_its_scope_has_room_for(site, stable, incubator):
    token = Identity("bob", scope=Scope(("incubator",), ("six",), ("read", "upload", "manage")))
    six, seven = (incubator.project_or_new(name) for name in ("Six", "seven"))

    assert allowed(site, token, incubator, six) == ["read", "upload"]
    assert allowed(site, token, incubator, seven) == ["read"]
    assert allowed(site, token, stable) == ["read"]  # a base of incubator


def test_a_token_of_the_base_does_not_read_what_stands_on_it(site, stable, incubator):
    access = Access(site, Identity("bob", scope=Scope(("stable",))), is_open=False)

    assert access.indexes() == [stable]
    assert access.index("incubator") is None


def test_indexes_that_may_not_be_read_do_not_exist(site, stable, incubator):
    incubator.policy.grants = {"read": ("@team",)}

    assert Access(site, BOB, is_open=False).index("incubator") is None
    assert Access(site, BOB, is_open=False).indexes() == [stable]
    assert Access(site, ADA, is_open=False).index("incubator") is incubator


def test_public_is_what_everyone_may_read(site, stable):
    assert is_public(stable, Access(site, ADA, is_open=False))

    stable.policy.grants = {"read": ("users",)}
    assert not is_public(stable, Access(site, ADA, is_open=False))
    assert is_public(stable, Access(site, STRANGER, is_open=True))


def test_the_scope_of_a_password_limits_nothing():
    assert all(EVERYTHING.allows(it, "stable", "six") for it in PERMISSIONS)


def test_a_site_that_has_had_admins_does_not_open_again(site):
    settings = Settings()
    assert is_site_open(settings, site)
    users.add(site, "ada", "correct horse", Actor("", 1.0))
    users.set_group(site, "admins", ("ada", "carol"), Actor("", 1.0))

    users.remove(site, "ada", Actor("", 1.0))

    assert not is_site_open(settings, site)
