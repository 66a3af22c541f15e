"""Of several processes one does the work, and another when that one stops."""

import pytest
import transaction
from ZODB.DB import DB
from ZODB.MappingStorage import MappingStorage
from ZODB.POSException import ConflictError

from mypi.model.site import ROOT_KEY, Site
from mypi.services.leases import hold, is_elsewhere, release

NOW = 1_000_000.0


def test_the_first_holds_it_and_the_second_waits():
    site = Site()

    assert hold(site, "mail", "a", NOW, 10)
    assert not hold(site, "mail", "b", NOW + 9, 10)
    assert is_elsewhere(site, "mail", "b", NOW + 9)
    assert not is_elsewhere(site, "mail", "a", NOW + 9)


def test_a_lease_that_ended_is_taken_over():
    site = Site()
    hold(site, "mail", "a", NOW, 10)

    assert hold(site, "mail", "b", NOW + 10, 10)
    assert not hold(site, "mail", "a", NOW + 11, 10)


def test_leases_of_other_names_are_free():
    site = Site()
    hold(site, "mail", "a", NOW, 10)

    assert hold(site, "search", "b", NOW, 10)


@pytest.mark.parametrize(("later", "until"), [(1, NOW + 10), (6, NOW + 16)])
def test_it_is_written_again_only_in_its_second_half(later, until):
    site = Site()
    hold(site, "mail", "a", NOW, 10)

    assert hold(site, "mail", "a", NOW + later, 10)
    assert site.leases["mail"] == ("a", until)


def test_who_gives_it_back_lets_another_take_it():
    site = Site()
    hold(site, "mail", "a", NOW, 10)

    release(site, "mail", "b")
    assert not hold(site, "mail", "b", NOW, 10)
    release(site, "mail", "a")
    assert hold(site, "mail", "b", NOW, 10)


def test_of_two_that_take_it_at_once_one_conflicts():
    database = DB(MappingStorage())
    with database.transaction() as connection:
        connection.root()[ROOT_KEY] = Site()
    first, second = transaction.TransactionManager(), transaction.TransactionManager()
    one, two = database.open(first), database.open(second)

    assert hold(one.root()[ROOT_KEY], "mail", "a", NOW, 10)
    assert hold(two.root()[ROOT_KEY], "mail", "b", NOW, 10)
    first.commit()
    with pytest.raises(ConflictError):
        second.commit()

    second.abort()
    one.close()
    two.close()
    database.close()
