"""Whether a folder in the neutral format is whole: every file is there, and hashes as told."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mypi.errors import Refused
from mypi.services.exporting.folder import Problem
from mypi.services.exporting.format import DownloadsDocument
from mypi.services.exporting.reading import Export, Held, files, opened


class Looked(NamedTuple):
    """What one part of an export was found to be; ``files`` and ``read`` bytes were looked at."""

    problems: list[Problem]
    files: int
    read: int


def count(root: Path) -> int:
    """How many projects, and things in the trash, :func:`verify` looks at."""
    return sum(1 for _ in root.glob("*/*/projects/*")) + sum(1 for _ in root.glob("*/*/trash/*"))


def verify(root: Path) -> Iterator[Looked]:
    """Read the whole export, part by part; raises Refused when ``root`` is no finished one."""
    export = Export(root)
    for place in export.places():
        for section, held in (("projects", _of_project), ("trash", _in_trash)):
            for folder in export.folders(place / section):
                yield _look(root, folder, held(export, folder))
        yield _look(root, place, _of_index(export, place))
    yield _look(root, root, _of_site(export))


def _look(root: Path, where: Path, held: Iterator[Held]) -> Looked:
    """Hash what ``held`` tells of; a document that cannot be read is a problem of the part."""
    problems: list[Problem] = []
    found = read = 0
    try:
        for it in held:
            what, size = _file(it)
            found, read = found + 1, read + size
            problems += [Problem(str(it.path.relative_to(root)), text) for text in what]
    except Refused as error:
        problems.append(Problem(str(where.relative_to(root)), str(error)))
    return Looked(problems, found, read)


def _file(it: Held) -> tuple[list[str], int]:
    """What is wrong with a file, and how many bytes were read."""
    try:
        with opened(it.path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except Refused as error:
        return [str(error)], 0
    if digest != it.sha256:
        return [f"it is damaged: its SHA-256 is {digest}, not {it.sha256}"], size
    return [], size


def _of_project(export: Export, folder: Path) -> Iterator[Held]:
    yield from files(folder, export.project(folder))


def _in_trash(export: Export, folder: Path) -> Iterator[Held]:
    found = export.trashed(folder)
    yield from files(folder, found.project or found.release or found.file)


def _of_index(export: Export, place: Path) -> Iterator[Held]:
    """No files; but the other documents are read, and folders counted."""
    told = export.index(place)
    for section, number in (("projects", told.projects), ("trash", told.trash)):
        found = len(export.folders(place / section))
        if found != number:
            raise Refused(f"{section} has {found} folders, not {number}.")
    _exhaust(export.documents(place / "downloads", DownloadsDocument))
    _exhaust(export.journal(place / "journal.jsonl"))
    yield from ()


def _of_site(export: Export) -> Iterator[Held]:
    for path in (export.root / "journal.jsonl", *export.former()):
        _exhaust(export.journal(path))
    for folder in export.folders(export.root / "trash"):
        export.trashed(folder)
    yield from ()


def _exhaust(documents: Iterator[object]) -> None:
    for _ in documents:
        pass
