"""Give back the room of what was read of a file that somebody goes on writing to.

Its length stays as it is, so nothing that is written meanwhile can be lost.
"""

import ctypes
from typing import IO, Any

_KEEP_SIZE, _PUNCH_HOLE = 1, 2
"""Of fallocate(2), which Python does not have."""


def punch(file: IO[bytes], end: int) -> bool:
    """Free the disk of all before ``end``, which reads as zeros then; whether that can be done."""
    call = _fallocate()
    return call is not None and call(file.fileno(), _KEEP_SIZE | _PUNCH_HOLE, 0, end) == 0


def _fallocate() -> Any:
    """The function of the C library with offsets of 64 bits; None where there is none."""
    library = ctypes.CDLL(None)
    for name in ("fallocate64", "fallocate"):  # musl has the second alone, with 64 bits
        call = getattr(library, name, None)
        if call is not None:
            call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
            return call
    return None
