"""Count downloads, outside of every request's transaction, and tell what was counted.

Counts are kept in memory and written every ten seconds: a download never waits for them, and a
server that is killed loses those of the last ten seconds.
"""

import threading
import time
from collections import Counter as Numbers
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from mypi.model import Index
from mypi.model.downloads import RECENT, Row
from mypi.model.site import ROOT_KEY
from mypi.names import normalise
from mypi.services import installers, lookup
from mypi.services.access import Access
from mypi.services.stamps import Moment, stamp_of

EVERY = 10.0
"""Seconds between two writes."""
FOLD_EVERY = 30
"""Days between two times that a project's old rows are folded."""

Place = tuple[str, str]
"""Name of an index, normal name of a project."""


class Fetch(NamedTuple):
    """One download; ``held_by`` names the index."""

    held_by: str
    project: str
    filename: str
    version: str
    client: installers.Client
    day: int


class Counter:
    """Downloads that are not written yet.  ``keep`` is the days that are kept one by one."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._waiting: Numbers[Fetch] = Numbers()
        self._since = 0.0

    def count(
        self, index: str, project: str, filename: str, version: str, user_agent: str, now: float
    ) -> None:
        """One more download; touches memory only."""
        client = installers.parse(user_agent)
        fetch = Fetch(index, normalise(project), filename, version, client, day_of(now))
        with self._lock:
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting[fetch] += 1

    def flush(self, database: Any) -> int:
        """Write what is waiting, in one transaction; how many downloads that were.

        When another process is in the way, they are kept, and the conflict is raised.
        """
        with self._lock:
            waiting, self._waiting = self._waiting, Numbers()
        if not waiting:
            return 0
        try:
            with database.transaction(note="downloads") as connection:
                _write(connection.root()[ROOT_KEY].indexes, waiting, self._keep)
        except BaseException:
            with self._lock:
                self._waiting += waiting
            raise
        return waiting.total()

    def task(self, database: Any, is_hasty: Callable[[], bool]) -> Callable[[], None]:
        """A task for the background: writes every ten seconds, or at once while ``is_hasty``."""

        def write() -> None:
            if is_hasty() or time.monotonic() - self._since >= EVERY:
                self.flush(database)

        return write


def _write(indexes: Any, waiting: "Numbers[Fetch]", keep: int) -> None:
    gathered: dict[tuple[str, str, int], Numbers[Row]] = {}
    counts: Numbers[tuple[str, str, int]] = Numbers()
    for fetch, number in waiting.items():
        place = (fetch.held_by, fetch.project, fetch.day)
        counts[place] += number
        rows = gathered.setdefault(place, Numbers())
        for kind, value in _values(fetch):
            rows[kind, fetch.day, value] += number
    for (name, project, day), rows in gathered.items():
        index: Index | None = indexes.get(name)
        if index is None:  # deleted, or renamed, a moment ago
            continue
        held = index.downloads.add(project, day, rows, counts[name, project, day])
        if day - keep > held.folded + FOLD_EVERY:
            held.fold(day - keep)


def _values(fetch: Fetch) -> list[tuple[str, str]]:
    told = fetch.client
    said = [
        ("file", fetch.filename),
        ("version", fetch.version),
        ("installer", told.installer),
        ("python", told.python),
        ("system", told.system),
    ]
    return [(kind, value or "unknown") for kind, value in said]


def day_of(seconds: float) -> int:
    """The ordinal of the day (UTC) of a time in seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC).date().toordinal()


def top(access: Access, index: Index, limit: int = 10) -> list[tuple[str, int]]:
    """The projects of ``index`` that were downloaded most in thirty days, and how often.

    Of each index on the path its own; reads a number for each project that was downloaded at all.
    """
    names = {}
    for name, number in islice(recent(access, index).items(), limit * 2):
        found = lookup.find(access, index, name)
        if found is not None:
            names[found.project.name] = number
    return list(names.items())[:limit]


def recent(access: Access, index: Index) -> dict[str, int]:
    """Normal names of what was downloaded in thirty days, the most wanted first, and how often.

    Reads a number for each project that was downloaded at all.
    """
    sums: Numbers[str] = Numbers()
    for each in lookup.path(access, index):
        sums.update(dict(each.downloads.recent))
    return dict(sorted(sums.items(), key=lambda it: (-it[1], it[0])))


def of_all_by_day(access: Access, index: Index, today: int | None = None) -> list[int]:
    """Downloads of all that ``index`` shows in thirty days, by day, the last one today.

    Reads a number for each project and day.
    """
    last = today or day_of(time.time())
    first = last - RECENT + 1
    numbers = [0] * RECENT
    for each in lookup.path(access, index):
        for (day, _name), number in each.downloads.days.items((first, ""), (last + 1, "")):
            numbers[day - first] += number
    return numbers


def total(index: Index, project: str, days: int = RECENT, today: int | None = None) -> int:
    """The downloads of a project in so many days, today among them."""
    return sum(by_day(index, project, days, today))


def by_day(index: Index, project: str, days: int = RECENT, today: int | None = None) -> list[int]:
    """Downloads by day, the last one today."""
    last = today or day_of(time.time())
    first = last - days + 1
    numbers = [0] * days
    held = index.downloads.projects.get(normalise(project))
    if held is not None:
        for day, _value, number in held.between("version", first, last):
            numbers[day - first] += number
    return numbers


def by_value(index: Index, project: str, kind: str, first: int, last: int) -> list[tuple[str, int]]:
    """Downloads by file, version, installer, Python or system, the most frequent first."""
    sums: Numbers[str] = Numbers()
    held = index.downloads.projects.get(normalise(project))
    if held is not None:
        for _day, value, number in held.between(kind, first, last):
            sums[value] += number
    return sorted(sums.items(), key=lambda it: (-it[1], it[0]))


def ever(index: Index, project: str) -> int:
    """All downloads of a project there ever were."""
    held = index.downloads.projects.get(normalise(project))
    return 0 if held is None else held.total


def stamp(index: Index, project: str) -> Hashable:
    """Changes with the counts of a project."""
    held = index.downloads.projects.get(normalise(project))
    return None if held is None else stamp_of(held)


def index_stamp(access: Access, index: Index) -> Hashable:
    """Changes with the counts of any project that the index shows."""
    # Each flush writes the totals of some projects; their sums tell whether there was one.
    return Moment(tuple(sum(each.downloads.recent.values()) for each in lookup.path(access, index)))
