"""A deflated member of a zip archive in a gzip frame, with something in front: nothing is packed.

Deflate is a row of blocks.  What goes in front becomes a block that is not packed; it ends at a
whole byte, so the member's own blocks follow as they lie in the archive (RFC 1951 and 1952).
"""

import struct
import zlib
from collections.abc import Iterable, Iterator

from mypi.model.docs import Page

_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_BLOCK = struct.Struct("<BHH")
_TAIL = struct.Struct("<LL")
_ZEROS = bytes(2**16)


def gzipped(front: bytes, blocks: Iterable[bytes], page: Page) -> Iterator[bytes]:
    """``front`` (less than 64 KiB, may be empty) and the member, whose packed ``blocks`` follow."""
    yield _HEAD
    if front:
        yield _BLOCK.pack(0, len(front), len(front) ^ 0xFFFF) + front
    yield from blocks
    crc = _joined(zlib.crc32(front), page) if front else page.crc
    yield _TAIL.pack(crc, (len(front) + page.size) & 0xFFFFFFFF)


def gzipped_size(front: bytes, page: Page) -> int:
    """Bytes of all that."""
    return len(_HEAD) + (_BLOCK.size + len(front) if front else 0) + page.packed + _TAIL.size


def _joined(crc: int, page: Page) -> int:
    """The checksum of something of that ``crc`` and the member after it.

    A CRC is linear: what came before changes that of the whole as it would change that of zeros.
    """
    before, alone, left = crc, 0, page.size
    while left:
        zeros = _ZEROS[:left]
        before, alone = zlib.crc32(zeros, before), zlib.crc32(zeros, alone)
        left -= len(zeros)
    return before ^ alone ^ page.crc
