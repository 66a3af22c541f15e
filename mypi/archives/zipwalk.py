"""Walk a zip file record by record: central directory and local headers must say the same.

Readers differ in which of the two they believe; an archive that means two things is how malware
passes a check.  Rules as the public index's of 2026 (the directory at the very end, no gaps, no
comments); ``zipfile`` checks none of this.
"""

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from mypi.archives.limits import Limits
from mypi.archives.members import check_name, check_tree
from mypi.archives.source import Source
from mypi.archives.zipend import broken, find_directory
from mypi.errors import Refused

STORED, DEFLATED = 0, 8

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")

_DESCRIPTOR, _UTF8 = 1 << 3, 1 << 11
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_PACKER_OPTIONS = 1 << 1 | 1 << 2
_ZIP64_EXTRA, _UNICODE_PATH_EXTRA = 0x0001, 0x7075
_DESCRIPTORS = (
    struct.Struct("<4sLLL"),
    struct.Struct("<4sLQQ"),
)
_MAX_DIRECTORY = 64 * 2**20


@dataclass(frozen=True)
class Member:
    """One member; ``start`` is where its packed bytes begin, ``size`` and ``packed`` are bytes."""

    name: str
    size: int
    packed: int
    crc: int
    method: int
    flags: int
    offset: int
    start: int

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder."""
        return self.name.endswith("/")


class Walk:
    """The walk through one zip file; ``members`` are those of an archive that agrees with itself.

    ``descriptors``: sizes may follow a member, as streaming tools write them; not in wheels.
    """

    def __init__(self, source: Source, label: str, limits: Limits, *, descriptors: bool) -> None:
        self.label = label
        self.descriptors = descriptors
        self.length = source.length
        self._bytes = source.read
        self.members = self._walk(limits)

    def _walk(self, limits: Limits) -> list[Member]:
        count, start, end = find_directory(self._bytes, self.length, self.label)
        limits.check(self.label, members=count, unpacked=0, packed=1)
        members = list(self._central(count, start, end))
        limits.check(
            self.label,
            members=count,
            unpacked=sum(member.size for member in members),
            packed=self.length,
        )
        self._check_cover(members, start)
        check_tree((member.name for member in members), self.label)
        return members

    def _central(self, count: int, place: int, end: int) -> Iterator[Member]:
        if end - place > _MAX_DIRECTORY:
            self._broken("its directory is too large")
        directory, base, place = self._bytes(place, end), place, 0
        for _number in range(count):
            cut_off = place + _CENTRAL.size > len(directory)
            if cut_off or directory[place : place + 4] != b"PK\x01\x02":
                self._broken("its directory is damaged")
            (_sig, _made_by, _needs, flags, method, _time, _date, crc, packed, size,
             name_size, extra_size, comment_size, disk, _internal, external, offset,
             ) = _CENTRAL.unpack_from(directory, place)  # fmt: skip
            extra_start = place + _CENTRAL.size + name_size
            raw = directory[place + _CENTRAL.size : extra_start]
            extra = directory[extra_start : extra_start + extra_size]
            place = extra_start + extra_size + comment_size
            if comment_size or (disk and disk != 0xFFFF):
                self._broken("a member has a comment")
            if flags & _ENCRYPTED:
                raise Refused(f"{self.label}: it is encrypted; nobody could install it.")
            if flags & ~(_PACKER_OPTIONS | _DESCRIPTOR | _UTF8):
                self._broken(f"a member has unknown flags ({flags:#06x})")
            if stat.S_ISLNK(external >> 16):
                raise Refused(
                    f"{self.label}: it holds a symbolic link ({raw[:80]!r}); put the file there."
                )
            size, packed, offset = self._wide(extra, size, packed, offset)
            name = self._name(raw, flags)
            yield self._local(Member(name, size, packed, crc, method, flags, offset, 0), raw, end)
        if base + place != end:
            self._broken("its directory holds more than it says")

    def _wide(self, extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
        """The three numbers, from the ZIP64 extra field where they do not fit into 32 bits."""
        field = self._extra(extra, _ZIP64_EXTRA)
        wide = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
        try:
            numbers = [next(wide) if n == 0xFFFFFFFF else n for n in (size, packed, offset)]
        except StopIteration:
            self._broken("a 64-bit size is missing")
        return numbers[0], numbers[1], numbers[2]

    def _extra(self, extra: bytes, wanted: int) -> bytes:
        """The extra field of that id; refuses doubled ones and a second name for the member."""
        found: list[bytes] = []
        while len(extra) >= 4:
            kind, size = struct.unpack_from("<2H", extra)
            if 4 + size > len(extra):
                self._broken("an extra field is cut off")
            if kind == wanted:
                found.append(extra[4 : 4 + size])
            if kind == _UNICODE_PATH_EXTRA:
                self._broken("a member has two names")
            extra = extra[4 + size :]
        if len(found) > 1:
            self._broken("a member has two sizes")
        return found[0] if found else b""

    def _name(self, raw: bytes, flags: int) -> str:
        try:
            name = raw.decode("utf-8" if flags & _UTF8 else "ascii")
        except UnicodeDecodeError:
            raise Refused(
                f"{self.label}: the name of the member {raw[:80]!r} is not UTF-8."
            ) from None
        check_name(name, self.label)
        return name

    def _local(self, member: Member, raw: bytes, end: int) -> Member:
        """``member`` with the start of its bytes, once its local header has been compared."""
        place = member.offset
        if place + _LOCAL.size > end or self._bytes(place, place + 4) != b"PK\x03\x04":
            self._broken(f"the member {member.name} is not where the directory says")
        (_sig, _needs, flags, method, _time, _date, crc, packed, size, name_size, extra_size,
         ) = _LOCAL.unpack(self._bytes(place, place + _LOCAL.size))  # fmt: skip
        name_start = place + _LOCAL.size
        extra_start = name_start + name_size
        extra = self._bytes(extra_start, extra_start + extra_size)
        size, packed, _offset = self._wide(extra, size, packed, 0)
        said = (crc, packed, size)
        if flags & _DESCRIPTOR:
            if not self.descriptors:
                self._broken(f"the sizes of {member.name} come after it (data descriptor)")
            said = (member.crc, member.packed, member.size) if said == (0, 0, 0) else said
        if (
            self._bytes(name_start, extra_start) != raw
            or (flags, method) != (member.flags, member.method)
            or said != (member.crc, member.packed, member.size)
        ):
            self._broken(f"the two headers of {member.name} disagree")
        if method not in (STORED, DEFLATED):
            raise Refused(
                f"{self.label}: the member {member.name} is packed by method {method}; installers "
                "unpack stored and deflated members only."
            )
        if (method == STORED and packed != size) or (member.is_folder and size):
            self._broken(f"the sizes of {member.name} disagree")
        return replace(member, start=extra_start + extra_size)

    def _check_cover(self, members: list[Member], directory: int) -> None:
        """Every byte before the directory belongs to exactly one member."""
        ordered = sorted(members, key=lambda member: member.offset)
        starts = [member.offset for member in ordered] + [directory]
        if starts[0] != 0:
            self._broken("something lies before its first member")
        for member, end in zip(ordered, starts[1:], strict=True):
            place = member.start + member.packed
            if member.flags & _DESCRIPTOR and self._is_descriptor(member, place, end):
                continue
            if place != end:
                self._broken(f"members overlap, or something lies behind {member.name}")

    def _is_descriptor(self, member: Member, place: int, end: int) -> bool:
        """Whether the bytes from ``place`` to ``end`` repeat the member's checksum and sizes."""
        if not 0 < end - place <= 24:
            return False
        found = self._bytes(place, end)
        said = (b"PK\x07\x08", member.crc, member.packed, member.size)
        numbers = max(member.size, member.packed)
        forms = [form.pack(*said) for form in _DESCRIPTORS if form.size > 16 or numbers < 2**32]
        return found in forms or found in [form[4:] for form in forms]

    def _broken(self, what: str) -> NoReturn:
        broken(self.label, what)
