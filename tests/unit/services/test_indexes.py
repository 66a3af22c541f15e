"""Indexes are made, changed, renamed, deleted and restored at run time."""

import pytest

from mypi.errors import Conflict, Missing, NotAllowed, Refused
from mypi.model.policy import DAY
from mypi.permissions import Scope
from mypi.services import indexes, lookup, policies, tokens, trash
from mypi.services.access import full_access
from mypi.services.actor import Actor
from tests.factories import wheel

BOB = Actor("bob", 50.0, "mypi/1", "127.0.0.1")


@pytest.fixture
def team(site, tm):
    """An index on the incubator, which is on stable."""
    index = indexes.create(site, "team", {"bases": ["incubator"], "max_file": 10_000}, BOB)
    tm.commit()
    return index


@pytest.fixture
def fresh(site_db, tm):
    """``fresh(look)``: commit, and what ``look(site)`` finds on a new connection."""

    def fresh(look):
        tm.commit()
        with site_db.transaction() as connection:
            return look(connection.root()["mypi"])

    return fresh


def actions(site):
    return [line.action for _serial, line in site.journal.since(0)]


def delete(site, index, force=False):
    return indexes.delete(site, index, default="stable", force=force, actor=BOB)


def rename(site, index, new):
    indexes.rename(site, index, new, default="stable", actor=BOB)


def shown(site, index):
    return lookup.names(full_access(site), site.indexes[index])


def test_a_new_index_works_at_once(site, team, put, fresh):
    put(team, wheel("six", "1.0"))

    assert fresh(lambda it: shown(it, "team")) == ["six"]
    policy = fresh(lambda it: it.indexes["team"].policy.__dict__)
    assert (policy["bases"], policy["max_file"]) == (("incubator",), 10_000)
    assert fresh(actions) == ["create index team"]


@pytest.mark.parametrize("name", ["", "Team", "te am", "1team", "simple", "api", "x" * 65, "te\n"])
def test_an_index_has_a_name_that_fits_an_address(site, name):
    with pytest.raises(Refused, match="index"):
        indexes.create(site, name, {}, BOB)
    assert list(site.indexes) == ["incubator", "stable"]


def test_a_taken_name_is_refused(site, team):
    with pytest.raises(Conflict, match="stable"):
        indexes.create(site, "stable", {}, BOB)
    with pytest.raises(Conflict, match="stable"):
        rename(site, team, "stable")


@pytest.mark.parametrize("values", [{"max_file": -1}, {"bases": ["itself"]}, {"bases": ["no"]}])
def test_a_wrong_policy_makes_no_index(site, tm, values):
    with pytest.raises(Refused):
        indexes.create(site, "itself", values, BOB)

    tm.abort()
    assert "itself" not in site.indexes


def test_both_journals_tell_of_a_change(site, team, fresh):
    indexes.change(site, team, {"title": "Us", "frozen": True}, BOB)

    assert fresh(lambda it: next(it.indexes["team"].journal.newest())[1].by) == "bob"
    line = fresh(lambda it: next(it.journal.newest())[1])
    assert (line.action, line.detail) == ("change index team", "frozen, title")


def test_a_change_that_changes_nothing_is_not_told(site, team):
    indexes.change(site, team, {"max_file": 10_000}, BOB)

    assert actions(site) == ["create index team"]


def test_a_frozen_index_takes_nothing_until_it_is_unfrozen(site, team, put, tm):
    indexes.change(site, team, {"frozen": True}, BOB)
    with pytest.raises(NotAllowed, match="frozen"):
        put(team, wheel("six", "1.0"))
    tm.abort()

    indexes.change(site, team, {"frozen": False}, BOB)

    assert put(team, wheel("six", "1.0")).new


def test_bases_and_tokens_follow_a_new_name(site, incubator, team, put, fresh):
    put(incubator, wheel("six", "1.0"))
    scope = Scope(("incubator", "stable"), ("six",), ("read", "upload"))
    token, text = tokens.create(site, "bob", scope, label="ci", expires=None, actor=BOB)

    rename(site, incubator, "nursery")

    assert fresh(lambda it: list(it.indexes)) == ["nursery", "stable", "team"]
    assert fresh(lambda it: it.indexes["nursery"].name) == "nursery"
    assert fresh(lambda it: it.indexes["team"].policy.bases) == ("nursery",)
    assert fresh(lambda it: shown(it, "team")) == ["six"]
    assert fresh(lambda it: it.tokens[token.id].scope) == Scope(
        ("nursery", "stable"), ("six",), ("read", "upload")
    )
    assert fresh(lambda it: tokens.find(it, text, 60.0).id) == token.id
    assert fresh(actions)[-1] == "rename index incubator"


def test_the_name_of_the_default_index_is_not_changed_here(site, stable):
    with pytest.raises(Refused, match=r"mypi\.default_index"):
        rename(site, stable, "other")
    rename(site, stable, "stable")
    assert actions(site) == []


@pytest.mark.parametrize("new", ["simple", "Bad", ""])
def test_a_new_name_has_to_fit(site, team, new):
    with pytest.raises(Refused, match="index"):
        rename(site, team, new)
    assert "team" in site.indexes


def test_a_deleted_index_comes_back_whole(site, team, put, fresh):
    put(team, wheel("six", "1.0"))
    trashed = delete(site, team)
    assert fresh(lambda it: list(it.indexes)) == ["incubator", "stable"]
    assert (trashed.kind, trashed.size, trashed.by) == ("index", team.size(), "bob")

    assert indexes.restore(site, trashed.id, BOB) is team

    assert fresh(lambda it: list(it.trash)) == []
    assert fresh(lambda it: list(it.indexes["team"].project("six").links)) == [
        "six-1.0-py3-none-any.whl"
    ]
    assert fresh(lambda it: it.indexes["team"].policy.bases) == ("incubator",)
    assert fresh(actions)[1:] == ["delete index team", "restore index team"]


def test_the_default_index_is_never_deleted(site, stable):
    with pytest.raises(Refused, match="default index"):
        delete(site, stable, force=True)


def test_a_base_is_deleted_only_by_force_and_leaves_no_trace_in_others(
    site, incubator, team, fresh
):
    with pytest.raises(Refused, match="base of team"):
        delete(site, incubator)
    assert "incubator" in site.indexes

    trashed = delete(site, incubator, force=True)
    assert fresh(lambda it: it.indexes["team"].policy.bases) == ()

    indexes.restore(site, trashed.id, BOB)
    assert fresh(lambda it: it.indexes["team"].policy.bases) == ()
    assert fresh(lambda it: it.indexes["incubator"].policy.bases) == ("stable",)


def test_an_index_comes_back_without_bases_that_are_gone(site, incubator, team, fresh):
    trashed = delete(site, team)
    delete(site, incubator)

    indexes.restore(site, trashed.id, BOB)

    assert fresh(lambda it: it.indexes["team"].policy.bases) == ()


def test_a_name_that_was_taken_meanwhile_keeps_the_old_index_away(site, team):
    trashed = delete(site, team)
    indexes.create(site, "team", {}, BOB)

    with pytest.raises(Conflict, match="team"):
        indexes.restore(site, trashed.id, BOB)

    assert trashed.id in site.trash


def test_what_is_not_in_the_trash_cannot_come_back(site):
    with pytest.raises(Missing, match="nothing"):
        indexes.restore(site, "nothing", BOB)


def test_indexes_go_for_good_after_thirty_days_and_leave_their_journals(
    site, incubator, team, put, fresh
):
    put(team, wheel("six", "1.0"), by="ada")
    delete(site, team)
    indexes.delete(site, incubator, default="stable", force=False, actor=Actor("bob", 9 * DAY))

    assert indexes.purge(site, Actor("", 50.0 + 30 * DAY - 1)) == 0
    assert indexes.purge(site, Actor("", 50.0 + 30 * DAY)) == team.size()

    assert fresh(lambda it: [trashed.what.name for trashed in it.trash.values()]) == ["incubator"]
    ((name, journal),) = site.former.items()
    assert name.startswith("team ")
    assert [line.by for _serial, line in journal.since(0)] == ["ada"] * 3
    assert fresh(lambda it: len(next(iter(it.former.values())))) == 3


def test_two_former_indexes_of_one_name_keep_both_journals(site):
    for _ in range(2):
        delete(site, indexes.create(site, "team", {}, BOB))

    indexes.purge(site, BOB, everything=True)

    assert len(site.former) == 2
    assert list(site.trash) == []


def test_a_title_that_nobody_wrote_follows_a_new_name(site, team, fresh):
    rename(site, team, "crew")
    assert fresh(lambda it: it.indexes["crew"].policy.title) == "crew"

    indexes.change(site, team, {"title": "Ours"}, BOB)
    rename(site, team, "squad")
    assert fresh(lambda it: it.indexes["squad"].policy.title) == "Ours"


def test_the_journal_and_all_that_is_in_the_trash_stay_under_a_new_name(site, team, put, fresh):
    put(team, wheel("six", "1.0"))
    trashed = trash.delete(team, "six", BOB)

    rename(site, team, "crew")

    assert fresh(lambda it: [line.action for _n, line in it.indexes["crew"].journal.since(0)]) == [
        "create",
        "new release",
        "add py3 file six-1.0-py3-none-any.whl",
        "remove project",
    ]
    trash.restore(site.indexes["crew"], trashed.id, BOB)
    assert fresh(lambda it: shown(it, "crew")) == ["six"]


def test_only_what_changed_is_told(site, team, fresh):
    indexes.change(site, team, {**policies.policy_of(team), "merge": True}, BOB)

    assert fresh(lambda it: next(it.indexes["team"].journal.newest())[1].detail) == "merge"
