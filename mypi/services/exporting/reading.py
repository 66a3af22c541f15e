"""Read a folder in the neutral format: documents with every key checked, files that are hashed.

Whoever made the folder may have made it to do harm: names lead nowhere else, and only plain files
are opened.
"""

import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple, TypeVar

from mypi.errors import Refused
from mypi.names import normalise
from mypi.services.exporting.describing import DOCUMENTATION
from mypi.services.exporting.encoding import Document, parse
from mypi.services.exporting.folder import check_segment
from mypi.services.exporting.format import (
    DocsDocument,
    EntryDocument,
    FileDocument,
    IndexDocument,
    Mark,
    ProjectDocument,
    ReleaseDocument,
    SiteDocument,
    TrashedDocument,
)
from mypi.services.exporting.stepping import read_mark

MARK = "mypi-export.json"
MAX_DOCUMENT = 2**30
"""Bytes of a document that is read."""

T = TypeVar("T", bound=Document)


class Held(NamedTuple):
    """A file that a document tells of: its path and SHA-256."""

    path: Path
    sha256: str


class Export:
    """A finished export; raises Refused when ``root`` is none."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mark: Mark = read_mark(root / MARK)
        if not self.mark.complete:
            raise Refused(f"{root}: this export was not finished; run mypi export again.")

    def site(self) -> SiteDocument:
        """Indexes and people."""
        found = self._read(self.root / "site.json", SiteDocument)
        for name in found.indexes:
            check_segment(name)
        return found

    def places(self) -> list[Path]:
        """The folders of indexes, and of those in the trash."""
        indexes = [self.root / "indexes" / name for name in self.site().indexes]
        return indexes + self.folders(self.root / "trash")

    def index(self, place: Path) -> IndexDocument:
        """What an index is."""
        return self._read(place / "index.json", IndexDocument)

    def projects(self, place: Path, after: str = "") -> Iterator[tuple[Path, ProjectDocument]]:
        """The projects of an index, by normal name, after that of one."""
        for folder in self.folders(place / "projects"):
            if folder.name > after:
                yield folder, self.project(folder)

    def project(self, folder: Path) -> ProjectDocument:
        """One project."""
        found = self._read(folder / "project.json", ProjectDocument)
        if normalise(found.name) != folder.name:
            raise Refused(f"{folder}: the project in it is called {found.name[:80]}.")
        return found

    def trash(self, place: Path) -> Iterator[tuple[Path, TrashedDocument]]:
        """What an index has in the trash."""
        for folder in self.folders(place / "trash"):
            yield folder, self.trashed(folder)

    def trashed(self, folder: Path) -> TrashedDocument:
        """One thing in the trash."""
        found = self._read(folder / "trashed.json", TrashedDocument)
        held = {"project": found.project, "release": found.release, "file": found.file}
        told = [kind for kind, it in held.items() if it is not None]
        if found.id != folder.name or told != [it for it in (found.kind,) if it != "index"]:
            raise Refused(f"{folder}: trashed.json does not tell what lies there.")
        return found

    def documents(self, folder: Path, kind: type[T]) -> Iterator[tuple[str, T]]:
        """The documents in a folder of the names ``NAME.json``, with the names."""
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            yield path.stem, self._read(path, kind)

    def journal(self, path: Path) -> Iterator[EntryDocument]:
        """The lines of a journal."""
        with opened(path) as lines:
            every = iter(lambda: lines.readline(MAX_DOCUMENT), b"")
            for number, raw in enumerate(every, 1):
                yield _parsed(raw, EntryDocument, f"{path}, line {number}")

    def former(self) -> list[Path]:
        """The journals of indexes that are gone for good."""
        folder = self.root / "former"
        return sorted(folder.glob("*.jsonl")) if folder.is_dir() else []

    def _read(self, path: Path, kind: type[T]) -> T:
        with opened(path) as document:
            raw = document.read(MAX_DOCUMENT + 1)
        if len(raw) > MAX_DOCUMENT:
            raise Refused(f"{path}: a document has {MAX_DOCUMENT >> 20} MiB at most.")
        return _parsed(raw, kind, str(path))

    def folders(self, folder: Path) -> list[Path]:
        """The folders in ``folder``, which need not exist, by name."""
        return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def files(
    folder: Path, it: ProjectDocument | ReleaseDocument | FileDocument | None
) -> Iterator[Held]:
    """Every file that a document in ``folder`` tells of."""
    if isinstance(it, FileDocument):
        yield Held(folder / check_segment(it.filename), it.sha256)
        for suffix, sha256 in (
            (".metadata", it.metadata),
            (".asc", it.signature),
            (".provenance", it.provenance),
        ):
            if sha256:
                yield Held(folder / check_segment(it.filename + suffix), sha256)
        return
    if it is None:
        return
    if it.docs is not None:
        yield Held(docs_path(folder, it.docs), it.docs.sha256)
    for each in it.releases if isinstance(it, ProjectDocument) else it.files:
        yield from files(folder, each)


def docs_path(folder: Path, docs: DocsDocument) -> Path:
    """Where a documentation archive lies."""
    top, _slash, name = docs.path.partition("/")
    if top != DOCUMENTATION:
        raise Refused(f"{folder}: documentation lies in {DOCUMENTATION}/, not {docs.path[:80]!r}.")
    return folder / top / check_segment(name)


def opened(path: Path) -> BufferedReader:
    """A plain file of an export; raises Refused when it is missing, or something else."""
    try:
        # Opening a pipe would wait for its other end.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused(f"{path} is no plain file.")
    return open(handle, "rb")


def _parsed(raw: bytes, kind: type[T], where: str) -> T:
    try:
        return parse(raw, kind)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{where}: {error}.") from None
