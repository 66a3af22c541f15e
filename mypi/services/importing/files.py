"""The files of an export into the database: every byte hashed, none taken twice."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

from ZODB.blob import Blob

from mypi.errors import Refused
from mypi.model import Artifact, MetadataFile
from mypi.model.arriving import Arriving
from mypi.model.docs import Docs, directory
from mypi.services.exporting.encoding import seconds
from mypi.services.exporting.folder import BLOCK
from mypi.services.exporting.format import DocsDocument, FileDocument
from mypi.services.exporting.reading import docs_path, opened
from mypi.staging import Digests, Spool

SMALL = 2**26
"""Bytes of a file that is read whole: metadata, a signature, attestations."""

T = TypeVar("T")


class Files:
    """Takes the files of the export in ``root``; what is missing or damaged is told, and left out.

    ``spool_folder`` lies in the blob folder's file system; ``demand`` raises NoRoom when the disk
    has none for so many bytes.
    """

    def __init__(
        self, root: Path, arriving: Arriving, spool_folder: Path, demand: Callable[[int], None]
    ) -> None:
        self.count = 0
        self.bytes = 0
        self._root = root
        self._arriving = arriving
        self._spool_folder = spool_folder
        self._demand = demand

    def artifact(self, folder: Path, it: FileDocument) -> Artifact | None:
        """The archive of a document, which another index may have brought already."""
        return self._or_problem(folder / it.filename, lambda: self._artifact(folder, it))

    def docs(self, folder: Path, it: DocsDocument | None) -> Docs | None:
        """Documentation, which a promoted release shares."""
        if it is None:
            return None
        return self._or_problem(docs_path(folder, it), lambda: self._docs(folder, it))

    def beside(self, folder: Path, it: FileDocument, suffix: str) -> bytes | None:
        """What lies beside an archive, if its document tells of it."""
        sha256 = {".metadata": it.metadata, ".asc": it.signature, ".provenance": it.provenance}
        return self._or_problem(
            folder / (it.filename + suffix), lambda: self._small(folder, it, suffix, sha256[suffix])
        )

    def _artifact(self, folder: Path, it: FileDocument) -> Artifact:
        key = (it.sha256, it.metadata)
        found: Artifact | None = self._arriving.artifacts.get(key)
        if found is None:
            raw = self.beside(folder, it, ".metadata")
            metadata = MetadataFile(raw) if raw is not None else None
            with self._spooled(folder / it.filename, it.size) as spool:
                digests = spool.digests()
                told = Digests(md5=it.md5, sha256=it.sha256, blake2_256=it.blake2_256)
                _compare(spool.size, digests, it.size, told)
                found = Artifact(self._blob(spool), it.size, digests, metadata)
            self._arriving.artifacts[key] = found
        return found

    def _docs(self, folder: Path, it: DocsDocument) -> Docs:
        key = (it.sha256, it.by, it.uploaded)
        found: Docs | None = self._arriving.docs.get(key)
        if found is None:
            with self._spooled(docs_path(folder, it), it.size) as spool:
                if spool.digests().sha256 != it.sha256:
                    raise _Wrong(f"it is damaged: its SHA-256 is not {it.sha256}")
                found = Docs(
                    self._blob(spool), it.size, it.sha256, by=it.by, now=seconds(it.uploaded)
                )
                try:
                    with spool.path.open("rb") as archive:
                        found.set_pages(directory(archive))
                except (BadZipFile, OSError, ValueError, struct.error):
                    found.set_pages({})
            self._arriving.docs[key] = found
        return found

    def _small(self, folder: Path, it: FileDocument, suffix: str, sha256: str) -> bytes | None:
        if not sha256:
            return None
        with self._spooled(folder / (it.filename + suffix), None) as spool:
            if spool.size > SMALL or spool.digests().sha256 != sha256:
                raise _Wrong(f"it is damaged: its SHA-256 is not {sha256}")
            return spool.path.read_bytes()

    def _spooled(self, path: Path, size: int | None) -> Spool:
        """The file at ``path`` on the disk of the blobs."""
        try:
            source = opened(path)
        except Refused as error:
            raise _Wrong(str(error)) from None
        spool = Spool(self._spool_folder)
        try:
            with source:
                self._demand(size or 0)
                limit = SMALL if size is None else size
                while spool.size <= limit and (block := source.read(BLOCK)):
                    spool.write(block)
            spool.flush()
        except BaseException:
            spool.close()
            raise
        return spool

    def _blob(self, spool: Spool) -> Blob:
        """A blob with the spooled bytes.  Of what is not stored ZODB removes the file."""
        spool.sync()
        blob = Blob()
        blob.consumeFile(str(spool.link()))
        self.count, self.bytes = self.count + 1, self.bytes + spool.size
        return blob

    def _or_problem(self, path: Path, take: Callable[[], T]) -> T | None:
        try:
            return take()
        except _Wrong as error:
            problem = (str(path.relative_to(self._root)), str(error))
            if problem not in self._arriving.problems:
                self._arriving.problems = (*self._arriving.problems, problem)
            return None


class _Wrong(Exception):
    """A file is not what its document says."""


def _compare(size: int, found: Digests, told_size: int, told: Digests) -> None:
    for name, is_, ought in (
        ("size", size, told_size),
        ("SHA-256", found.sha256, told.sha256),
        ("BLAKE2b", found.blake2_256, told.blake2_256),
        ("MD5", found.md5, told.md5),
    ):
        if is_ != ought:
            raise _Wrong(f"it is damaged: its {name} is {is_}, not {ought}")
