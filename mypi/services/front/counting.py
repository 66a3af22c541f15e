"""Downloads that the front server answered: counted from the log that it writes of them."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from mypi.model import Link
from mypi.model.site import ROOT_KEY
from mypi.services.downloads import Counter

LOG = "downloads.log"
POSITION = "downloads.position"

_WORDS = ("index", "project", "file", "agent")

AT_ONCE = 2**20
"""Bytes that are read in one go."""
LONG = 2**24
"""Bytes from which the log is emptied, when all of it was read."""


class Fetched(NamedTuple):
    """One line: a file, who fetched it, and when, in seconds since the epoch."""

    held_by: str
    project: str
    filename: str
    agent: str
    at: float


class LogCounter:
    """A task for the background: one line a download, JSON, in ``folder``'s log.

    Of several processes one reads at a time; the position is kept beside the log.
    """

    def __init__(self, database: Any, counter: Counter, folder: Path) -> None:
        self._database = database
        self._counter = counter
        self._log = folder / LOG
        self._log.touch()  # it is ours: nginx would make it as root, and we could not empty it
        self._position = folder / POSITION

    def __call__(self) -> bool:
        """Count what was added; whether there is more."""
        try:
            log = self._log.open("r+b")
        except FileNotFoundError:
            return False
        with log, self._position.open("a+", encoding="ascii") as position:
            try:
                fcntl.flock(position, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            lines = _next(log, _at(position))
            if lines:
                self._count(lines)
            _note(position, 0 if _emptied(log) else log.tell())
            return len(lines) > 0

    def _count(self, lines: bytes) -> None:
        with self._database.transaction(note="front downloads") as connection:
            indexes = connection.root()[ROOT_KEY].indexes
            for it in _told(lines):
                held = indexes[it.held_by].project(it.project) if it.held_by in indexes else None
                link = held.links.get(it.filename) if held is not None else None
                if link is not None:
                    version = Link(*link).version
                    self._counter.count(
                        it.held_by, it.project, it.filename, version, it.agent, it.at
                    )


def _next(log: IO[bytes], position: int) -> bytes:
    """The next whole lines; the file is after them then."""
    end = log.seek(0, 2)
    log.seek(position if position <= end else 0)  # shorter than it was: a new one
    begin = log.tell()
    read = log.read(AT_ONCE)
    lines = read[: read.rfind(b"\n") + 1]
    if not lines and len(read) == AT_ONCE:  # no line is as long; skip it
        return read
    log.seek(begin + len(lines))
    return lines


def _emptied(log: IO[bytes]) -> bool:
    """Empty a long log that was read to its end; its writer appends, so it goes on at the start."""
    at = log.tell()
    if at < LONG or log.seek(0, 2) != at:
        log.seek(at)
        return False
    log.truncate(0)
    return True


def _told(lines: bytes) -> Iterator[Fetched]:
    """What the lines say, those that can be read."""
    for line in lines.decode(errors="replace").split("\n"):
        try:
            said = json.loads(line)
            index, project, file, agent = (str(said[key]) for key in _WORDS)
            yield Fetched(index, project, file, agent, float(said["at"]))
        except (ValueError, KeyError, TypeError):
            continue


def _at(position: IO[str]) -> int:
    position.seek(0)
    text = position.read()
    return int(text) if text.isdecimal() else 0


def _note(position: IO[str], at: int) -> None:
    position.seek(0)
    position.truncate()
    position.write(str(at))
