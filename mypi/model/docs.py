"""Documentation of a project: the zip archive that was uploaded, and a directory to read it by."""

import logging
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from BTrees.OOBTree import OOBTree
from persistent import Persistent
from ZODB.blob import Blob
from ZODB.POSException import POSKeyError

log = logging.getLogger(__name__)

START = "index.html"
BLOCK = 2**16
_LOCAL_HEADER = struct.Struct("<26xHH")


class Page(NamedTuple):
    """A member of the archive; stored as a plain tuple.

    ``offset`` is where its bytes begin, ``packed`` how many they are, ``size`` how many when
    unpacked; ``crc`` is theirs.
    """

    offset: int
    packed: int
    size: int
    crc: int
    deflated: bool


class Docs(Persistent):
    """One uploaded archive; ``size`` is bytes, ``uploaded`` seconds since the epoch.

    ``pages`` maps paths, below the folder with the first page, to Pages.
    """

    pages: Any = None
    """None in what an older mypi stored, until :mod:`mypi.model.evolve` has had it."""

    def __init__(self, blob: Blob, size: int, sha256: str, *, by: str, now: float) -> None:
        self.blob = blob
        self.size = size
        self.sha256 = sha256
        self.by = by
        self.uploaded = now

    def page(self, path: str) -> Page | None:
        """What is at ``path``, or None."""
        stored = self.pages.get(path)
        return None if stored is None else Page(*stored)

    def has_folder(self, path: str) -> bool:
        """Whether there are pages below ``path``, which ends in a slash."""
        return any(True for _ in self.pages.keys(path, path + "\U0010ffff"))

    def find_pages(self) -> None:
        """Read the archive's directory, unless that was done; one that is damaged has no pages."""
        if self.pages is not None:
            return
        try:
            with self.blob.open("c") as opened:
                self.set_pages(directory(opened))
        except (BadZipFile, OSError, POSKeyError, ValueError, struct.error):
            log.warning("documentation that cannot be read: sha256=%s", self.sha256, exc_info=True)
            self.set_pages({})

    def set_pages(self, pages: Mapping[str, Page]) -> None:
        """Take the directory over."""
        self.pages = OOBTree({path: tuple(page) for path, page in pages.items()})

    def read(self, page: Page, *, packed: bool) -> Iterator[bytes]:
        """The bytes of a page in blocks, as they are in the archive or unpacked.

        The archive is opened now: the blocks can be had when the database connection is gone.
        """
        opened = self.blob.open("c")
        opened.seek(page.offset)
        return _blocks(opened, page.packed, unpacked=page.deflated and not packed)


def _blocks(opened: BinaryIO, left: int, *, unpacked: bool) -> Iterator[bytes]:
    """At most a block at a time, however well it was packed."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    with opened:
        while left and (block := opened.read(min(BLOCK, left))):
            left -= len(block)
            if not unpacked:
                yield block
            while unpacked and block and not inflate.eof:
                yield inflate.decompress(block, BLOCK)
                block = inflate.unconsumed_tail
        # zlib may have taken all input and still hold the end of its output.
        yield inflate.flush()


def directory(opened: BinaryIO) -> dict[str, Page]:
    """The pages of a zip archive that has been found honest, by path.

    When all is in one folder that has the first page, the paths are those below it.
    """
    pages = {}
    with ZipFile(opened) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                opened.seek(member.header_offset)
                name, extra = _LOCAL_HEADER.unpack(opened.read(_LOCAL_HEADER.size))
                pages[member.filename] = Page(
                    member.header_offset + _LOCAL_HEADER.size + name + extra,
                    member.compress_size,
                    member.file_size,
                    member.CRC,
                    member.compress_type == ZIP_DEFLATED,
                )
    top = _top(pages)
    return {path.removeprefix(top): page for path, page in pages.items()}


def _top(pages: Mapping[str, Page]) -> str:
    tops = {path.partition("/")[0] + "/" for path in pages}
    only = next(iter(tops)) if len(tops) == 1 else ""
    return only if START not in pages and only + START in pages else ""
