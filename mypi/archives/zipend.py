"""The end of a zip file, which tells where its central directory is; both its forms must agree."""

import struct
from collections.abc import Callable
from typing import NoReturn

from mypi.errors import Refused

Read = Callable[[int, int], bytes]
"""The file's bytes from one place to another."""

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_UNSET = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
"""Number, size and start as they are written when only the 64-bit record can hold them."""

_OTHER_KINDS = {
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"MZ": "a Windows program",
    b"7z": "a 7-Zip archive",
}


def find_directory(read: Read, length: int, label: str) -> tuple[int, int, int]:
    """Number of members, and where the central directory of a file of that length starts and ends.

    Nothing may follow the end record, and nothing may lie between it and the directory.
    """
    magic = read(0, 4)
    if magic not in (b"PK\x03\x04", b"PK\x05\x06"):
        raise Refused(f"{label}: {_not_zip(magic)}")
    place = length - _END.size
    if place < 0 or read(place, place + 4) != b"PK\x05\x06":
        broken(label, "it is cut off, or something follows its end")
    _sig, disk, first_disk, here, *numbers, comment = _END.unpack(read(place, length))
    if comment or disk or first_disk or here != numbers[0]:
        broken(label, "it has a comment or several parts")
    unset = any(number == unset for number, unset in zip(numbers, _UNSET, strict=True))
    # zipfile adds the 64-bit record from 2 GiB on, and leaves true numbers in the old one up to 4.
    # It believes whatever looks like one, even inside the directory's last entry: then so do we.
    locator = place - _LOCATOR.size
    if unset or (locator >= 0 and read(locator, locator + 4) == b"PK\x06\x07"):
        numbers, place = _wide(read, place, numbers, label)
    count, size, start = numbers
    if start + size != place:
        broken(label, "its directory is not where it should be")
    return count, start, place


def _wide(read: Read, place: int, numbers: list[int], label: str) -> tuple[list[int], int]:
    """Number, size and start from the 64-bit record before ``place``, and where that record is."""
    locator = place - _LOCATOR.size
    if locator < 0 or read(locator, locator + 4) != b"PK\x06\x07":
        if numbers[0] == 0xFFFF and 0xFFFFFFFF not in numbers:
            return numbers, place  # an archive of just so many members
        broken(label, "its 64-bit directory is missing")
    _sig, disk, record, disks = _LOCATOR.unpack(read(locator, place))
    if record + _END64.size != locator or read(record, record + 4) != b"PK\x06\x06":
        broken(label, "its 64-bit directory is not where it should be")
    _sig, length, _by, _needs, here_disk, first_disk, here, *wide = _END64.unpack(
        read(record, locator)
    )
    if disk or disks > 1 or here_disk or first_disk or here != wide[0]:
        broken(label, "it has several parts")
    if length != _END64.size - 12 or any(
        number not in (unset, full)
        for number, unset, full in zip(numbers, _UNSET, wide, strict=True)
    ):
        broken(label, "its two ends disagree")
    return wide, record


def broken(label: str, what: str) -> NoReturn:
    """Refuse a zip archive in whose records something is wrong."""
    raise Refused(f"{label}: the zip archive is damaged or ambiguous: {what}; build it again.")


def _not_zip(magic: bytes) -> str:
    if not magic:
        return "the file is empty; build it again."
    for start, kind in _OTHER_KINDS.items():
        if magic.startswith(start):
            return f"the name says zip archive, but this is {kind}; give it its right name."
    return "not a zip archive; build it again."
