"""The catalogue follows the journals: in batches, from wherever it was, and never further."""

import pytest
import transaction
from ZODB.POSException import ConflictError

from mypi.model.site import ROOT_KEY
from mypi.services import indexes, search, trash
from mypi.services.actor import Actor
from mypi.services.search.follower import follow, is_behind
from tests.factories import wheel


@pytest.fixture
def ten(site, stable, put):
    for number in range(10):
        put(stable, wheel(f"p{number}", "1.0"))
    return stable


def test_the_first_fill_goes_in_batches(site, ten, tm):
    rounds = 0
    while follow(site, batch=3):
        tm.commit()
        rounds += 1

    assert rounds == 3
    assert site.catalogue.names("stable") == [f"p{number}" for number in range(10)]
    assert search.lag(site) == 0


def test_what_is_published_during_the_first_fill_is_not_missed(site, ten, put, tm):
    follow(site, batch=3)
    tm.commit()
    put(ten, wheel("p0", "2.0"))
    put(ten, wheel("a-first", "1.0"))
    while follow(site, batch=3):
        tm.commit()

    assert site.catalogue.names("stable") == ["a-first", *(f"p{number}" for number in range(10))]
    assert site.catalogue.card(site.catalogue.numbers["stable", "p0"]).version == "2.0"


def test_what_has_not_changed_is_not_written(site, ten, tm):
    while follow(site):
        pass
    tm.commit()

    assert not follow(site)
    assert site._p_jar._registered_objects == []


def test_serials_are_those_of_the_last_entry_about_a_project(site, ten, put, tm):
    while follow(site):
        pass
    put(ten, wheel("p3", "2.0"))
    while follow(site):
        pass

    followed = site.catalogue.followed["stable"]
    last = {entry.project: serial for serial, entry in ten.journal.since(0)}
    assert dict(followed.serials) == last
    assert followed.serial == len(ten.journal)


def test_lag_counts_what_is_not_followed_yet(site, ten, put):
    assert search.lag(site) == len(ten.journal)
    while follow(site):
        pass
    put(ten, wheel("p3", "2.0"))

    assert search.lag(site) == 2


def test_a_catalogue_that_is_made_again_is_the_same(site, ten, tm):
    while follow(site):
        pass
    tm.commit()
    cards = [tuple(card) for card in site.catalogue.cards.values()]

    search.reindex(site)
    while follow(site):
        pass

    assert [tuple(card) for card in site.catalogue.cards.values()] == cards


@pytest.fixture
def elsewhere(site_db):
    """The site as another process sees it."""
    manager = transaction.TransactionManager()
    connection = site_db.open(manager)
    yield connection.root()[ROOT_KEY]
    manager.abort()
    connection.close()


def test_a_catalogue_of_an_older_form_is_filled_once_more(site, ten, tm):
    while follow(site):
        tm.commit()
    del site.catalogue.words["version"]
    site.catalogue.form = 1
    tm.commit()

    while follow(site):
        tm.commit()

    assert not is_behind(site)
    assert len(site.catalogue.words["version"]._fwd_index["1.0"]) == 10
    assert site.catalogue.names("stable") == [f"p{number}" for number in range(10)]


def test_of_two_processes_one_takes_a_project_in(site, ten, tm, elsewhere):
    other = elsewhere._p_jar.transaction_manager
    other.begin()
    follow(site, batch=3)
    follow(elsewhere, batch=3)
    tm.commit()

    with pytest.raises(ConflictError):
        other.commit()
    other.abort()
    while follow(elsewhere, batch=3):
        other.commit()
    other.commit()

    assert elsewhere.catalogue.names("stable") == [f"p{number}" for number in range(10)]
    assert len(elsewhere.catalogue.cards) == 10


def test_an_upload_meanwhile_is_no_conflict(site, ten, put, tm, elsewhere):
    other = elsewhere._p_jar.transaction_manager
    other.begin()
    follow(elsewhere)
    put(ten, wheel("p3", "2.0"))
    put(ten, wheel("p10", "1.0"))

    other.commit()

    other.begin()
    assert search.lag(elsewhere) == 5
    follow(elsewhere)
    assert elsewhere.catalogue.card(elsewhere.catalogue.numbers["stable", "p3"]).version == "2.0"
    assert "p10" in elsewhere.catalogue.names("stable")


def test_a_project_that_cannot_be_read_does_not_hold_up_the_others(site, ten, put, caplog):
    ten.project("p3").links["damaged"] = ("no link",)

    while follow(site):
        pass

    assert len(site.catalogue.cards) == 9
    assert "stable/p3 cannot be read" in caplog.text
    del ten.project("p3").links["damaged"]
    put(ten, wheel("p3", "2.0"))
    follow(site)
    assert len(site.catalogue.cards) == 10


def test_progress_counts_projects_until_the_first_fill_is_done(site, ten, put, tm):
    seen = [search.progress(site)]
    while follow(site, batch=4):
        tm.commit()
        seen.append(search.progress(site))
    put(ten, wheel("p3", "2.0"))

    assert seen == [(0, 10), (4, 10), (8, 10)]
    assert search.progress(site) == (10, 10)


def test_an_index_under_a_former_name_shows_nothing_of_the_former_one(site, everything, put, tm):
    actor = Actor("ada", 5.0)
    team = indexes.create(site, "team", {}, actor)
    tm.commit()
    put(team, wheel("hush", "1.0"))
    while follow(site):
        pass
    indexes.delete(site, team, default="stable", force=False, actor=actor)
    again = indexes.create(site, "team", {}, actor)

    assert search.search(everything, again, "").total == 0
    put(again, wheel("ours", "1.0"))
    while follow(site):
        pass
    assert [hit.name for hit in search.search(everything, again, "").hits] == ["ours"]
    assert site.catalogue.names("team") == ["ours"]


def test_what_is_gone_but_not_followed_yet_breaks_nothing(
    site, everything, ten, incubator, put, tm
):
    put(incubator, wheel("p3", "2.0", requires_dist=("p4",)))
    put(ten, wheel("p5", "2.0", requires_dist=("p4",)))
    while follow(site):
        pass
    tm.commit()
    trash.delete(incubator, "p3", Actor("ada", 5.0))
    trash.delete(ten, "p5", Actor("ada", 5.0))

    assert search.search(everything, incubator, "p3").hits[0].version == "2.0"
    assert search.used_by(everything, incubator, "p4") == ([], 2)
