"""The bytes of an open file, by position."""

import os

WHOLE = 2**20
"""Bytes up to which a file is read once: a wheel is looked at in some thirty places, and each read
by itself costs a turn of the interpreter while others upload."""


class Source:
    """Read, not mapped: a mapped wheel of 2 GiB would count as memory.  ``length`` is in bytes."""

    def __init__(self, handle: int) -> None:
        self.length = os.fstat(handle).st_size
        self._handle = handle
        self._whole = os.pread(handle, self.length, 0) if self.length <= WHOLE else None

    def read(self, start: int, end: int) -> bytes:
        """The bytes from ``start`` to before ``end``; fewer where the file ends."""
        if self._whole is not None:
            return self._whole[start:end]
        return os.pread(self._handle, end - start, start)
