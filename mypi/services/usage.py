"""What a statistics page tells of downloads over a time: of a project, or of a whole index."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from mypi.model import Index
from mypi.model.downloads import KINDS
from mypi.names import normalise
from mypi.services import downloads
from mypi.services.access import Access

PERIODS = {"month": 30, "year": 365, "all": 0}
"""Name of a period -> days; 0: since the first download."""
MAX_VALUES = 50
"""Files, versions and the like that are told one by one."""
TOP = 50
LARGEST = 20
MAX_LOOKED_AT = 5_000
"""Projects whose sizes are read for the list of the largest."""

Values = list[tuple[str, int]]


class Day(NamedTuple):
    """Downloads of a day, or of a month on its first day."""

    day: date
    downloads: int


@dataclass(frozen=True)
class Usage:
    """Downloads of a project in a period; ``by`` maps a kind to values, the most frequent first."""

    total: int
    ever: int
    days: list[Day]
    by: dict[str, Values]


@dataclass(frozen=True)
class IndexUsage:
    """Downloads from an index in thirty days, and what its projects take on the disk.

    ``largest`` are names, files and bytes; ``is_cut``: not all projects were looked at.
    """

    total: int
    days: list[Day]
    top: Values
    size: int
    largest: list[tuple[str, int, int]]
    is_cut: bool


def of_project(index: Index, name: str, period: str, today: int | None = None) -> Usage:
    """The downloads of a project that ``index`` holds."""
    last = today or downloads.day_of(time.time())
    first = last - PERIODS[period] + 1 if PERIODS[period] else 0
    held = index.downloads.projects.get(normalise(name))
    counted: Counter[int] = Counter()
    if held is not None:
        for day, _value, number in held.between("version", first, last):
            counted[day] += number
    start = first or min(counted, default=last)
    shown = range(start, last + 1) if PERIODS[period] else sorted(counted)
    return Usage(
        total=counted.total(),
        ever=downloads.ever(index, name),
        days=[Day(date.fromordinal(day), counted[day]) for day in shown],
        by={
            kind: downloads.by_value(index, name, kind, start, last)[:MAX_VALUES] for kind in KINDS
        },
    )


def largest(index: Index, limit: int) -> list[tuple[str, int, int]]:
    """Names, files and bytes of the largest projects that ``index`` holds itself."""
    sizes = []
    for project in islice(index.projects.values(), MAX_LOOKED_AT):
        links = [link for _filename, link in project.pages()]
        sizes.append((project.name, len(links), sum(link.size for link in links)))
    return sorted(sizes, key=lambda it: (-it[2], it[0]))[:limit]


def of_index(access: Access, index: Index, today: int | None = None) -> IndexUsage:
    """What is downloaded most from an index, and which of its own projects are the largest."""
    last = today or downloads.day_of(time.time())
    by_day = downloads.of_all_by_day(access, index, last)
    first = last - len(by_day) + 1
    return IndexUsage(
        total=sum(by_day),
        days=[Day(date.fromordinal(first + at), number) for at, number in enumerate(by_day)],
        top=downloads.top(access, index, limit=TOP),
        size=index.size(),
        largest=largest(index, LARGEST),
        is_cut=index.count() > MAX_LOOKED_AT,
    )
