"""The journal of one index: who did what, in order, never rewritten.

A serial is an entry's position, counted from 1.  It is never stored: two transactions that append
at the same time merge, and both entries number themselves by where they end up.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple

from BTrees.LOBTree import LOBTree
from persistent import Persistent
from ZODB.POSException import ConflictError

CHUNK = 50
"""Entries after which a chunk is sealed; keeps the record that each upload rewrites small.

With 200 it was 7 of an upload's 18 kB."""


class Entry(NamedTuple):
    """One line; ``when`` is seconds since the epoch, ``detail`` is words for people."""

    when: float
    by: str
    action: str
    project: str
    version: str = ""
    filename: str = ""
    client: str = ""
    address: str = ""
    detail: str = ""


class Appended(list[Entry]):
    """Entries in the order they were appended; some may not be committed in the end."""

    _taken = 0

    def take(self) -> list[Entry]:
        """Those after the last call."""
        new = self[self._taken :]
        self._taken = len(self)
        return new


APPENDED: ContextVar[Appended | None] = ContextVar("appended", default=None)
"""Where entries that are appended in this context are noted down, for who sets it."""


class Chunk(Persistent):
    """Some 50 entries that follow each other; ``first`` is the serial of the first one."""

    sealed = False

    def __init__(self, first: int) -> None:
        self.first = first
        self.entries: tuple[tuple[Any, ...], ...] = ()

    def _p_resolveConflict(
        self, old: dict[str, Any], saved: dict[str, Any], new: dict[str, Any]
    ) -> dict[str, Any]:
        """Merge appends; not if sealed: the serials of the next chunk must stay right."""
        if saved.get("sealed") or new.get("sealed"):
            raise ConflictError("the journal's last chunk was sealed meanwhile")
        return {**saved, "entries": saved["entries"] + new["entries"][len(old["entries"]) :]}


class Journal(Persistent):
    """An append-only list of entries in chunks."""

    def __init__(self) -> None:
        self.chunks = LOBTree()
        self.chunks[1] = Chunk(1)

    def append(self, entry: Entry) -> None:
        """Add ``entry`` at the end; writes one small record."""
        if (appended := APPENDED.get()) is not None:
            appended.append(entry)
        tail = self.chunks[self.chunks.maxKey()]
        if len(tail.entries) >= CHUNK:
            tail.sealed = True
            tail = Chunk(tail.first + len(tail.entries))
            self.chunks[tail.first] = tail
        tail.entries = (*tail.entries, tuple(entry))

    def __len__(self) -> int:
        """The serial of the newest entry; 0 when there is none."""
        tail = self.chunks[self.chunks.maxKey()]
        return tail.first + len(tail.entries) - 1

    def since(self, serial: int) -> Iterator[tuple[int, Entry]]:
        """The entries after ``serial``, oldest first, with their serials."""
        start = self.chunks.maxKey(max(serial, 1))
        for chunk in self.chunks.values(start):
            for number, entry in enumerate(chunk.entries, chunk.first):
                if number > serial:
                    yield number, Entry._make(entry)

    def newest(self, before: int = 0) -> Iterator[tuple[int, Entry]]:
        """All entries, newest first, with their serials; stop when you have enough.

        With ``before`` only those of smaller serials.
        """
        last = before - 1 if before else len(self)
        first = self.chunks.maxKey(max(last, 1))
        while True:
            chunk = self.chunks[first]
            for offset in range(min(last - chunk.first, len(chunk.entries) - 1), -1, -1):
                yield chunk.first + offset, Entry._make(chunk.entries[offset])
            if first == 1:
                return
            first = self.chunks.maxKey(first - 1)
