"""Methods about changes: the index's own journal, for mirrors and for those who watch it.

What its bases do is in their journals; a line's serial counts in one journal only.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

from msgspec import Meta

from mypi.errors import Refused
from mypi.filenames import parse
from mypi.model import Entry, Journal
from mypi.services import serials
from mypi.services.log import LATE
from mypi.web.xmlrpc.asking import Asked

MAX_LINES = 50_000
"""Lines in one answer; as the public index has it."""
_MAX_READ = 2 * MAX_LINES
"""Lines that are looked at for one answer."""

Serial = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Time = Annotated[int, Meta(ge=-(2**53), le=2**53)] | Annotated[float, Meta(ge=-1e15, le=1e15)]
"""Seconds since the epoch."""

_Line = tuple[int, Entry]


def changelog_last_serial(asked: Asked) -> int:
    """The serial of the newest change."""
    return serials.last(asked.index)


def changelog_since_serial(asked: Asked, serial: Serial) -> list[list[Any]]:
    """Lists of name, version or nil, time, action and serial: the changes after ``serial``."""
    return [_told(line) for line in _about_projects(asked.index.journal, max(serial, 0))]


def changelog(asked: Asked, since: Time, with_ids: bool | int = False) -> list[list[Any]]:
    """As changelog_since_serial, of the changes after a time; without serials, unless wanted."""
    told = [_told(line) for line in _after(asked.index.journal, since)]
    return told if with_ids else [line[:-1] for line in told]


def updated_releases(asked: Asked, since: Time) -> list[list[str]]:
    """Pairs of a name and a version that were published after a time, newest first."""
    published = [
        (entry.project, entry.version)
        for _serial, entry in _after(asked.index.journal, since)
        if entry.action == "new release"
    ]
    there = (it for it in dict.fromkeys(reversed(published)) if _is_there(asked, *it))
    return [list(it) for it in there]


def changed_packages(asked: Asked, since: Time) -> list[str]:
    """The names of projects that were changed after a time."""
    changed = (entry.project for _serial, entry in _after(asked.index.journal, since))
    return list(dict.fromkeys(changed))


def _about_projects(journal: Journal, serial: int) -> Iterator[_Line]:
    """Lines about projects after ``serial``, oldest first; mirrors take each for a change of one.

    A page may be short: ask again from the last serial, up to changelog_last_serial.
    """
    read = islice(journal.since(serial), _MAX_READ)
    return islice((line for line in read if line[1].project), MAX_LINES)


def _after(journal: Journal, since: float) -> Iterator[_Line]:
    lines = _about_projects(journal, _before(journal, since - LATE))
    return (line for line in lines if line[1].when > since)


def _before(journal: Journal, since: float) -> int:
    """The serial of a line at most a chunk before the first one that is younger than ``since``."""
    low, high = 0, len(journal)
    while low < high:
        middle = (low + high + 1) // 2
        _serial, entry = next(journal.since(middle - 1))
        if entry.when <= since:
            low = middle
        else:
            high = middle - 1
    return low


def _is_there(asked: Asked, name: str, version: str) -> bool:
    project = asked.index.project(name)
    return project is not None and project.release(version) is not None


def _told(line: _Line) -> list[Any]:
    serial, entry = line
    return [entry.project, entry.version or None, int(entry.when), in_public_words(entry), serial]


def in_public_words(entry: Entry) -> str:
    """The action as the public index words it, where it has a word for it."""
    verb, _, rest = entry.action.partition(" ")
    if verb == "replace":
        return f"add {rest}"
    if verb == "promote" and entry.filename:
        return f"add {_tag(entry)} file {entry.filename}"
    return entry.action


def _tag(entry: Entry) -> str:
    try:
        return parse(entry.filename, entry.project).python_tag
    except Refused:
        return "source"


METHODS = (
    changelog_last_serial,
    changelog_since_serial,
    changelog,
    updated_releases,
    changed_packages,
)
