"""Tar archives, packed by gzip or bzip2: read as a stream to their very end, never extracted.

``tarfile`` is lenient where an index must not be: it ends quietly at a damaged header, ignores what
follows the archive, and reads headers and sparse maps of any size into memory.
"""

import bz2
import re
import struct
import tarfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from mypi.archives.limits import Limits
from mypi.archives.members import check_link, check_name, check_tree
from mypi.errors import Refused

CHUNK = 2**16
MAX_HEADER = 2**20
MAX_GLOBAL_HEADERS = 2**16
"""Bytes of global headers together: tarfile keeps them all, and copies them for each member."""

MAX_SIZE = 8**11 - 1
"""The largest size that a member's own header has room for; more is told by an extended one."""

_LONG_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_OTHER_KINDS = {
    b"PK": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zX": "an xz archive",
}
DAMAGE = (
    tarfile.TarError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
    RecursionError,  # headers that announce headers
)
"""What tarfile, zlib and bz2 raise on damaged bytes."""

_RECORD = re.compile(rb"([1-9]\d{0,6}) ([^=\n]{1,255})=")
_MANY_DIGITS = re.compile(rb"\d{100}")
"""tarfile before Python 3.11.10 and 3.12.6 takes the square of their number, for hours."""


class TarArchive:
    """A tar archive that has been read whole: ``names`` of its members, and those ``kept``.

    ``kept`` maps a name to its bytes, for the members that ``wanted`` picks.
    """

    def __init__(self, path: Path, label: str, limits: Limits, wanted: str) -> None:
        self.label = label
        self.names: list[str] = []
        self.kept: dict[str, bytes] = {}
        self._files: set[str] = set()
        self.packed = path.stat().st_size
        with path.open("rb") as file:
            stream = Unpacker(file, label, limits, self.packed)
            try:
                self._read(stream, limits, wanted)
            except DAMAGE as error:
                raise Refused(
                    f"{label}: the tar archive is damaged or cut off ({error}); upload again."
                ) from None
        self.unpacked = stream.unpacked
        check_tree(self.names, label)

    def _read(self, stream: "Unpacker", limits: Limits, wanted: str) -> None:
        with tarfile.open(  # type: ignore[call-overload]
            fileobj=stream, mode="r|", bufsize=CHUNK, tarinfo=Header, errorlevel=2
        ) as tar:
            for member in tar:
                name = self._check(member)
                limits.check(
                    self.label,
                    members=len(self.names),
                    unpacked=stream.unpacked,
                    packed=self.packed,
                )
                # The first only: a second one is a second folder or a doubled name, refused later.
                if self._is_wanted(name, wanted):
                    if member.size > limits.max_metadata:
                        raise Refused(
                            f"{self.label}: {name} is larger than {limits.max_metadata} bytes."
                        )
                    self.kept[name] = tar.extractfile(member).read()
                tar.members.clear()  # else tarfile remembers them all
            _expect_padding(tar.fileobj)

    def _is_wanted(self, name: str, wanted: str) -> bool:
        at_top = name.endswith(wanted) and name.count("/") == 1
        return at_top and name in self._files and not self.kept

    def _check(self, member: tarfile.TarInfo) -> str:
        """Refuse what has no place in an sdist; return its name, which ends in / for a folder."""
        if not (member.isreg() or member.isdir() or member.issym() or member.islnk()):
            raise Refused(f"{self.label}: it holds a device or pipe ({member.name[:120]}).")
        if member.size < 0:
            raise ValueError("a member has a negative size")
        written = (member.name, member.pax_headers.get("path", ""))
        if not member.isdir() and any(name.endswith("/") for name in written):
            raise ValueError("a file has the name of a folder")
        name = member.name.removeprefix("./")
        if member.isdir() and name in ("", "."):
            return ""
        check_name(name, self.label)
        # pbr's sdists hold links to their own files (mock 2.0.0), and so PyPI takes them.
        if member.issym():
            check_link(name, member.linkname, self.label)
        elif member.islnk() and member.linkname.removeprefix("./") not in self._files:
            raise Refused(
                f"{self.label}: {name[:120]!r} is a hard link to {member.linkname[:120]!r}, "
                "which is no file before it; put the file there."
            )
        if member.isreg():
            self._files.add(name)
        self.names.append(name + "/" if member.isdir() else name)
        return self.names[-1]


class Header(tarfile.TarInfo):
    """A member's header; a damaged or huge one is an error instead of the archive's end."""

    @classmethod
    def frombuf(cls, buf: Any, encoding: Any, errors: Any) -> Any:
        """The header that a block holds; raises ValueError."""
        try:
            return super().frombuf(buf, encoding, errors)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            raise ValueError(str(error)) from None

    def _proc_member(self, tar: Any) -> Any:
        if self.type in _LONG_HEADERS and not 0 <= self.size <= MAX_HEADER:
            raise ValueError("a header is too large")
        if self.type == tarfile.XGLTYPE:
            tar.global_headers = getattr(tar, "global_headers", 0) + self.size
            if tar.global_headers > MAX_GLOBAL_HEADERS:
                raise ValueError("its global headers are too large")
        return super()._proc_member(tar)  # type: ignore[misc]

    def _proc_pax(self, tar: Any) -> Any:
        """Look at the records before tarfile does, and put them back into its stream."""
        stream = tar.fileobj
        records = stream.read(self._block(self.size))  # type: ignore[attr-defined]
        _check_records(records[: self.size])
        stream.buf = records + stream.buf
        stream.pos -= len(records)
        return super()._proc_pax(tar)  # type: ignore[misc]

    def _apply_pax_info(self, headers: Any, encoding: str, errors: str) -> None:
        said = self.size
        super()._apply_pax_info(headers, encoding, errors)  # type: ignore[misc]
        if self.size != said and (self.size <= MAX_SIZE or said not in (0, MAX_SIZE)):
            raise ValueError("two headers of a member give two sizes")

    def _no_sparse(self, *_arguments: Any) -> Any:
        """Refuse sparse files before tarfile reads their map, whose size nothing limits."""
        raise ValueError("it holds a sparse file; pack it as a plain one")

    _proc_sparse = _proc_gnusparse_00 = _proc_gnusparse_01 = _proc_gnusparse_10 = _no_sparse


def _check_records(records: bytes) -> None:
    """Refuse extended headers that tarfile reads slowly, or that others read differently."""
    if _MANY_DIGITS.search(records):
        raise ValueError("a header holds a number that is too long")
    place = 0
    while place < len(records):
        found = _RECORD.match(records, place)
        end = place + int(found[1]) if found else 0
        if found is None or end <= found.end() or records[end - 1 : end] != b"\n":
            raise ValueError("an extended header is damaged")
        if found[2].startswith(b"GNU.sparse"):
            raise ValueError("it holds a sparse file; pack it as a plain one")
        place = end


class Unpacker:
    """A readable stream of what a gzip or bzip2 file holds; counts, and stops at the limits."""

    def __init__(self, file: BinaryIO, label: str, limits: Limits, packed: int) -> None:
        self.file = file
        self.label = label
        self.limits = limits
        self.packed = packed
        self.unpacked = 0
        self._waiting = b""
        # By name, as installers choose: pip opens a .tar.gz as gzip whatever is in it.
        wanted = b"BZh" if label.endswith(".bz2") else b"\x1f\x8b"
        magic = file.read(4)
        file.seek(0)
        if not magic.startswith(wanted):
            raise Refused(f"{label}: {_not_packed(magic)}")
        self._inflate: Any = (
            bz2.BZ2Decompressor()
            if label.endswith(".bz2")
            else zlib.decompressobj(16 + zlib.MAX_WBITS)
        )

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; none at the stream's end, which must be the file's."""
        while not self._inflate.eof:
            packed = self._waiting or self._more()
            chunk: bytes = self._inflate.decompress(packed, size)
            self._waiting = getattr(self._inflate, "unconsumed_tail", b"")
            if chunk:
                self.unpacked += len(chunk)
                self.limits.check(self.label, members=0, unpacked=self.unpacked, packed=self.packed)
                return chunk
        if self._inflate.unused_data or self.file.read(1):
            raise ValueError("something follows its end")
        return b""

    def _more(self) -> bytes:
        """The next packed bytes; none while bzip2 still has some of its own."""
        if not getattr(self._inflate, "needs_input", True):
            return b""
        packed = self.file.read(CHUNK)
        if not packed:
            raise EOFError("it ends in the middle")
        return packed


def _expect_padding(stream: Any) -> None:
    """Read to the end of the packed stream: nothing but zeros may follow the archive."""
    while chunk := stream.read(CHUNK):
        if chunk.count(0) != len(chunk):
            raise ValueError("something follows its end")


def _not_packed(magic: bytes) -> str:
    if not magic:
        return "the file is empty; build it again."
    for start, kind in _OTHER_KINDS.items():
        if magic.startswith(start):
            return f"the name says otherwise, but this is {kind}; give it its right name."
    return "not a gzip or bzip2 archive; build it again."
