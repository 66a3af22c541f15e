"""Write the whole index as the neutral format, a part at a time.

All parts show one moment, that of the transaction which the export is up to, whatever is published
meanwhile.  A part is a project, a thing in the trash, or what is left of an index; each is written
whole, and in a fixed order, so that an export goes on where it was.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from mypi.model import File, Index, Project, Release, Site, Trashed
from mypi.model.docs import Docs
from mypi.model.downloads import ProjectDownloads
from mypi.model.file import Artifact
from mypi.names import normalise
from mypi.services.exporting import describing, people
from mypi.services.exporting.encoding import pretty
from mypi.services.exporting.folder import Folder, Original
from mypi.services.exporting.journals import write_journal
from mypi.services.exporting.stepping import Key, Kind

Place = tuple[str, str]
"""``indexes`` and a name, or ``trash`` and an id: the folder of an index."""


def kind(*, secrets: bool) -> Kind:
    """The neutral format, with password hashes, tokens and webhooks or without."""
    return Kind("mypi-export", 0o700, partial(_parts, secrets=secrets), secrets)


def _parts(
    site: Site, folder: Folder, after: Key, *, secrets: bool
) -> Iterator[tuple[Key, Callable[[], None]]]:
    for place, index in _places(site):
        for section, held, write in _sections(folder, place, index):
            mine = (*place, section)
            if after[:3] > mine:
                continue
            start = after[3] if after[:3] == mine else None
            for name, it in held.items(start, excludemin=start is not None):
                yield (*mine, name), partial(write, folder, place, name, it)
        last = (*place, "whole", "")
        if after < last:
            yield last, partial(_write_index, folder, place, index)
    end = ("whole", "", "", "")
    if after < end:
        yield end, partial(_write_site, folder, site, secrets)


def _places(site: Site) -> Iterator[tuple[Place, Index]]:
    """The indexes, and those in the trash, by where their folders are."""
    for name, index in site.indexes.items():
        yield ("indexes", name), index
    for number, trashed in site.trash.items():
        yield ("trash", number), trashed.what


def _sections(
    folder: Folder, place: Place, index: Index
) -> Iterator[tuple[str, Any, Callable[..., None]]]:
    yield "downloads", index.downloads.projects, _write_downloads
    yield "projects", index.projects, _write_project
    yield "trash", index.trash, _write_trashed


def _write_downloads(folder: Folder, place: Place, name: str, it: ProjectDownloads) -> None:
    path = folder.path(*place, "downloads", name + ".json")
    folder.put(path, pretty(describing.downloads(it)))


def _write_project(folder: Folder, place: Place, name: str, it: Project) -> None:
    here = (*place, "projects", name)
    kept = _write_files(folder, here, it.name, it)
    folder.put(folder.path(*here, "project.json"), pretty(describing.project(it)))
    folder.keep(folder.path(*here), [*kept, "project.json"])


def _write_trashed(folder: Folder, place: Place, name: str, it: Trashed) -> None:
    here = (*place, "trash", name)
    kept = _write_files(folder, here, it.project, it.what)
    folder.put(folder.path(*here, "trashed.json"), pretty(describing.trashed(it)))
    folder.keep(folder.path(*here), [*kept, "trashed.json"])


def _write_files(
    folder: Folder, here: tuple[str, ...], project: str, held: Project | Release | File
) -> list[str]:
    """Archives and what lies beside them; the names that were written."""
    kept = []
    for file in describing.files_of(held):
        path = folder.path(*here, file.filename)
        folder.take(path, original(file), _alike(folder, project, file))
        kept.append(file.filename)
        for suffix, raw in describing.beside(file):
            folder.put(folder.path(*here, file.filename + suffix), raw)
            kept.append(file.filename + suffix)
    documentation = []
    for where, docs in describing.docs_of(held):
        top, name = where.split("/")
        archive = Original(docs.size, docs.sha256, docs.uploaded, partial(_bytes_of, docs))
        folder.take(folder.path(*here, top, name), archive)
        documentation.append(name)
    if documentation:
        folder.keep(folder.path(*here, describing.DOCUMENTATION), documentation)
        kept.append(describing.DOCUMENTATION)
    return kept


def original(file: File) -> Original:
    """What the archive has to be in an export.

    A promoted file keeps the time of its upload, so that it is alike in both indexes.
    """
    artifact = file.artifact
    when = file.origin.uploaded if file.origin is not None else file.uploaded
    return Original(artifact.size, artifact.sha256, when, partial(_bytes_of, artifact))


def _bytes_of(held: Artifact | Docs) -> Any:
    """The opened archive; ZODB looks for a blob's file as soon as anything is asked of the blob."""
    return held.blob.open("c")


def _alike(folder: Folder, project: str, file: File) -> list[Path]:
    """Where the same archive may be already: in the indexes it was promoted from, or into."""
    others = [*((file.origin.came_from,) if file.origin else ()), *file.promoted_to]
    return [
        folder.path("indexes", name, "projects", normalise(project), file.filename)
        for name in others
    ]


def _write_index(folder: Folder, place: Place, index: Index) -> None:
    here = folder.path(*place)
    write_journal(folder, here / people.JOURNAL, index.journal)
    folder.keep(here / "downloads", [name + ".json" for name in index.downloads.projects])
    folder.keep(here / "projects", index.projects)
    folder.keep(here / "trash", index.trash)
    folder.put(here / "index.json", pretty(describing.index(index)))


def _write_site(folder: Folder, site: Site, secrets: bool) -> None:
    write_journal(folder, folder.path(people.JOURNAL), site.journal)
    for name, journal in site.former.items():
        write_journal(folder, folder.path("former", name + ".jsonl"), journal)
    for number, trashed in site.trash.items():
        raw = pretty(describing.trashed(trashed))
        folder.put(folder.path("trash", number, "trashed.json"), raw)
    folder.keep(folder.path("former"), [name + ".jsonl" for name in site.former])
    folder.keep(folder.path("indexes"), site.indexes)
    folder.keep(folder.path("trash"), site.trash)
    raw = pretty(people.site(site, secrets=secrets))
    folder.put(folder.path("site.json"), raw, private=True)
