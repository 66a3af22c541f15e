"""Read the members of a zip archive: every byte is unpacked, chunk by chunk, and compared."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from mypi.archives.limits import Limits
from mypi.archives.source import Source
from mypi.archives.zipwalk import STORED, Member, Walk
from mypi.errors import Refused

CHUNK = 2**18


class ZipReader:
    """An opened zip file, for members that are known already; as a context manager it closes."""

    def __init__(self, path: Path, label: str) -> None:
        self.label = label
        self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._source = Source(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._handle)

    def read(self, member: Member, limit: int) -> bytes:
        """All bytes of ``member``, if there are at most ``limit``."""
        if member.size > limit:
            raise Refused(f"{self.label}: {member.name} is larger than {limit} bytes.")
        return b"".join(self.chunks(member))

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The unpacked bytes of ``member``; raises Refused when size or checksum is wrong."""
        crc = size = 0
        unpack = self._stored if member.method == STORED else self._inflated
        for chunk in unpack(member):
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            if size > member.size:
                break
            yield chunk
        if size != member.size or crc != member.crc:
            raise Refused(
                f"{self.label}: the member {member.name} is damaged; build or upload it again."
            )

    def _stored(self, member: Member) -> Iterator[bytes]:
        end = member.start + member.packed
        for start in range(member.start, end, CHUNK):
            yield self._source.read(start, min(start + CHUNK, end))

    def _inflated(self, member: Member) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for packed in self._stored(member):
                if inflate.eof:
                    raise zlib.error("something follows its end")
                while packed and not inflate.eof:
                    yield inflate.decompress(packed, CHUNK)
                    packed = inflate.unconsumed_tail
            # zlib may have taken all input and still hold the end of a full chunk's output.
            yield inflate.flush()
        except zlib.error:
            raise Refused(
                f"{self.label}: the member {member.name} is damaged; upload again."
            ) from None
        if not inflate.eof or inflate.unused_data:
            raise Refused(f"{self.label}: the member {member.name} is damaged; upload again.")


class ZipArchive(ZipReader):
    """An opened zip file whose records agree with each other."""

    def __init__(
        self, path: Path, label: str, limits: Limits, *, descriptors: bool = False
    ) -> None:
        super().__init__(path, label)
        try:
            self.members = Walk(self._source, label, limits, descriptors=descriptors).members
        except BaseException:
            os.close(self._handle)
            raise

    @property
    def names(self) -> list[str]:
        """Names of all members; those of folders end in a slash."""
        return [member.name for member in self.members]

    @property
    def unpacked(self) -> int:
        """Bytes of all members together."""
        return sum(member.size for member in self.members)

    def find(self, name: str) -> Member | None:
        """The member of that name."""
        return next((member for member in self.members if member.name == name), None)
