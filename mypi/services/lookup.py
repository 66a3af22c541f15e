"""Resolve project names through index inheritance.

The only module that knows about bases.  Reads; never writes.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mypi.errors import Missing
from mypi.model import File, Index, Link, Project, Release
from mypi.services.access import Access
from mypi.services.stamps import Stamp, stamp_of

Source = tuple[Index, Project]
"""A project, and the index that holds it."""


class Listed(NamedTuple):
    """A file on an installer's page; ``held_by`` names the index that has it."""

    filename: str
    link: Link
    held_by: str


@dataclass(frozen=True)
class Found:
    """A project as seen from an index: where it really is, and a stamp for caches.

    ``sources`` has one entry, or several when an index merges its bases; the first one speaks for
    the project.
    """

    sources: tuple[Source, ...]
    stamp: Stamp

    @property
    def index(self) -> Index:
        """The index that holds the project."""
        return self.sources[0][0]

    @property
    def project(self) -> Project:
        """The project itself."""
        return self.sources[0][1]

    def links(self) -> Iterator[Listed]:
        """The files, by file name; none of a project that is quarantined.

        Of two files of one name the first source's is shown.
        """
        if len(self.sources) == 1:
            return _listed(*self.sources[0])
        merged: dict[str, Listed] = {}
        for source in reversed(self.sources):
            merged.update((listed.filename, listed) for listed in _listed(*source))
        return (merged[filename] for filename in sorted(merged))

    def listed(self, filename: str) -> Listed | None:
        """The file of that name, as :meth:`links` would show it."""
        for index, project in self.sources:
            link = project.links.get(filename) if project.status != "quarantined" else None
            if link is not None:
                return Listed(filename, Link(*link), index.name)
        return None


def path_key(access: Access, index: Index) -> tuple[Hashable, ...]:
    """What tells a path from any other, also from one of earlier indexes of the same names."""
    return tuple((it.name, it._p_oid) for it in path(access, index))


def path(access: Access, index: Index) -> list[Index]:
    """``index`` and its bases, in the order in which they are asked; each once.

    Bases that the reader may not read are left out.
    """
    seen: dict[str, Index] = {index.name: index}
    waiting = list(index.policy.bases)
    while waiting:
        name = waiting.pop(0)
        base = access.index(name) if name not in seen else None
        if base is not None:
            seen[name] = base
            waiting = [*base.policy.bases, *waiting]
    return list(seen.values())


def find(access: Access, index: Index, name: str) -> Found | None:
    """The project of that name: of the first index that has files of it, else the first at all.

    So a project in an index shadows its bases, and a name that was only registered does not.  An
    index that merges shows the files of all bases that have some, unless it has some itself.
    """
    having: list[Source] = []
    bare: list[Source] = []
    stamp: Stamp = ()
    for current in path(access, index):
        project = current.project(name)
        if project is None:
            continue
        stamp += stamp_of(project, project.changes)
        if not project.links:
            bare.append((current, project))
            continue
        having.append((current, project))
        if current is index or not index.policy.merge:
            break
    sources = having or bare[:1]
    return Found(tuple(sources), stamp) if sources else None


def names(access: Access, index: Index) -> list[str]:
    """The normal names of all projects that ``index`` shows, sorted."""
    indexes = path(access, index)
    if len(indexes) == 1:
        return list(index.projects)
    return sorted(set().union(*(current.projects.keys() for current in indexes)))


def names_stamp(access: Access, index: Index) -> Stamp:
    """The stamp of :func:`names`; costs two objects an index, whatever the number of projects."""
    stamp: Stamp = ()
    for current in path(access, index):
        stamp += stamp_of(current.policy, current.count)
    return stamp


def release(found: Found, version: str) -> Release:
    """The release of that version in whatever spelling, of the first source; raises Missing."""
    for _index, project in found.sources:
        try:
            it = project.release(version)
        except ValueError:  # Python reads no number of more than 4,300 digits
            break
        if it is not None:
            return it
    raise Missing(f"{found.project.name} has no release {version} in the index {found.index.name}.")


def project_of(index: Index, name: str) -> Project:
    """The project that the index has itself, whatever its bases have; raises Missing."""
    project = index.project(name)
    if project is None:
        raise Missing(f"There is no project {name[:200]} in the index {index.name}.")
    return project


def release_of(project: Project, version: str) -> Release:
    """The release of that version of exactly this project; raises Missing."""
    try:
        release = project.release(version)
    except ValueError:  # Python reads no number of more than 4,300 digits
        release = None
    if release is None:
        raise Missing(f"{project.name} has no release {version[:80]}.")
    return release


def file(index: Index, project: str, filename: str) -> tuple[File, Link]:
    """A file of exactly that index, since file addresses name their index; raises Missing."""
    owner = index.project(project)
    link = owner.links.get(filename) if owner is not None else None
    if owner is None or link is None or owner.status == "quarantined":
        raise Missing(f"There is no file {filename[:200]} of {project[:200]} in {index.name}.")
    held = owner.file(filename)
    assert held is not None, "links are derived from files"
    return held, Link(*link)


def _listed(index: Index, project: Project) -> Iterator[Listed]:
    if project.status != "quarantined":
        for filename, link in project.pages():
            yield Listed(filename, link, index.name)
