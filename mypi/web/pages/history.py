"""All releases of a project: a line of time, and a table of a hundred at a time."""

from datetime import date
from typing import Any, NamedTuple

from mypi.services.versions import Candidate
from mypi.sizes import size_in_words
from mypi.web.frame import paging
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import Moment, moment, plural
from mypi.web.pages import pythons, releases, timeline
from mypi.web.pages.project import Seen
from mypi.web.resources import OfProject

PAGE = 100


class Row(NamedTuple):
    """A release; ``python`` is its Requires-Python where that changed, ``compare`` an address."""

    version: str
    address: str
    when: Moment
    files: str
    size: str
    python: str
    badges: list[str]
    compare: str
    other: str


def values(
    context: OfProject, seen: Seen, here: Addresses, today: date, number: int
) -> dict[str, Any]:
    """What the page shows: releases by version, the newest first."""
    name = context.found.project.name
    known = seen.known
    shown = paging.page(here.history(name), number, len(known), PAGE)
    stop = shown.start + PAGE
    return {
        "release_count": plural(len(known), "release"),
        "paging": shown,
        "plot": timeline.drawn(known),
        "rows": [
            _row(known, place, seen.newest, name, here, today)
            for place in range(shown.start, min(stop, len(known)))
        ],
    }


def _row(
    known: list[Candidate],
    place: int,
    newest: Candidate | None,
    name: str,
    here: Addresses,
    today: date,
) -> Row:
    it = known[place]
    older = known[place + 1] if place + 1 < len(known) else None
    changed = bool(it.files) and (older is None or older.requires_python != it.requires_python)
    said = it.requires_python or ("any" if older is not None else "")
    other = next((one.version for one in known[place + 1 : place + 50] if one.files), "")
    return Row(
        it.version,
        here.release(name, it.version),
        moment(it.first, today),
        plural(it.files, "file"),
        size_in_words(it.size) if it.files else "",
        (pythons.in_words(said) or said)[:200] if changed else "",
        releases.badges(it, newest),
        here.comparison(name, it.version, other) if other and it.files else "",
        other,
    )
