"""Users and groups: real database, no web."""

import pytest
from ZODB.POSException import ConflictError

from mypi.errors import Conflict, Missing, Refused
from mypi.model.site import ROOT_KEY
from mypi.permissions import Scope
from mypi.services import tokens, users
from mypi.services.actor import Actor
from mypi.services.passwords import verify
from mypi.services.users import ADMIN_GROUP
from tests.factories import wheel

PASSWORD = "correct horse"
ROOT = Actor("operator", 7.0, "mypi/1", "127.0.0.1")


def journal(site):
    return [(entry.action, entry.detail) for _serial, entry in site.journal.since(0)]


def members(site):
    return {name: group.members for name, group in site.groups.items()}


@pytest.fixture
def ada(site):
    """The first user."""
    return users.add(site, "ada", None, ROOT)


def test_a_new_user_is_there_with_a_hash_of_their_password(site, tm):
    users.add(site, "ada", PASSWORD, ROOT)
    tm.commit()

    user = users.user(site, "ada")
    assert (user.name, user.created, user.session) == ("ada", 7.0, 0)
    assert verify(user.password, PASSWORD)
    assert PASSWORD not in user.password


def test_a_user_without_a_password_has_none(site):
    assert users.add(site, "ci", None, ROOT).password == ""


def test_the_first_user_is_an_admin_and_the_second_is_not(site, ada):
    users.add(site, "bob", None, ROOT)

    assert members(site) == {ADMIN_GROUP: ("ada",)}


def test_who_comes_after_an_admin_of_the_htpasswd_file_is_no_admin(site):
    users.set_group(site, ADMIN_GROUP, ["keeper"], ROOT)

    users.add(site, "ada", None, ROOT)

    assert members(site) == {ADMIN_GROUP: ("keeper",)}


def test_a_user_may_be_put_into_groups_old_and_new(site, ada):
    users.set_group(site, "team", ["zoe"], ROOT)

    users.add(site, "bob", None, ROOT, groups=["team", "night"])

    assert members(site) == {ADMIN_GROUP: ("ada",), "team": ("bob", "zoe"), "night": ("bob",)}


def test_the_journal_says_who_added_whom(site):
    users.add(site, "ada", PASSWORD, ROOT)

    assert journal(site) == [("add user", "ada"), ("change group", "admins: ada")]
    (_serial, entry), *_rest = site.journal.since(0)
    assert (entry.by, entry.when, entry.client, entry.address) == (
        "operator",
        7.0,
        "mypi/1",
        "127.0.0.1",
    )
    assert PASSWORD not in str(list(site.journal.since(0)))


def test_a_taken_name_is_a_conflict(site, ada):
    with pytest.raises(Conflict, match="There is a user ada already; choose another name"):
        users.add(site, "ada", PASSWORD, ROOT)

    assert users.user(site, "ada").password == ""


@pytest.mark.parametrize(
    "name", ["", "operator", "everyone", "__token__", "a b", "@team", "x" * 65]
)
def test_names_that_mean_something_else_are_refused(site, name):
    with pytest.raises(Refused, match="cannot be the name of a user"):
        users.add(site, name, None, ROOT)

    assert list(site.users) == []


@pytest.mark.parametrize(
    ("password", "groups"), [("short", ()), ("mypi-password", ()), (None, ["no group"])]
)
def test_a_refused_user_leaves_no_trace(site, password, groups):
    with pytest.raises(Refused):
        users.add(site, "ada", password, ROOT, groups)

    assert list(site.users) == []
    assert members(site) == {}
    assert journal(site) == []


def test_a_new_password_replaces_the_old_one_and_ends_the_sessions(site):
    users.add(site, "ada", PASSWORD, ROOT)

    users.set_password(site, "ada", "battery staple", ROOT)

    user = users.user(site, "ada")
    assert verify(user.password, "battery staple")
    assert not verify(user.password, PASSWORD)
    assert user.session == 1
    assert journal(site)[-1] == ("change password", "ada")


def test_a_refused_password_changes_nothing(site, ada):
    with pytest.raises(Refused, match="8 to 4096 bytes"):
        users.set_password(site, "ada", "short", ROOT)

    assert (ada.password, ada.session) == ("", 0)
    assert journal(site)[-1] == ("change group", "admins: ada")


def test_sessions_are_ended_one_after_the_other(site, ada):
    users.end_sessions(site, "ada")
    users.end_sessions(site, "ada")

    assert ada.session == 2


def test_nobody_does_nothing(site):
    for act in (
        lambda: users.user(site, "nobody-here"),
        lambda: users.set_password(site, "nobody-here", PASSWORD, ROOT),
        lambda: users.end_sessions(site, "nobody-here"),
        lambda: users.remove(site, "nobody-here", ROOT),
    ):
        with pytest.raises(Missing, match="There is no user nobody-here"):
            act()
    with pytest.raises(Missing, match="There is no group team"):
        users.remove_group(site, "team", ROOT)


def test_with_a_user_go_their_tokens_and_memberships(site, tm, ada):
    users.add(site, "bob", PASSWORD, ROOT, groups=["team"])
    users.set_group(site, "team", ["bob", "zoe"], ROOT)
    _token, _text = tokens.create(site, "bob", Scope(), label="ci", expires=None, actor=ROOT)
    kept, _text = tokens.create(site, "ada", Scope(), label="ci", expires=None, actor=ROOT)

    users.remove(site, "bob", ROOT)
    tm.commit()

    assert list(site.users) == ["ada"]
    assert list(site.tokens) == [kept.id]
    assert members(site) == {ADMIN_GROUP: ("ada",), "team": ("zoe",)}
    assert journal(site)[-2:] == [("change group", "team: zoe"), ("remove user", "bob")]


def test_what_a_removed_user_owns_stays_theirs(site, ada, put, stable):
    users.add(site, "bob", None, ROOT)
    put(stable, wheel("six", "1.0"), by="bob")
    stable.project("six").owners = ("bob",)

    users.remove(site, "bob", ROOT)

    assert stable.project("six").owners == ("bob",)


def test_the_last_admin_stays(site, ada):
    users.set_group(site, "a-team", ["ada"], ROOT)
    before = journal(site)

    for act in (
        lambda: users.remove(site, "ada", ROOT),
        lambda: users.set_group(site, ADMIN_GROUP, [], ROOT),
        lambda: users.remove_group(site, ADMIN_GROUP, ROOT),
    ):
        with pytest.raises(Refused, match="name another admin first"):
            act()

    assert list(site.users) == ["ada"]
    assert members(site) == {"a-team": ("ada",), ADMIN_GROUP: ("ada",)}
    assert journal(site) == before


def test_the_last_admin_may_go_when_there_is_another_one(site, ada):
    users.add(site, "bob", None, ROOT, groups=[ADMIN_GROUP])

    users.remove(site, "ada", ROOT)

    assert members(site) == {ADMIN_GROUP: ("bob",)}


def test_a_group_has_each_member_once_and_sorted_known_or_not(site):
    group = users.set_group(site, "team", ["zoe", "ada", "zoe"], ROOT)

    assert group.members == ("ada", "zoe")
    assert journal(site) == [("change group", "team: ada, zoe")]


def test_a_group_is_changed_in_place(site):
    group = users.set_group(site, "team", ["ada"], ROOT)

    assert users.set_group(site, "team", ["zoe"], ROOT) is group
    assert group.members == ("zoe",)


@pytest.mark.parametrize(
    ("name", "group"), [("operator", ["ada"]), ("team", ["ada", "@night"]), ("@team", ["ada"])]
)
def test_bad_names_of_groups_and_members_are_refused(site, name, group):
    with pytest.raises(Refused, match="cannot be the name of a user or group"):
        users.set_group(site, name, group, ROOT)

    assert members(site) == {}


def test_a_removed_group_is_gone(site, ada):
    users.set_group(site, "team", ["ada"], ROOT)

    users.remove_group(site, "team", ROOT)

    assert members(site) == {ADMIN_GROUP: ("ada",)}
    assert journal(site)[-1] == ("remove group", "team")


def test_two_first_users_at_the_same_time_are_not_both_admins(site, site_db, tm):
    users.add(site, "ada", None, ROOT)
    with site_db.transaction() as rival:
        users.add(rival.root()[ROOT_KEY], "bob", None, ROOT)

    with pytest.raises(ConflictError):
        tm.commit()


def test_two_admins_do_not_remove_each_other(site, site_db, tm, ada):
    users.add(site, "bob", None, ROOT, groups=[ADMIN_GROUP])
    tm.commit()
    users.remove(site, "ada", ROOT)
    with site_db.transaction() as rival:
        users.remove(rival.root()[ROOT_KEY], "bob", ROOT)

    with pytest.raises(ConflictError):
        tm.commit()
