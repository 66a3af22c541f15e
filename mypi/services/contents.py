"""What is inside stored archives: their members, the bytes of one, what a wheel says of itself.

Reads the blob of an artifact and never a database beyond it.  An archive is immutable, so what was
found is kept under its digest.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from ZODB.POSException import POSKeyError

from mypi.archives import reading
from mypi.archives.reading import Directory, Enough, Entry
from mypi.errors import Missing, MypiError, Refused
from mypi.model import File
from mypi.model.file import Artifact

AT_ONCE = 2
"""Archives that are read at the same time; installers need the other threads."""

PATIENCE = 0.5
"""Seconds that a reader waits for its turn."""

MISSING = "The bytes of this file are missing on the server; tell its keeper."

Keep = Callable[[Hashable, Callable[[], bytes]], bytes]
"""Gives the bytes kept under a key, made if need be."""

_TURNS = threading.BoundedSemaphore(AT_ONCE)
_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(Directory).decode


class TooBusy(MypiError):
    """Too many archives are being read."""

    status = 503


class Member(NamedTuple):
    """The first bytes of a member; ``is_whole``: all of them."""

    entry: Entry
    raw: bytes
    is_whole: bool


class _Fleeting(Exception):
    def __init__(self, found: Directory) -> None:
        super().__init__("a directory that is not to be kept")
        self.found = found


def directory(file: File, keep: Keep) -> Directory:
    """The members of a stored archive; why there are none, or not all, is told in it.

    Raises TooBusy.
    """

    def build() -> bytes:
        found = _read(file)
        if not found.lasting:
            raise _Fleeting(found)
        return _PACK(found)

    if not reading.is_archive(file.filename):
        return Directory([], "Files of this kind cannot be looked into.")
    try:
        return _UNPACK(keep(("directory", file.artifact.sha256), build))
    except _Fleeting as fleeting:
        return fleeting.found


def member(file: File, entry: Entry, limit: int) -> Member:
    """The first ``limit`` bytes of a member; raises Refused with the reason, or TooBusy."""
    try:
        with _turn():
            raw = reading.read(path_of(file.artifact), file.filename, entry, limit)
    except (Enough, OSError) as error:
        reason = str(error) if isinstance(error, Enough) else MISSING
        raise Refused(f"{entry.name[:120]}: it cannot be read here. {reason}") from None
    return Member(entry, raw, len(raw) == entry.size)


def find(found: Directory, path: str) -> Entry | None:
    """The member at ``path``; folders are known by what is in them, and end in a slash."""
    name = path.strip("/")
    under = f"{name}/"
    for entry in found.entries:
        if entry.name == name:
            return entry
        if not name or entry.name.startswith(under):
            return Entry(under if name else "", 0)
    return None


def path_of(artifact: Artifact) -> Path:
    """Where the bytes lie; raises Missing."""
    try:
        return Path(artifact.path)
    except POSKeyError:
        raise Missing(MISSING) from None


def _read(file: File) -> Directory:
    try:
        with _turn():
            return reading.directory(path_of(file.artifact), file.filename)
    except (OSError, Missing):
        return Directory([], MISSING, lasting=False)


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURNS.acquire(timeout=PATIENCE):
        raise TooBusy("Other archives are being read; ask again in some seconds.")
    try:
        yield
    finally:
        _TURNS.release()
