"""Webhooks come, are told what follows, and go."""

import pytest

from mypi.errors import Conflict, Missing, Refused
from mypi.model import Site
from mypi.model.site import ROOT_KEY
from mypi.services import indexes, lifecycle, trash, webhooks
from mypi.services.actor import Actor
from mypi.services.webhooks import following
from tests.factories import sdist, wheel

ADA = Actor("ada", 1_000.0)
URL = "https://chat.example/hooks/secret"


def told(site, hook):
    return [(it.of, it.name, it.entry.project) for it in following.waiting(site, hook)]


def add(site, tm, **more):
    hook = webhooks.add(site, URL, ADA, **more)
    tm.commit()
    return hook


def test_a_webhook_is_kept_with_its_secret_and_noted_in_the_journal(site, tm):
    hook = add(site, tm, events=("yank", "publish", "yank"))

    assert webhooks.hooks(site) == [hook]
    assert hook.events == ("yank", "publish")
    assert webhooks.find(site, hook.id) is hook
    (_serial, line) = next(site.journal.newest())
    assert (line.action, line.by) == ("add webhook", "ada")
    assert line.detail == f"{hook.id} to https://chat.example, all indexes"
    assert hook.secret not in repr(list(site.journal.since(0)))


def test_a_database_from_before_there_were_webhooks_has_none(site_db, site, tm):
    assert "webhooks" not in vars(site)

    assert webhooks.hooks(site) == []
    assert webhooks.lag(site) == 0
    hook = add(site, tm)
    with site_db.transaction() as connection:
        assert list(connection.root()[ROOT_KEY].webhooks) == [hook.id]


def test_unknown_events_and_too_many_webhooks_are_refused(site, tm, monkeypatch):
    with pytest.raises(Refused, match="known are publish"):
        add(site, tm, events=("publsh",))
    monkeypatch.setattr(webhooks, "MOST", 1)
    add(site, tm)

    with pytest.raises(Conflict, match="remove one first"):
        add(site, tm)


def test_what_was_before_is_not_told(site, stable, put, tm):
    put(stable, wheel("six", "1.0"))
    hook = add(site, tm)
    put(stable, wheel("seven", "1.0"))

    assert told(site, hook) == [
        ("stable", "project", "seven"),
        ("stable", "release", "seven"),
        ("stable", "publish", "seven"),
    ]
    assert webhooks.lag(site) == webhooks.count(site, hook) == 3


def test_only_the_events_asked_for_are_told(site, stable, put, tm):
    hook = add(site, tm, events=("yank", "delete"))
    put(stable, wheel("six", "1.0"))
    lifecycle.yank(stable, "six", "1.0", "broken", ADA)
    lifecycle.unyank(stable, "six", "1.0", ADA)
    trash.delete(stable, "six", ADA)
    tm.commit()

    assert [name for _, name, _ in told(site, hook)] == ["yank", "delete"]


def test_a_webhook_of_one_index_hears_of_no_other_and_follows_its_name(
    site, stable, incubator, put, tm
):
    hook = add(site, tm, index=incubator, events=("publish",))
    indexes.rename(site, incubator, "nursery", default="stable", actor=ADA)
    put(stable, wheel("six", "1.0"))
    put(incubator, wheel("seven", "1.0"))

    assert webhooks.index_name(site, hook) == "nursery"
    assert told(site, hook) == [("nursery", "publish", "seven")]


def test_the_webhook_of_a_deleted_index_waits_for_nothing(site, incubator, put, tm):
    hook = add(site, tm, index=incubator)
    put(incubator, wheel("six", "1.0"))
    trashed = indexes.delete(site, incubator, default="stable", force=False, actor=ADA)
    tm.commit()

    assert webhooks.index_name(site, hook) is None
    assert told(site, hook) == []

    indexes.restore(site, trashed.id, ADA)
    tm.commit()
    assert webhooks.index_name(site, hook) == "incubator"
    assert len(told(site, hook)) == 3


def test_an_index_made_later_is_told_of_from_its_start(site, put, tm):
    hook = add(site, tm, events=("publish",))
    team = indexes.create(site, "team", {}, ADA)
    tm.commit()
    put(team, wheel("six", "1.0"), now=2_000.0)

    assert told(site, hook) == [("team", "publish", "six")]


def test_an_index_restored_later_is_told_of_from_the_webhooks_own_time_on(site, incubator, put, tm):
    put(incubator, wheel("six", "1.0"), now=10.0)
    trashed = indexes.delete(site, incubator, default="stable", force=False, actor=ADA)
    hook = add(site, tm, events=("publish",))
    indexes.restore(site, trashed.id, ADA)
    put(incubator, wheel("seven", "1.0"), now=2_000.0)

    assert told(site, hook) == [("incubator", "publish", "seven")]


def test_events_of_several_indexes_come_by_time_those_of_one_in_order(
    site, stable, incubator, put, tm
):
    hook = add(site, tm, events=("publish",))
    put(stable, wheel("b", "1.0"), now=20.0)
    put(stable, wheel("a", "1.0"), now=15.0)  # its upload began before that of the other
    put(incubator, sdist("c", "1.0"), now=17.0)
    put(incubator, sdist("d", "1.0"), now=30.0)

    assert [project for _, _, project in told(site, hook)] == ["c", "b", "a", "d"]


def test_what_is_of_no_interest_is_noted_only_when_it_is_much(site, stable, tm):
    hook = add(site, tm, events=("yank",))
    for _ in range(following.PASSED - 1):
        stable.journal.append(ADA.entry("new release", "six", "1.0"))
    tm.commit()

    assert not following.is_far_ahead(site, hook)
    stable.journal.append(ADA.entry("new release", "six", "1.0"))
    assert following.is_far_ahead(site, hook)
    following.begin(site, hook)
    assert not following.is_far_ahead(site, hook)


def test_a_removed_webhook_is_gone(site, tm):
    hook = add(site, tm)

    webhooks.remove(site, hook.id, ADA)

    assert webhooks.hooks(site) == []
    (_serial, line) = next(site.journal.newest())
    assert line.action == "remove webhook"
    with pytest.raises(Missing):
        webhooks.find(site, hook.id)
    with pytest.raises(Missing):
        webhooks.remove(Site(), "nothing", ADA)
