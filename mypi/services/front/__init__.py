"""Answers laid out as files, for a front server that sends them without asking us.

A page or an archive is put there when somebody who is not logged in has asked for it, and taken
away in the act that changes it: after the commit, before the answer.  A folder of a project holds
what is told of that project in any index, so nothing has to know who inherits from whom.  What is
missing is asked of mypi; nothing here is needed, and at each start all of it is thrown away.
"""

import contextlib
import fcntl
import gzip
import hashlib
import logging
import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from mypi.model import Entry
from mypi.names import normalise
from mypi.services.freshness import is_harmless

log = logging.getLogger(__name__)

PACKED = ".gz"
WORTH_PACKING = 500
"""Bytes from which a page is put there packed as well."""

_ADDS = ("add ", "create", "new release")
"""Beginnings of actions that change pages, and no archive that is there."""


class Place(NamedTuple):
    """Where an answer lies below the folder; ``archive`` is a file that it is, else it is bytes."""

    path: str
    archive: str = ""


DEFAULT = "_default"
"""In place of an index: whichever the addresses without one lead to.  No index has that name."""


def page_place(project: str, index: str, depth: int, is_json: bool) -> Place:
    """The page of a project (its normal name), of an address with ``depth`` slashes after it."""
    return Place(f"pages/{project}/{index}/{depth}.{'json' if is_json else 'html'}")


def file_place(project: str, index: str, filename: str, archive: str = "") -> Place:
    """An archive, or what lies beside it."""
    return Place(f"files/{project}/{index}/{filename}", archive)


class Front:
    """The folder ``folder``; several processes of one machine may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("pages", "files", "new", "gone"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self._threads = threading.Lock()
        # Kept open: what is to be taken away must be, also when no more files can be opened.
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        with self._alone():
            self._count(self.changes())  # it has room on the disk then

    def changes(self) -> int:
        """How often something was taken away, by any process; ask before you make an answer."""
        return int.from_bytes(os.pread(self._lock, 8, 0))

    def put(self, place: Place, body: bytes, changes: int) -> None:
        """Lay an answer out, unless something was taken away since ``changes`` was told."""
        there = self.folder / place.path
        if there.exists():
            return
        new = self.folder / "new" / uuid.uuid4().hex
        try:
            made = _made(new, place, body)
            with self._alone():
                if self.changes() == changes:
                    there.parent.mkdir(parents=True, exist_ok=True)
                    for suffix in made:
                        Path(f"{new}{suffix}").replace(f"{there}{suffix}")
        except OSError as error:  # a full disk, another file system: it can do without
            log.info("%s is not laid out for the front server: %s", place.path, error)
        finally:
            for suffix in ("", PACKED):
                Path(f"{new}{suffix}").unlink(missing_ok=True)

    def changed(self, entries: Iterable[Entry]) -> None:
        """Take away what these entries of journals changed."""
        parts: set[str] = set()
        for entry in entries:
            if is_harmless(entry):
                continue
            if not entry.project:
                self.forget_all()
                return
            project = normalise(entry.project)
            parts.add(f"pages/{project}")
            if not entry.action.startswith(_ADDS):
                parts.add(f"files/{project}")
        if parts:
            self._drop(*parts)

    def forget_all(self) -> None:
        """Take everything away, also what a killed process was about to lay out."""
        self._drop("pages", "files", "new")
        (self.folder / "new").mkdir(exist_ok=True)

    def sweep(self) -> None:
        """Delete what was taken away; a task for the background."""
        for path in (self.folder / "gone").iterdir():
            shutil.rmtree(path, ignore_errors=True)

    def _drop(self, *parts: str) -> None:
        with self._alone():
            try:
                self._count(self.changes() + 1)
            finally:
                for part in parts:
                    self._drop_one(self.folder / part)

    def _drop_one(self, there: Path) -> None:
        try:
            there.rename(self.folder / "gone" / uuid.uuid4().hex)
        except OSError:  # it is not there; or the disk is full: then at once
            if there.exists():
                shutil.rmtree(there)

    def _count(self, changes: int) -> None:
        os.pwrite(self._lock, changes.to_bytes(8), 0)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other thread, and no other process, is putting or taking away."""
        with self._threads:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)


def _made(new: Path, place: Place, body: bytes) -> tuple[str, ...]:
    """Make the file ``new`` to be moved to its place; the suffixes of what was made, in order.

    What is packed comes first: nginx looks for it when the other one is there.
    """
    if place.archive:
        os.link(place.archive, new)
        return ("",)
    _write(new, body)
    if not place.path.startswith("pages/") or len(body) < WORTH_PACKING:
        return ("",)
    _write(Path(f"{new}{PACKED}"), gzip.compress(body, 5, mtime=0))
    return (PACKED, "")


def _write(path: Path, body: bytes) -> None:
    """Write it, with a time made of the bytes: nginx's ETag is time and size, by the second."""
    path.write_bytes(body)
    seconds = int.from_bytes(hashlib.blake2b(body, digest_size=4).digest())
    os.utime(path, (seconds, seconds))
