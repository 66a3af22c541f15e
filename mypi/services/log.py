"""Read the journals: who did what, newest first, with filters."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mypi.model import Entry, Index, Journal
from mypi.names import MAX_PROJECT_NAME, normalise
from mypi.services.access import Access

MAX_READ = 10_000
"""Lines of each journal that are looked at in one call."""
LATE = 86_400
"""Seconds by which a line may be older than the one before it: an upload is as old as its start."""


class Line(NamedTuple):
    """A line of the journal of the index ``of``; empty for that of the site."""

    of: str
    serial: int
    entry: Entry


@dataclass(frozen=True)
class Wanted:
    """Filters; an empty one takes all.  Times are seconds; ``action`` is how it begins."""

    project: str = ""
    version: str = ""
    by: str = ""
    action: str = ""
    since: float | None = None
    until: float | None = None

    @cached_property
    def _project(self) -> str:
        return normalise(self.project[: 2 * MAX_PROJECT_NAME])

    def takes(self, entry: Entry) -> bool:
        """Whether the filters let ``entry`` through."""
        return (
            (not self.project or normalise(entry.project) == self._project)
            and (not self.version or entry.version == self.version)
            and (not self.by or entry.by == self.by)
            and entry.action.startswith(self.action)
            and (self.until is None or entry.when < self.until)
            and (self.since is None or entry.when >= self.since)
        )


class Page(NamedTuple):
    """Lines, and the serial before which more may be found; 0 at the end."""

    lines: list[Line]
    next: int


def page(name: str, journal: Journal, wanted: Wanted, *, before: int = 0, limit: int = 100) -> Page:
    """Lines of one journal, newest first, of serials below ``before``; 0: from the newest one on.

    Looks at 10,000 lines at most, so a page may be short or empty and yet have a ``next``.
    """
    found: list[Line] = []
    before = min(before, len(journal) + 1)
    for looked, (serial, entry) in enumerate(journal.newest(before)):
        if wanted.since is not None and entry.when < wanted.since - LATE:
            break
        if len(found) == limit or looked == MAX_READ:
            return Page(found, serial + 1)
        if wanted.takes(entry):
            found.append(Line(name, serial, entry))
    return Page(found, 0)


def newest(journals: Mapping[str, Journal], wanted: Wanted, limit: int = 100) -> list[Line]:
    """The newest lines of several journals together, by time.

    There is no next page: lines of one act have one time.  To read on, take each journal by itself.
    """
    streams = [_lines(name, journal, wanted) for name, journal in journals.items()]
    merged = heapq.merge(*streams, key=lambda line: -line.entry.when)
    return [line for line, _count in zip(merged, range(limit), strict=False)]


def as_told_to(access: Access, index: Index, entry: Entry) -> Entry:
    """The entry as a reader of the index may see it.

    Clients and addresses are for who may manage it; that a release came from, or went to, an index
    is for who may read that index.
    """
    if access.may("manage", index):
        return entry
    way = entry.detail.partition(":")[0].split()
    hidden = len(way) == 2 and way[0] in ("from", "to") and access.index(way[1]) is None
    return entry._replace(client="", address="", detail="" if hidden else entry.detail)


def _lines(name: str, journal: Journal, wanted: Wanted) -> Iterator[Line]:
    for looked, (serial, entry) in enumerate(journal.newest()):
        if looked == MAX_READ:
            return
        if wanted.takes(entry):
            yield Line(name, serial, entry)
