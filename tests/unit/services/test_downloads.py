"""Downloads are counted apart, kept by day, folded by month, and never get in anybody's way."""

from datetime import date

import pytest
from ZODB.POSException import ConflictError

from mypi.model.downloads import Downloads
from mypi.services import downloads, trash
from mypi.services.actor import Actor
from mypi.services.downloads import Counter
from tests.factories import wheel

PIP = 'pip/26.2 {"installer":{"name":"pip"},"python":"3.12.1","system":{"name":"Linux"}}'
DAY = 86_400.0
NOW = 20_000 * DAY
TODAY = downloads.day_of(NOW)


@pytest.fixture
def counter():
    return Counter(keep=400)


def fetch(counter, times=1, project="six", version="1.0", now=NOW, agent=PIP, index="stable"):
    for _ in range(times):
        counter.count(index, project, f"{project}-{version}.tar.gz", version, agent, now)


def flush(counter, site_db, site):
    counted = counter.flush(site_db)
    site._p_jar.sync()
    return counted


def test_what_was_counted_is_written_by_a_flush(counter, site_db, site, stable):
    fetch(counter, 3)
    fetch(counter, 1, version="2.0", agent="curl/8")

    assert flush(counter, site_db, site) == 4
    assert downloads.ever(stable, "Six") == 4
    assert downloads.by_day(stable, "six", 3, TODAY) == [0, 0, 4]
    by = lambda kind: downloads.by_value(stable, "six", kind, TODAY, TODAY)  # noqa: E731
    assert by("version") == [("1.0", 3), ("2.0", 1)]
    assert by("file") == [("six-1.0.tar.gz", 3), ("six-2.0.tar.gz", 1)]
    assert by("installer") == [("pip", 3), ("other", 1)]
    assert by("python") == [("3.12", 3), ("unknown", 1)]
    assert by("system") == [("Linux", 3), ("unknown", 1)]


def test_a_second_flush_writes_nothing(counter, site_db, site):
    fetch(counter)
    flush(counter, site_db, site)
    before = site_db.lastTransaction()

    assert counter.flush(site_db) == 0
    assert site_db.lastTransaction() == before


def test_a_conflict_keeps_the_counts_for_the_next_time(counter, site_db, site, stable):
    class Contested:
        def transaction(self, note):
            raise ConflictError("another process was first")

    fetch(counter, 2)
    with pytest.raises(ConflictError):
        counter.flush(Contested())
    fetch(counter, 1)

    assert flush(counter, site_db, site) == 3
    assert downloads.ever(stable, "six") == 3


def test_an_index_that_is_gone_is_no_error(counter, site_db, site):
    fetch(counter, index="gone")

    assert flush(counter, site_db, site) == 1


def test_a_task_waits_ten_seconds_unless_it_is_in_a_hurry(counter, site_db, site, stable):
    fetch(counter)

    counter.task(site_db, lambda: False)()
    assert counter.flush(site_db) == 1
    fetch(counter)
    counter.task(site_db, lambda: True)()
    site._p_jar.sync()
    assert downloads.ever(stable, "six") == 2


def test_days_are_told_apart(counter, site_db, site, stable):
    for ago in (0, 1, 40):
        fetch(counter, ago + 1, now=NOW - ago * DAY)
    flush(counter, site_db, site)

    assert downloads.by_day(stable, "six", 2, TODAY) == [2, 1]
    assert downloads.total(stable, "six", 30, TODAY) == 3
    assert downloads.ever(stable, "six") == 44


def test_old_days_are_folded_by_month_and_nothing_is_lost(counter, site_db, site, stable):
    old = Counter(keep=100)
    for ago in range(200, 0, -10):
        fetch(old, now=NOW - ago * DAY)
        flush(old, site_db, site)
    fetch(old, now=NOW)
    flush(old, site_db, site)

    held = stable.downloads.projects["six"]
    days = [day for day, _value, _number in held.between("version", 0, TODAY)]
    folded = [day for day in days if day < held.folded]
    assert {date.fromordinal(day).day for day in folded} == {1}
    assert sum(number for _day, _value, number in held.between("file", 0, TODAY)) == 21
    assert len(days) < 20
    assert held.total == 21


def test_the_most_wanted_are_those_of_thirty_days(site, everything, put, stable, incubator):
    for index, name in ((stable, "six"), (stable, "attrs"), (incubator, "demo")):
        put(index, wheel(name, "1.0"))
    counts = stable.downloads
    counts.add("six", TODAY - 40, {}, 100)
    counts.add("six", TODAY - 29, {}, 2)
    counts.add("attrs", TODAY, {}, 5)
    counts.add("gone", TODAY, {}, 50)
    incubator.downloads.add("demo", TODAY, {}, 3)

    assert downloads.top(everything, stable) == [("attrs", 5), ("six", 2)]
    assert downloads.top(everything, incubator) == [("attrs", 5), ("demo", 3), ("six", 2)]
    assert downloads.top(everything, incubator, limit=1) == [("attrs", 5)]


def test_an_index_tells_the_downloads_of_each_day_with_those_of_its_bases(
    everything, stable, incubator
):
    stable.downloads.add("six", TODAY - 29, {}, 2)
    stable.downloads.add("attrs", TODAY, {}, 5)
    incubator.downloads.add("demo", TODAY, {}, 3)

    assert downloads.of_all_by_day(everything, stable, TODAY) == [2, *[0] * 28, 5]
    assert downloads.of_all_by_day(everything, incubator, TODAY) == [2, *[0] * 28, 8]
    assert downloads.of_all_by_day(everything, stable, TODAY + 29) == [5, *[0] * 29]


def test_what_is_not_recent_any_more_takes_no_room():
    counts = Downloads()
    for day in range(1_000, 1_100):
        counts.add(f"p{day % 7}", day, {}, 1)

    assert len(counts.days) == 30
    assert sum(counts.recent.values()) == 30


def test_the_counts_of_a_deleted_project_stay(counter, site_db, site, put, stable, tm, everything):
    put(stable, wheel("six", "1.0"))
    fetch(counter, 2)
    flush(counter, site_db, site)
    trash.delete(stable, "six", Actor("ada", 1.0))
    tm.commit()

    assert downloads.ever(stable, "six") == 2
    assert downloads.top(everything, stable) == []


def test_a_flush_of_fifty_projects_is_small(counter, site_db, site):
    for number in range(100):
        fetch(counter, project=f"p{number % 50}")
    flush(counter, site_db, site)
    for number in range(100):
        fetch(counter, project=f"p{number % 50}")
    before = site_db.getSize()
    flush(counter, site_db, site)

    assert site_db.getSize() - before < 60_000


def test_stamps_change_with_the_counts(counter, site_db, site, stable, everything):
    before = downloads.stamp(stable, "six"), downloads.index_stamp(everything, stable)
    fetch(counter)
    flush(counter, site_db, site)

    assert downloads.stamp(stable, "six") != before[0]
    assert downloads.index_stamp(everything, stable) != before[1]
