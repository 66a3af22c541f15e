"""A body in chunks, read strictly: each line has one meaning (RFC 9112, section 7.1).

waitress's own receiver takes bare line feeds, empty lines and lines of any length, and two servers
that disagree on where a body ends may be made to disagree on who asked what.
"""

import re
from collections.abc import Callable
from typing import Any

from waitress.utilities import BadRequest

MAX_LINE = 2**13
"""Bytes of a chunk's size line, or of all trailers."""

_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?")
_TRAILER = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*")


class Chunks:
    """Collects the chunks of one body in ``buffer``; has the attributes of waitress's receivers."""

    completed = False
    error: BadRequest | None = None

    def __init__(self, buffer: Any) -> None:
        self.buffer = buffer
        self._left = 0
        """Bytes of the chunk that are still to come."""
        self._line = b""
        self._trailers = 0
        self._judge: Callable[[bytes], None] = self._size

    def __len__(self) -> int:
        return len(self.buffer)

    def getfile(self) -> Any:
        """The body as a file."""
        return self.buffer.getfile()

    def getbuf(self) -> Any:
        """Where the body is collected."""
        return self.buffer

    def received(self, data: bytes) -> int:
        """Take what belongs to the body and say how many bytes that was; all, after an error."""
        place = 0
        while place < len(data) and not self.completed and not self.error:
            if self._left:
                chunk = data[place : place + self._left]
                self.buffer.append(chunk)
                self._left -= len(chunk)
                place += len(chunk)
            else:
                place = self._read_line(data, place)
        return len(data) if self.error else place

    def _read_line(self, data: bytes, place: int) -> int:
        """Take a line, or what is there of it; return the place behind it."""
        end = data.find(b"\n", place) + 1 or len(data)
        self._line += data[place:end]
        if len(self._line) + self._trailers > MAX_LINE:
            self._refuse("chunk header or trailer too long")
        elif self._line.endswith(b"\r\n"):
            line, self._line = self._line[:-2], b""
            self._judge(line)
        elif self._line.endswith(b"\n"):
            self._refuse("bare line feed in the chunks")
        return end

    def _size(self, line: bytes) -> None:
        match = _SIZE.fullmatch(line)
        if match is None:
            self._refuse("invalid chunk size")
            return
        self._left = int(match[1], 16)
        self._judge = self._end if self._left else self._trailer

    def _end(self, line: bytes) -> None:
        if line:
            self._refuse("chunk longer than its size")
        self._judge = self._size

    def _trailer(self, line: bytes) -> None:
        self._trailers += len(line)
        if not line:
            self.completed = True
        elif not _TRAILER.fullmatch(line):
            self._refuse("invalid trailer")

    def _refuse(self, what: str) -> None:
        self.error = BadRequest(what)
