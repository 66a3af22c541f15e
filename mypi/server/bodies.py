"""A request's body on its way: in memory while it is small, then wherever the application wants it.

What no application takes goes to a temporary file, as with waitress.
"""

from collections.abc import Callable
from typing import BinaryIO, Protocol

from waitress.buffers import OverflowableBuffer

TAKER = "mypi.body_taker"
"""Environ key: who took the body; ``wsgi.input`` is empty then."""


class Taker(Protocol):
    """What takes a body while it arrives, in the server's loop."""

    def feed(self, data: bytes) -> None:
        """The next bytes.  An OSError of a full disk refuses the request."""

    def close(self) -> None:
        """The request is over."""


class Body:
    """What waitress calls a buffer.  ``begin`` tells who takes a body of over ``most`` bytes.

    ``expected`` is its length, 0 when that is not known yet.
    """

    def __init__(self, most: int, expected: int, begin: Callable[[], Taker | None]) -> None:
        self.taker: Taker | None = None
        self._most = most
        self._begin: Callable[[], Taker | None] | None = begin
        self._kept = OverflowableBuffer(most)
        self._length = 0
        if expected > most:
            self._hand_over()

    def __len__(self) -> int:
        return self._length

    def append(self, data: bytes) -> None:
        """The next bytes of the body."""
        self._length += len(data)
        if self._length > self._most:
            self._hand_over()
        if self.taker is not None:
            self.taker.feed(data)
        else:
            self._kept.append(data)

    def getfile(self) -> BinaryIO:
        """What was kept here, as a file."""
        file: BinaryIO = self._kept.getfile()
        return file

    def close(self) -> None:
        """Forget it all."""
        self._kept.close()
        if self.taker is not None:
            self.taker.close()

    def _hand_over(self) -> None:
        if self._begin is None:
            return
        self.taker, self._begin = self._begin(), None
        if self.taker is not None and len(self._kept):
            kept, self._kept = self._kept, OverflowableBuffer(self._most)
            self.taker.feed(kept.get())
            kept.close()
