"""The projects here that need a project, and whether they take its latest version."""

from datetime import date
from typing import Any, NamedTuple

from mypi.services import requirements, search
from mypi.services.versions import Candidate
from mypi.web.frame import paging
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import plural
from mypi.web.pages.project import Seen
from mypi.web.resources import OfProject

PAGE = 100


class Row(NamedTuple):
    """A project that needs this one; ``admits`` whether it takes the latest version of it."""

    name: str
    version: str
    address: str
    requirement: str
    admits: bool


def values(
    context: OfProject, seen: Seen, here: Addresses, today: date, number: int
) -> dict[str, Any]:
    """What the page shows."""
    name = context.found.project.name
    listed, total = search.used_by(
        context.access, context.index, name, offset=(number - 1) * PAGE, limit=PAGE
    )
    return {
        "total": plural(total, "project"),
        "paging": paging.page(here.used_by(name), number, total, PAGE),
        "newest": seen.newest.version if seen.newest is not None else "",
        "rows": [
            Row(
                it.name,
                it.version,
                here.release(it.name, it.version),
                it.requirement[:300],
                _admits(it.requirement, seen.newest),
            )
            for it in listed
        ],
    }


def _admits(text: str, newest: Candidate | None) -> bool:
    read = requirements.read(text)
    if read is None or newest is None:
        return False
    return read.specifier.contains(newest.parsed, prereleases=True)
