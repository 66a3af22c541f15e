"""What a source of files is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

ARCHIVES = (".whl", ".egg", ".tar.gz", ".tgz", ".tar.bz2", ".zip", ".exe", ".msi", ".rpm")
"""Ends of the names that can be files of an index."""


@dataclass(frozen=True)
class Entry:
    """One file elsewhere.

    ``uploaded`` is seconds since the epoch, None if nobody knows; ``yanked`` None, or the reason,
    which may be empty; ``sha256`` empty if it is not known yet.  ``open`` gives the bytes, checked
    against ``sha256`` where they come over a network; it raises OSError when they cannot be had.
    ``path`` is where it lies on this machine, if it does.
    ``attestations`` gives them as an upload form has them, empty without any; it may raise OSError.
    """

    filename: str
    open: Callable[[], AbstractContextManager[IO[bytes]]] = field(repr=False)
    size: int = 0
    sha256: str = ""
    uploaded: float | None = None
    yanked: str | None = None
    by: str = ""
    path: Path | None = None
    attestations: Callable[[], str] = field(default=str, repr=False)


def opened(path: Path) -> Callable[[], IO[bytes]]:
    """How to open a file on this machine."""
    return lambda: path.open("rb")


class Source(Protocol):
    """Somewhere that files come from."""

    def describe(self) -> str:
        """What people call it: a folder, or an address."""

    def count(self) -> int | None:
        """How many files there are, if that can be told before they are listed."""

    def entries(self) -> Iterator[Entry]:
        """Each file once; those of a project together.  Raises Refused when it cannot be read."""

    def close(self) -> None:
        """Let go of what is open."""
