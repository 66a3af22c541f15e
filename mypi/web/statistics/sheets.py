"""Statistics as values for a template, as JSON, and as CSV."""

import csv
import io
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mypi.services.stamps import Moment, Stamp
from mypi.services.usage import PERIODS, IndexUsage, Usage
from mypi.sizes import size_in_words
from mypi.web.frame import plots
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import number, plural

HEADS = {
    "version": "Version",
    "file": "File",
    "installer": "Installer",
    "python": "Python",
    "system": "System",
}
_BY = {"Python": "Python"}
"""Heads that keep their capital within a sentence."""
WORDS = {"month": "30 days", "year": "a year", "all": "all the time"}


class Line(NamedTuple):
    """A value, how often, and its share of all in per cent."""

    value: str
    times: str
    share: str


class Table(NamedTuple):
    """The values of one kind; ``by`` is its head within a sentence."""

    head: str
    by: str
    lines: list[Line]


def page(here: Addresses, name: str, period: str, told: Usage) -> dict[str, Any]:
    """What the page of a project shows."""
    days = told.days
    title = f"Downloads of {name}, {plural(told.total, 'download')} in {WORDS[period]}"
    return {
        "name": name,
        "address": here.statistics(name),
        "total": plural(told.total, "download"),
        "ever": number(told.ever),
        "period": WORDS[period],
        "periods": [
            (words, f"{here.statistics(name)}?period={each}", each == period)
            for each, words in WORDS.items()
        ],
        "csv": f"{here.statistics(name)}?period={period}&format=csv",
        "json": f"{here.statistics(name)}?period={period}&format=json",
        "plot": plots.bars([it.downloads for it in days], [str(it.day) for it in days], title),
        "days": [(str(it.day), number(it.downloads)) for it in reversed(days) if it.downloads],
        "tables": [
            Table(head, _BY.get(head, head.lower()), _lines(told.by[kind], told.total))
            for kind, head in HEADS.items()
        ],
    }


def index_page(here: Addresses, told: IndexUsage) -> dict[str, Any]:
    """What the page of an index shows."""
    return {
        "address": here.statistics(),
        "total": plural(told.total, "download"),
        "plot": plots.bars(
            [it.downloads for it in told.days],
            [str(it.day) for it in told.days],
            f"{plural(told.total, 'download')} in {len(told.days)} days",
        ),
        "days": [(str(it.day), number(it.downloads)) for it in reversed(told.days) if it.downloads],
        "top": [(name, here.statistics(name), number(count)) for name, count in told.top],
        "size": size_in_words(told.size),
        "largest": [
            (name, here.project(name), plural(files, "file"), size_in_words(size))
            for name, files, size in told.largest
        ],
        "is_cut": told.is_cut,
        "csv": f"{here.statistics()}?format=csv",
        "json": f"{here.statistics()}?format=json",
    }


def as_json(name: str, period: str, told: Usage) -> dict[str, Any]:
    """The statistics of a project."""
    return {
        "project": name,
        "period": {"name": period, "days": PERIODS[period]},
        "total": told.total,
        "ever": told.ever,
        "by_day": {str(it.day): it.downloads for it in told.days},
        **{f"by_{kind}": dict(values) for kind, values in told.by.items()},
    }


def index_as_json(told: IndexUsage) -> dict[str, Any]:
    """The statistics of an index."""
    return {
        "total": told.total,
        "days": PERIODS["month"],
        "by_day": {str(it.day): it.downloads for it in told.days},
        "top": dict(told.top),
        "size": told.size,
        "largest": [
            {"project": name, "files": files, "size": size} for name, files, size in told.largest
        ],
    }


def as_csv(told: Usage) -> bytes:
    """A line for each day, and for each value of each kind."""
    rows = [("day", str(it.day), it.downloads) for it in told.days]
    rows += [(kind, value, count) for kind, values in told.by.items() for value, count in values]
    return _csv(("kind", "value", "downloads"), rows)


def index_as_csv(told: IndexUsage) -> bytes:
    """A line for each of the most wanted projects."""
    return _csv(("project", "downloads"), told.top)


def today() -> Stamp:
    """What an answer of today depends on that nothing else tells."""
    return (Moment(datetime.fromtimestamp(time.time(), UTC).date().toordinal()),)


def _lines(values: list[tuple[str, int]], total: int) -> list[Line]:
    return [
        Line(value, number(count), f"{100 * count / total:.0f} %" if total else "")
        for value, count in values
    ]


def _csv(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> bytes:
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(head)
    sheet.writerows([[_harmless(value) for value in row] for row in rows])
    return written.getvalue().encode("utf-8", "replace")


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
