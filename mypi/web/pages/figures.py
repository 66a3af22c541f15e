"""What is counted of a project elsewhere: who needs it, and how often it is fetched.

Stamps are cheap: a page asks for all of them to know whether what it has kept still holds.
"""

import time
from collections.abc import Hashable
from typing import Any, NamedTuple

import orjson

from mypi.model.downloads import RECENT
from mypi.services import downloads, lookup, search
from mypi.services.stamps import Moment
from mypi.web.frame import plots
from mypi.web.frame.words import plural
from mypi.web.resources import Door, OfProject

FETCHED_EVERY = 600
"""Seconds for which the list of what is fetched most stays as it is: making it reads all counts."""


class Fetched(NamedTuple):
    """What is downloaded from an index: names and numbers of ``top``, and all ``by_day``."""

    top: list[tuple[str, int]]
    by_day: list[int]


class Figures(NamedTuple):
    """``used_by`` are projects here, ``total`` downloads of 30 days, ``plot`` an SVG of them."""

    used_by: int
    total: int
    plot: str


def stamp(context: OfProject) -> tuple[Hashable, ...]:
    """Equal stamps: equal figures."""
    sources = context.found.sources
    return Moment(_used_by(context)), *(downloads.stamp(index, it.name) for index, it in sources)


def of_project(context: OfProject) -> Figures:
    """The figures that the pages of a project show."""
    index, project = context.found.sources[0]
    by_day = downloads.by_day(index, project.name)
    total = sum(by_day)
    return Figures(_used_by(context), total, spark(by_day))


def of_files(context: OfProject) -> dict[tuple[str, str], int]:
    """(name of the index that holds it, file name) -> downloads in 30 days."""
    last = downloads.day_of(time.time())
    return {
        (index.name, filename): count
        for index, project in context.found.sources
        for filename, count in downloads.by_value(
            index, project.name, "file", last - RECENT + 1, last
        )
    }


def catalogue_stamp(context: OfProject) -> tuple[Hashable, ...]:
    """The stamp of lists that are made from the catalogue."""
    return (search.stamp(context.access.site),)


def slot() -> Moment:
    """A number that changes when the list of what is fetched most is to be made anew."""
    return Moment(int(time.time() // FETCHED_EVERY))


def fetched(context: Door, request: Any) -> Fetched:
    """What was downloaded in 30 days from all that the index shows."""
    access, index = context.access, context.index
    path = lookup.path_key(access, index)
    body = request.registry.bodies.get(
        ("fetched", slot(), path),
        lambda: orjson.dumps(
            [downloads.top(access, index), downloads.of_all_by_day(access, index)]
        ),
    )
    return Fetched(*orjson.loads(body))


def spark(by_day: list[int]) -> str:
    """The downloads of some days as an SVG."""
    title = f"{plural(sum(by_day), 'download')} in {len(by_day)} days, day by day"
    return plots.spark(by_day, title)


def _used_by(context: OfProject) -> int:
    return search.used_by_count(context.access, context.index, context.found.project.name)
