"""Reading the journals: filters, and paging that reads each line once."""

import pytest

from mypi.model import Journal
from mypi.permissions import EVERYONE
from mypi.services import log
from mypi.services.access import STRANGER, Access, Identity
from mypi.services.actor import Actor
from mypi.services.log import Wanted, newest, page

LINES = [
    ("ada", 10.0, "create", "six", ""),
    ("ada", 10.0, "new release", "six", "1.0"),
    ("bob", 20.0, "new release", "Six.Pack", "1.0"),
    ("ada", 30.0, "yank release", "six", "1.0"),
    ("bob", 40.0, "new release", "six", "1.1"),
    ("", 50.0, "remove project", "six", ""),
]


@pytest.fixture
def journal():
    journal = Journal()
    for by, when, action, project, version in LINES:
        journal.append(Actor(by, when).entry(action, project, version))
    return journal


def long_journal(lines):
    journal = Journal()
    for number in range(lines):
        by = "ada" if number % 3 else "bob"
        journal.append(Actor(by, float(number)).entry("act", f"p{number % 7}"))
    return journal


def serials(journal, **wanted):
    return [line.serial for line in page("stable", journal, Wanted(**wanted)).lines]


def read_all(journal, wanted=None, limit=100, arrive=lambda: None):
    """Serials of all pages, one after the other; ``arrive`` is called between them."""
    found, before = [], 0
    while True:
        lines, before = page("stable", journal, wanted or Wanted(), before=before, limit=limit)
        assert len(lines) <= limit
        found += [line.serial for line in lines]
        if not before:
            return found
        arrive()


def test_newest_first_with_serials(journal):
    lines, following = page("stable", journal, Wanted())

    assert [line.serial for line in lines] == [6, 5, 4, 3, 2, 1]
    assert {line.of for line in lines} == {"stable"}
    assert lines[0].entry.action == "remove project"
    assert following == 0


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"project": "SIX"}, [6, 5, 4, 2, 1]),
        ({"project": "six_pack"}, [3]),
        ({"project": "none"}, []),
        ({"project": "six-" * 20_000}, []),
        ({"version": "1.0"}, [4, 3, 2]),
        ({"by": "ada"}, [4, 2, 1]),
        ({"action": "new"}, [5, 3, 2]),
        ({"action": "release"}, []),
        ({"since": 20.0}, [6, 5, 4, 3]),
        ({"since": 20.1}, [6, 5, 4]),
        ({"until": 20.0}, [2, 1]),
        ({"since": 10.0, "until": 40.0}, [4, 3, 2, 1]),
        ({"since": 60.0}, []),
        ({"project": "six", "by": "bob", "action": "new release", "version": "1.1"}, [5]),
    ],
)
def test_filters(journal, wanted, found):
    assert serials(journal, **wanted) == found


def test_a_line_that_came_late_hides_none_before_it():
    """A long upload is as old as its start, and is written when it is done."""
    journal = Journal()
    for when in (100.0, 300.0, 200.0, 400.0, 50.0):
        journal.append(Actor("ada", when).entry("act"))

    assert serials(journal, since=150.0) == [4, 3, 2]


@pytest.mark.parametrize("limit", [1, 2, 49, 50, 51, 100, 120, 121, 1000])
def test_pages_hold_each_line_exactly_once(limit):
    assert read_all(long_journal(120), limit=limit) == list(range(120, 0, -1))


@pytest.mark.parametrize("limit", [1, 7, 40])
@pytest.mark.parametrize("wanted", [Wanted(by="bob"), Wanted(project="p3"), Wanted(since=60.0)])
def test_pages_of_what_is_filtered_do_as_well(wanted, limit):
    journal = long_journal(120)
    expected = [serial for serial, entry in journal.newest() if wanted.takes(entry)]

    assert read_all(journal, wanted, limit) == expected


def test_what_arrives_between_two_pages_moves_nothing():
    journal = long_journal(120)

    read = read_all(
        journal, limit=7, arrive=lambda: journal.append(Actor("carl", 999.0).entry("act"))
    )

    assert read == list(range(120, 0, -1))


def test_a_call_looks_at_so_many_lines_only(monkeypatch):
    monkeypatch.setattr(log, "MAX_READ", 10)
    journal = long_journal(35)

    first = page("stable", journal, Wanted(by="nobody"))
    assert first.lines == []
    assert first.next == 26
    assert read_all(journal) == list(range(35, 0, -1))
    assert read_all(journal, Wanted(by="bob")) == [
        serial for serial, entry in journal.newest() if entry.by == "bob"
    ]


@pytest.mark.parametrize(
    ("before", "newest_serial"), [(0, 6), (7, 6), (99, 6), (10**30, 6), (6, 5)]
)
def test_reading_starts_below_a_serial(journal, before, newest_serial):
    lines, _following = page("stable", journal, Wanted(), before=before)

    assert lines[0].serial == newest_serial


def test_before_the_first_line_there_is_nothing(journal):
    assert page("stable", journal, Wanted(), before=1) == ([], 0)
    assert page("stable", Journal(), Wanted()) == ([], 0)


def test_several_journals_are_read_together_by_time():
    first, second = Journal(), Journal()
    for when in (10.0, 30.0, 50.0):
        first.append(Actor("ada", when).entry("act"))
    for when in (20.0, 40.0):
        second.append(Actor("bob", when).entry("act"))
    journals = {"stable": first, "": second, "empty": Journal()}

    lines = newest(journals, Wanted())
    assert [(line.of, line.serial) for line in lines] == [
        ("stable", 3),
        ("", 2),
        ("stable", 2),
        ("", 1),
        ("stable", 1),
    ]
    assert newest(journals, Wanted(), limit=2) == lines[:2]
    assert [line.of for line in newest(journals, Wanted(by="bob"))] == ["", ""]


def test_lines_of_the_same_moment_are_all_told():
    journals = {name: long_journal(3) for name in ("a", "b", "c")}

    assert len(set(newest(journals, Wanted()))) == 9


ENTRY = Actor("bob", 50.0, "mypi/1", "127.0.0.1").entry(
    "promote file F", "six", "1.0", "F", "from incubator: a note"
)


def test_who_may_not_manage_sees_neither_clients_nor_addresses(site, stable, incubator):
    access = Access(site, Identity("ada"), is_open=False)

    told = log.as_told_to(access, stable, ENTRY)
    assert (told.client, told.address) == ("", "")
    assert told.detail == ENTRY.detail

    stable.policy.grants = {"manage": ("ada",)}
    assert log.as_told_to(access, stable, ENTRY) == ENTRY


@pytest.mark.parametrize("detail", ["from incubator: a note", "to incubator", "from gone: note"])
def test_an_index_that_may_not_be_read_is_not_named(site, stable, incubator, detail):
    incubator.policy.grants = {"read": ("ada",)}
    stranger = Access(site, STRANGER, is_open=False)

    told = log.as_told_to(stranger, stable, ENTRY._replace(detail=detail))

    assert EVERYONE not in incubator.policy.grants["read"]
    assert told.detail == ""
    assert (told.by, told.action, told.project) == ("bob", "promote file F", "six")
