"""What is counted of a project elsewhere: who needs it, and how often it is fetched.

Stamps are cheap: a page asks for all of them to know whether what it has kept still holds.
"""

import time
from collections.abc import Hashable
from typing import Any, NamedTuple

import orjson

from mypi.services import downloads, lookup, search
from mypi.web.frame import plots
from mypi.web.frame.words import number
from mypi.web.resources import Door, OfProject

FETCHED_EVERY = 600
"""Seconds for which the list of what is fetched most stays as it is: making it reads all counts."""


class Figures(NamedTuple):
    """``used_by`` are projects here, ``total`` downloads of 30 days, ``plot`` an SVG of them."""

    used_by: int
    total: int
    plot: str


def stamp(context: OfProject) -> tuple[Hashable, ...]:
    """Equal stamps: equal figures."""
    index, project = context.found.sources[0]
    return _used_by(context), downloads.stamp(index, project.name)


def of_project(context: OfProject) -> Figures:
    """The figures that the pages of a project show."""
    index, project = context.found.sources[0]
    by_day = downloads.by_day(index, project.name)
    total = sum(by_day)
    plot = plots.spark(by_day, f"{number(total)} downloads in {len(by_day)} days, day by day")
    return Figures(_used_by(context), total, plot)


def catalogue_stamp(context: OfProject) -> tuple[Hashable, ...]:
    """The stamp of lists that are made from the catalogue."""
    return (search.stamp(context.access.site),)


def slot() -> int:
    """A number that changes when the list of what is fetched most is to be made anew."""
    return int(time.time() // FETCHED_EVERY)


def most_fetched(context: Door, request: Any) -> list[tuple[str, int]]:
    """The projects that were downloaded most in 30 days, and how often."""
    access, index = context.access, context.index
    path = tuple(it.name for it in lookup.path(access, index))
    body = request.registry.bodies.get(
        ("fetched", slot(), path), lambda: orjson.dumps(downloads.top(access, index))
    )
    listed: list[tuple[str, int]] = orjson.loads(body)
    return listed


def _used_by(context: OfProject) -> int:
    return search.used_by_count(context.access, context.index, context.found.project.name)
