"""Tar archives, packed by gzip or bzip2: read as a stream to their very end, never extracted.

``tarfile`` is lenient where an index must not be: it ends quietly at a damaged header, ignores what
follows the archive, and reads a header of any size into memory.
"""

import bz2
import tarfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from mypi.archives.limits import Limits
from mypi.archives.members import check_name, check_tree
from mypi.errors import Refused

CHUNK = 2**16
MAX_HEADER = 2**20
_LONG_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class TarArchive:
    """A tar archive that has been read whole: ``names`` of its members, and those ``kept``.

    ``kept`` maps a name to its bytes, for the members that ``wanted`` picks.
    """

    def __init__(self, path: Path, label: str, limits: Limits, wanted: str) -> None:
        self.label = label
        self.names: list[str] = []
        self.kept: dict[str, bytes] = {}
        self.packed = path.stat().st_size
        with path.open("rb") as file:
            stream = _Unpacker(file, label, limits, self.packed)
            try:
                self._read(stream, limits, wanted)
                stream.expect_padding()
            except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
                raise Refused(
                    f"{label}: the tar archive is damaged or cut off ({error}); upload again."
                ) from None
        self.unpacked = stream.unpacked
        check_tree(self.names, label)

    def _read(self, stream: "_Unpacker", limits: Limits, wanted: str) -> None:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header, errorlevel=2) as tar:  # type: ignore[call-overload]
            for member in tar:
                self._check(member)
                limits.check(
                    self.label,
                    members=len(self.names),
                    unpacked=stream.unpacked,
                    packed=self.packed,
                )
                if member.isfile() and member.name.endswith(wanted) and member.name.count("/") < 2:
                    if member.size > limits.max_metadata:
                        raise Refused(f"{self.label}: {member.name} is too large.")
                    self.kept[member.name] = tar.extractfile(member).read()
                tar.members.clear()  # else tarfile remembers them all

    def _check(self, member: tarfile.TarInfo) -> None:
        if member.issym() or member.islnk():
            raise Refused(
                f"{self.label}: it holds a link ({member.name[:120]}); put the file there."
            )
        if member.issparse():
            raise Refused(f"{self.label}: it holds a sparse file ({member.name[:120]}).")
        if not (member.isreg() or member.isdir()):
            raise Refused(f"{self.label}: it holds a device or pipe ({member.name[:120]}).")
        name = member.name.removeprefix("./")
        if name in ("", "."):
            return
        check_name(name, self.label)
        self.names.append(name + "/" if member.isdir() else name)


class _Header(tarfile.TarInfo):
    """A member's header; a damaged or huge one is an error instead of the archive's end."""

    @classmethod
    def frombuf(cls, buf: Any, encoding: Any, errors: Any) -> Any:
        try:
            return super().frombuf(buf, encoding, errors)
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            raise ValueError(str(error)) from None

    def _proc_member(self, tar: Any) -> Any:
        if self.type in _LONG_HEADERS and self.size > MAX_HEADER:
            raise ValueError("a header is too large")
        return super()._proc_member(tar)  # type: ignore[misc]


class _Unpacker:
    """A readable stream of what a gzip or bzip2 file holds; counts, and stops at the limits."""

    def __init__(self, file: BinaryIO, label: str, limits: Limits, packed: int) -> None:
        self.file = file
        self.label = label
        self.limits = limits
        self.packed = packed
        self.unpacked = 0
        self._waiting = b""
        magic = file.read(4)
        file.seek(0)
        if magic[:2] == b"\x1f\x8b":
            self._inflate: Any = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif magic[:3] == b"BZh":
            self._inflate = bz2.BZ2Decompressor()
        else:
            raise Refused(f"{label}: " + _not_packed(magic))

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

    def expect_padding(self) -> None:
        """Read to the end: nothing but zeros may follow the archive."""
        while chunk := self.read(CHUNK):
            if chunk.count(0) != len(chunk):
                raise ValueError("something follows its end")


def _not_packed(magic: bytes) -> str:
    if not magic:
        return "the file is empty."
    if magic == b"PK\x03\x04":
        return "the name says tar, but this is a zip archive; give it its right name."
    return "not a gzip or bzip2 archive; build it again."
