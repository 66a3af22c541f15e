"""Read what stored archives hold, for pages: a directory of all members, then single ones.

Archives were checked when they were uploaded, but not all were uploaded here: the same strict
readers are used, and one that they refuse is not shown.  Nothing is written or unpacked to disk,
links are not followed, and what reading may cost is bounded.
"""

import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, NamedTuple

from mypi.archives.limits import Limits
from mypi.archives.members import check_name, check_tree
from mypi.archives.tars import CHUNK, DAMAGE, Header, Unpacker
from mypi.archives.zips import ZipArchive, ZipReader
from mypi.archives.zipwalk import Member
from mypi.errors import Refused

_ZIPS = (".whl", ".egg", ".zip")
_TARS = (".tar.gz", ".tgz", ".tar.bz2")
_UNBOUNDED = Limits(max_unpacked=2**63, max_ratio=2**63)


class Entry(NamedTuple):
    """A member: ``name`` ends in a slash for a folder, ``leads_to`` is where a link points.

    The last four are of zip archives, where a member can be read without those before it.
    """

    name: str
    size: int
    leads_to: str = ""
    start: int = 0
    packed: int = 0
    method: int = 0
    crc: int = 0


class Directory(NamedTuple):
    """The members of an archive; ``trouble`` says why they are not all of them, or none.

    ``lasting``: another reading would find the same.  Not so when the time was up.
    """

    entries: list[Entry]
    trouble: str = ""
    lasting: bool = True


MAX_MEMBERS = 100_000
MAX_UNPACKED = 2**29


class Bounds(NamedTuple):
    """What one reading may cost; ``unpacked`` are bytes, and count for tar archives only."""

    members: int = MAX_MEMBERS
    unpacked: int = MAX_UNPACKED
    seconds: float = 5.0


class Enough(Exception):
    """The reading has cost what it may; the text says what.  ``lasting`` as in Directory."""

    def __init__(self, text: str, *, lasting: bool) -> None:
        super().__init__(text)
        self.lasting = lasting


Read = Callable[[int], bytes]
"""Gives the first bytes of a member, so many at most; only until the next member is asked for."""


def is_archive(filename: str) -> bool:
    """Whether files of this name can be looked into."""
    return filename.endswith(_ZIPS + _TARS)


def directory(path: Path, filename: str, bounds: Bounds | None = None) -> Directory:
    """All members, in the archive's order; raises OSError when the file itself cannot be read."""
    bounds = bounds or Bounds()
    entries: list[Entry] = []
    try:
        for entry, _read in members(path, filename, bounds):
            entries.append(entry)
        check_tree((entry.name for entry in entries), filename)
    except Enough as enough:
        return Directory(entries, str(enough), enough.lasting)
    except Refused as refusal:
        return Directory([], str(refusal))
    return Directory(entries)


def members(path: Path, filename: str, bounds: Bounds) -> Iterator[tuple[Entry, Read]]:
    """Every member, with what reads it.

    Raises Refused for an archive that is damaged, ambiguous or dangerous, and Enough.
    """
    if filename.endswith(_ZIPS):
        return _of_zip(path, filename, bounds)
    if filename.endswith(_TARS):
        return _of_tar(path, filename, bounds)
    raise Refused(f"{filename}: only wheels, eggs and source archives can be looked into.")


def read(
    path: Path, filename: str, entry: Entry, limit: int, bounds: Bounds | None = None
) -> bytes:
    """The first ``limit`` bytes of a member; raises Refused, Enough and OSError."""
    if filename.endswith(_ZIPS):
        with ZipReader(path, filename) as archive:
            return _first(archive, entry, limit)
    for found, read_it in _of_tar(path, filename, bounds or Bounds()):
        if found.name == entry.name:
            return read_it(limit)
    raise Refused(f"{filename}: the member {entry.name[:120]} is not there any more.")


def _of_zip(path: Path, filename: str, bounds: Bounds) -> Iterator[tuple[Entry, Read]]:
    limits = replace(_UNBOUNDED, max_members=bounds.members)
    with ZipArchive(path, filename, limits, descriptors=True) as archive:
        for it in archive.members:
            entry = Entry(it.name, it.size, "", it.start, it.packed, it.method, it.crc)
            yield entry, lambda limit, entry=entry: _first(archive, entry, limit)  # type: ignore[misc]


def _first(archive: ZipReader, entry: Entry, limit: int) -> bytes:
    member = Member(
        entry.name, entry.size, entry.packed, entry.crc, entry.method, 0, 0, entry.start
    )
    read = bytearray()
    for chunk in archive.chunks(member):
        read += chunk
        if len(read) > limit:
            break
    return bytes(read[:limit])


def _of_tar(path: Path, filename: str, bounds: Bounds) -> Iterator[tuple[Entry, Read]]:
    with path.open("rb") as file, _sound(filename):
        stream = _Stream(file, filename, bounds, path.stat().st_size)
        with tarfile.open(  # type: ignore[call-overload]
            fileobj=stream, mode="r|", bufsize=CHUNK, tarinfo=Header, errorlevel=2
        ) as tar:
            for number, member in enumerate(tar):
                if number >= bounds.members:
                    raise Enough(
                        f"Only the first {bounds.members:,} members were read.", lasting=True
                    )
                name = member.name.removeprefix("./")
                if name not in ("", "."):
                    check_name(name, filename)
                    yield _entry(member, name), _reader(tar, member, filename)
                tar.members.clear()  # else tarfile remembers them all


def _entry(member: tarfile.TarInfo, name: str) -> Entry:
    if member.isdir():
        return Entry(name.rstrip("/") + "/", 0)
    if member.isreg():
        return Entry(name, member.size)
    leads_to = member.linkname.encode("utf-8", "replace").decode()[:1024]
    return Entry(name, 0, leads_to or "a device")


def _reader(tar: Any, member: tarfile.TarInfo, filename: str) -> Read:
    def first(limit: int) -> bytes:
        with _sound(filename):
            opened = tar.extractfile(member) if member.isreg() else None
            return opened.read(limit) if opened is not None else b""

    return first


@contextmanager
def _sound(filename: str) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:
        raise Refused(
            f"{filename}: the tar archive is damaged or cut off ({error}); upload again."
        ) from None


class _Stream(Unpacker):
    """The unpacked tar, for as long as it may cost."""

    def __init__(self, file: IO[bytes], label: str, bounds: Bounds, packed: int) -> None:
        super().__init__(file, label, _UNBOUNDED, packed)  # type: ignore[arg-type]
        self.bounds = bounds
        self.deadline = time.monotonic() + bounds.seconds

    def read(self, size: int) -> bytes:
        """As of Unpacker; raises Enough."""
        if self.unpacked > self.bounds.unpacked:
            megabytes = self.bounds.unpacked // 2**20
            raise Enough(f"Only the first {megabytes:,} MiB of it were read.", lasting=True)
        if time.monotonic() > self.deadline:
            raise Enough("Only its beginning was read: the time was up.", lasting=False)
        return super().read(size)
