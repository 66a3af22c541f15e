"""Resolve project names through index inheritance.

The only module that knows about bases.  Reads; never writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mypi.errors import Missing
from mypi.model.file import File, Link
from mypi.model.index import Index
from mypi.model.project import Project, Release
from mypi.model.site import Site

Stamp = tuple[bytes, ...]
"""Object ids and ZODB serials of what an answer was made from; equal stamps: equal answers."""


@dataclass(frozen=True)
class Found:
    """A project as seen from an index: where it really is, and a stamp for caches."""

    index: Index
    project: Project
    stamp: Stamp

    def links(self) -> Iterator[tuple[str, Link]]:
        """File names and links, by file name; nothing while the project is quarantined."""
        return iter(()) if self.project.status == "quarantined" else self.project.pages()


def path(site: Site, index: Index) -> list[Index]:
    """``index`` and its bases, in the order in which they are asked; each once."""
    seen: dict[str, Index] = {}
    waiting = [index]
    while waiting:
        current = waiting.pop(0)
        if current.name in seen:
            continue
        seen[current.name] = current
        bases = [site.indexes[name] for name in current.policy.bases if name in site.indexes]
        waiting = bases + waiting
    return list(seen.values())


def find(site: Site, index: Index, name: str) -> Found | None:
    """The project of that name: of the first index that has files of it, else the first at all.

    So a project in an index shadows its bases, and a name that was only registered does not.
    """
    first: Found | None = None
    stamp: Stamp = ()
    for current in path(site, index):
        project = current.project(name)
        if project is None:
            continue
        stamp += stamp_of(project, project.changes)
        if project.links:
            return Found(current, project, stamp)
        first = first or Found(current, project, stamp)
    return None if first is None else Found(first.index, first.project, stamp)


def names(site: Site, index: Index) -> list[str]:
    """The normal names of all projects that ``index`` shows, sorted."""
    indexes = path(site, index)
    if len(indexes) == 1:
        return list(index.projects)
    return sorted(set().union(*(current.projects.keys() for current in indexes)))


def names_stamp(site: Site, index: Index) -> Stamp:
    """The stamp of :func:`names`; costs two objects an index, whatever the number of projects."""
    stamp: Stamp = ()
    for current in path(site, index):
        stamp += stamp_of(current.policy, current.count)
    return stamp


def release(found: Found, version: str) -> Release:
    """The release of that version in whatever spelling; raises Missing."""
    try:
        it = found.project.release(version)
    except ValueError:  # Python reads no number of more than 4,300 digits
        it = None
    if it is None:
        raise Missing(
            f"{found.project.name} has no release {version} in the index {found.index.name}."
        )
    return it


def file(site: Site, index_name: str, project: str, filename: str) -> tuple[File, Link]:
    """A file of exactly that index, since file addresses name their index; raises Missing."""
    index = site.indexes.get(index_name)
    owner = index.project(project) if index is not None else None
    link = owner.links.get(filename) if owner is not None else None
    if owner is None or link is None or owner.status == "quarantined":
        raise Missing(f"There is no file {filename[:200]} of {project[:200]} in {index_name[:80]}.")
    held = owner.file(filename)
    assert held is not None, "links are derived from files"
    return held, Link._make(link)


def stamp_of(*nouns: Any) -> Stamp:
    """Object id and serial of persistent objects; both must have been loaded."""
    stamp: Stamp = ()
    for noun in nouns:
        noun._p_activate()
        stamp += (noun._p_oid, noun._p_serial)
    return stamp
