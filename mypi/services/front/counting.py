"""Downloads that the front server answered: counted from the log that it writes of them.

It is never told to open another log.  So the log is not rotated: the room of what was counted is
given back, and it goes on at its end.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from mypi.model import Link
from mypi.model.site import ROOT_KEY
from mypi.services.downloads import Counter
from mypi.services.front.holes import punch

LOG = "downloads.log"
POSITION = "downloads.position"

_WORDS = ("index", "project", "file", "agent")

AT_ONCE = 2**20
"""Bytes that are read in one go."""
LONG = 2**24
"""Bytes on the disk from which the room of what was read is given back."""


class Fetched(NamedTuple):
    """One line: a file, who fetched it, and when, in seconds since the epoch."""

    held_by: str
    project: str
    filename: str
    agent: str
    at: float


class LogCounter:
    """A task for the background: one line a download, JSON, in ``folder``'s log.

    Of several processes one reads at a time; the position is kept beside the log.  ``long`` is
    :data:`LONG`.
    """

    def __init__(self, database: Any, counter: Counter, folder: Path, long: int = LONG) -> None:
        self._long = long
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
            _note(position, log.tell())
            if _room(log) >= self._long and _emptied(log):
                _note(position, 0)
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


def _room(log: IO[bytes]) -> int:
    """Bytes that it takes on the disk; stat counts them by 512."""
    return os.fstat(log.fileno()).st_blocks * 512


def _emptied(log: IO[bytes]) -> bool:
    """Give back the room of what was read; whether reading begins at the start again.

    Where the file system cannot do that (NFS before 4.2), a log that was read to its end is cut: of
    that, what is written at the same moment is lost, a buffer of nginx at most.
    """
    at = log.tell()
    if punch(log, at) or log.seek(0, 2) != at:
        return False
    log.truncate(0)
    return True


def _told(lines: bytes) -> Iterator[Fetched]:
    """What the lines say, those that can be read."""
    for line in lines.decode(errors="replace").split("\n"):
        try:
            said = json.loads(line.lstrip("\0"))  # of a hole, if the position was lost
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
