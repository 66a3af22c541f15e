"""Whether an index is sound: its archives are whole, and what is derived agrees with the truth.

The truth is the files and their archives.  Links, counts and sizes are derived from them, and can
be made again; an archive that is missing or damaged can only be told of.
"""

import hashlib
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from BTrees.Length import Length
from ZODB.POSException import POSKeyError

from mypi.model import File, Index, Project, Release, Site
from mypi.model.docs import Docs
from mypi.model.file import Artifact, Link
from mypi.services.actor import Actor

BLOCK = 2**20


class Problem(NamedTuple):
    """Something that is not as it should be; ``repaired`` when it is right again by now.

    ``project`` and ``filename`` are empty where the index as a whole is meant.
    """

    project: str
    filename: str
    what: str
    repaired: bool = False


class Looked(NamedTuple):
    """What was found in one project, and how much was looked at; ``read`` is bytes hashed."""

    problems: list[Problem]
    files: int
    read: int


def check_project(index: Index, project: Project, *, deep: bool, repair: bool) -> Looked:
    """Compare a project's links with its files, and its files with their archives.

    Every archive's size is compared, with ``deep`` its SHA-256 as well.  With ``repair`` the links
    are written anew where they are wrong.
    """
    files = {
        file.filename: (release, file)
        for release in project.releases.values()
        for file in release.files.values()
    }
    problems = list(_wrong_links(project, files, repair))
    if repair and problems:
        project.touch()
    read = 0
    for filename, (_release, file) in files.items():
        what, count = _archive(file.artifact, deep)
        read += count
        problems += [Problem(project.name, filename, it) for it in what]
    for version, docs in _docs(project):
        what, count = _archive(docs, deep)
        read += count
        said = f"the documentation of {version}" if version else "the documentation"
        problems += [Problem(project.name, "", f"{said}: {it}") for it in what]
    return Looked(problems, len(files), read)


def tell_of_repair(index: Index, project: Project, actor: Actor) -> None:
    """Write it into the journal: mirrors and front servers have what was wrong."""
    index.journal.append(actor.entry("repair project", project.name))


def check_counts(index: Index, *, repair: bool) -> list[Problem]:
    """Compare the index's number of projects and of bytes with what is there.

    Reads the links of every project.  Counts that are repaired hold what is there now: uploads that
    are under way conflict, and are tried again.
    """
    size = sum(link.size for project in index.projects.values() for _, link in project.pages())
    problems = []
    for name, said, found in (
        ("count", index.count(), len(index.projects)),
        ("size", index.size(), size),
    ):
        if said != found:
            what = f"the index's {name} is {said}, there is {found}"
            problems.append(Problem("", "", what, repair))
            if repair:
                setattr(index, name, Length(found))
    return problems


def check_trash(index: Index, *, deep: bool) -> list[Problem]:
    """Whether what could be restored is whole."""
    return [
        Problem(trashed.project, filename, f"in the trash: {said}{what}")
        for trashed in index.trash.values()
        for filename, said, held in _held_in(trashed.what)
        for what in _archive(held, deep)[0]
    ]


def check_deleted(site: Site, after: str, *, deep: bool) -> Iterator[tuple[str, Looked]]:
    """The projects of deleted indexes, each with the place where to go on after it.

    Looks as :func:`check_project` does, and into the trash of each index at its end.
    """
    for number, trashed in site.trash.items():
        index: Index = trashed.what
        for name, project in index.projects.items():
            place = f"{number}/{name}"
            if place > after:
                looked = check_project(index, project, deep=deep, repair=False)
                yield place, looked._replace(problems=_of_deleted(index, looked.problems))
        place = f"{number}/~"  # no project is called so
        if place > after:
            yield place, Looked(_of_deleted(index, check_trash(index, deep=deep)), 0, 0)


def _of_deleted(index: Index, problems: list[Problem]) -> list[Problem]:
    return [
        it._replace(project=f"{index.name}/{it.project}", what=f"in a deleted index: {it.what}")
        for it in problems
    ]


def _held_in(what: Project | Release | File) -> Iterator[tuple[str, str, Artifact | Docs]]:
    """Archives and documentation of what is in the trash: file name, a word on it, and itself."""
    for file in _files_in(what):
        yield file.filename, "", file.artifact
    if isinstance(what, Project):
        for version, docs in _docs(what):
            yield "", f"the documentation of {version}: " if version else "documentation: ", docs
    elif isinstance(what, Release) and what.docs is not None:
        yield "", f"the documentation of {what.version}: ", what.docs


def _files_in(what: Project | Release | File) -> list[File]:
    if isinstance(what, File):
        return [what]
    if isinstance(what, Release):
        return list(what.files.values())
    return [file for release in what.releases.values() for file in release.files.values()]


def _wrong_links(
    project: Project, files: dict[str, tuple[Release, File]], repair: bool
) -> Iterator[Problem]:
    for filename in [name for name in project.links if name not in files]:
        what = "installers are shown a file that is not here"
        yield Problem(project.name, filename, what, repair)
        if repair:
            del project.links[filename]
    for filename, (release, file) in files.items():
        stored = project.links.get(filename)
        link = Link(*stored) if stored is not None else None
        right = _link(release, file, link)
        if link != right:
            missing = "installers are not shown this file"
            what = missing if link is None else f"wrong for installers: {_differing(link, right)}"
            yield Problem(project.name, filename, what, repair)
            if repair:
                project.links[filename] = tuple(right)


def _link(release: Release, file: File, known: Link | None) -> Link:
    """What installers should be told; whether ``.metadata`` is offered only the link knows."""
    raw = file.artifact.metadata.raw if file.artifact.metadata is not None else None
    offered = known.metadata_sha256 if known is not None else file.kind == "bdist_wheel"
    digest = hashlib.sha256(raw).hexdigest() if raw is not None and offered else ""
    says = known.requires_python if known is not None else None
    if says is None:
        says = str(release.fields.get("requires_python") or "")
    return file.link(release.version, says, digest)


def _differing(link: Link, right: Link) -> str:
    return ", ".join(name for name in Link._fields if getattr(link, name) != getattr(right, name))


def _docs(project: Project) -> Iterator[tuple[str, Docs]]:
    if project.docs is not None:
        yield "", project.docs
    for release in project.releases.values():
        if release.docs is not None:
            yield release.version, release.docs


def _archive(held: Artifact | Docs, deep: bool) -> tuple[list[str], int]:
    """What is wrong with the bytes, and how many were read."""
    try:
        path = held.blob.committed()
        size = os.stat(path).st_size
    except (POSKeyError, FileNotFoundError):
        return ["the archive's bytes are missing"], 0
    if size != held.size:
        return [f"the archive has {size} bytes, not the {held.size} that were acknowledged"], 0
    if not deep:
        return [], 0
    digest = _sha256(path)
    if digest != held.sha256:
        return [f"the archive is damaged: its SHA-256 is {digest}, not {held.sha256}"], size
    return [], size


def _sha256(path: Any) -> str:
    with open(path, "rb", buffering=0) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
