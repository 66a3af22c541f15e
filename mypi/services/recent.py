"""What is new in an index: releases and projects, newest first, as its journals tell.

Reads a bounded part of each journal, so what is very old may be missing, never what is new.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mypi.model import Index, Link, Project, Release
from mypi.model.project import release_key
from mypi.names import normalise
from mypi.services import lookup, versions
from mypi.services.access import Access
from mypi.services.lookup import Found
from mypi.services.stamps import Stamp, stamp_of
from mypi.services.versions import Candidate

MAX_READ = 10_000
"""Lines of each journal that are looked at."""
_MAX_LOADED = 50
"""Releases without files, of which nothing is known but by loading them."""

_Line = tuple[Index, float, str, str]
"""The index, when (seconds since the epoch), project and version."""


@dataclass(frozen=True)
class Recent:
    """A release that came into the index ``index`` at ``when`` (seconds since the epoch).

    Of a new project it is the latest one, and ``when`` is when the project came.  ``by`` is who
    brought it; ``mails`` is whose it is, as the metadata has it; ``changed`` is when its newest
    file came; ``yanked`` if all of its files are.
    """

    index: str
    name: str
    version: str
    when: float
    by: str = ""
    summary: str = ""
    mails: str = ""
    changed: float = 0.0
    yanked: bool = False


def newest_releases(access: Access, index: Index, limit: int) -> list[Recent]:
    """The newest releases that ``index`` shows; what is gone, or hidden, is left out.

    ``index`` must be one that may be read; of its bases only those count that may be.
    """
    return _newest(islice(_releases(access, index), limit))


def newest_projects(access: Access, index: Index, limit: int) -> list[Recent]:
    """The newest projects that ``index`` shows, each with its latest release."""
    return _newest(islice(_projects(access, index), limit))


def releases_of(found: Found, limit: int) -> list[Recent]:
    """The newest releases of a project, by the time at which they came."""
    if found.project.status == "quarantined":
        return []
    newest = heapq.nlargest(limit, known(found), key=lambda it: it.first)
    told = (_release(found, it.version) for it in newest)
    return _newest(it for it in told if it is not None)


def known(found: Found) -> list[Candidate]:
    """All releases of a project, newest version first; of those without files 50 at most."""
    having = versions.candidates(listed.link for listed in found.links())
    keys = {release_key(it.version) for it in having}
    releases = found.project.releases
    bare = [releases[key] for key in islice((it for it in releases if it not in keys), _MAX_LOADED)]
    having += [versions.registered(it.version, it.created) for it in bare]
    return sorted(having, key=lambda it: it.parsed, reverse=True)


def stamp(access: Access, index: Index) -> Stamp:
    """What the lists of an index follow from: equal stamps, equal lists."""
    stamps = lookup.names_stamp(access, index)
    for current in lookup.path(access, index):
        chunks = current.journal.chunks
        stamps += stamp_of(chunks[chunks.maxKey()])
    return stamps


def _releases(access: Access, index: Index) -> Iterator[Recent]:
    seen: set[tuple[str, str]] = set()
    shown: dict[tuple[str, str], Found | None] = {}
    for where, _when, name, version in _lines(access, index, "new release"):
        key = (normalise(name), release_key(version))
        if key in seen:
            continue
        if (where.name, key[0]) not in shown:
            shown[where.name, key[0]] = _shown(access, index, where, name)
        found = shown[where.name, key[0]]
        release = _release(found, version) if found is not None else None
        if release is not None:
            seen.add(key)
            yield release


def _projects(access: Access, index: Index) -> Iterator[Recent]:
    seen: set[str] = set()
    for where, when, name, _version in _lines(access, index, "create"):
        found = _shown(access, index, where, name) if normalise(name) not in seen else None
        latest = _latest(found, when) if found is not None else None
        if latest is not None:
            seen.add(normalise(name))
            yield latest


def _lines(access: Access, index: Index, action: str) -> Iterator[_Line]:
    """What the journals say of that action, newest first."""
    streams = [_of_one(current, action) for current in lookup.path(access, index)]
    return heapq.merge(*streams, key=lambda line: -line[1])


def _of_one(index: Index, action: str) -> Iterator[_Line]:
    for _serial, entry in islice(index.journal.newest(), MAX_READ):
        if entry.action == action:
            yield index, entry.when, entry.project, entry.version


def _shown(access: Access, index: Index, where: Index, name: str) -> Found | None:
    """The project, if what ``index`` shows of it is that of the index ``where``."""
    found = lookup.find(access, index, name)
    if found is None or found.project.status == "quarantined":
        return None
    return found if any(source is where for source, _project in found.sources) else None


def _latest(found: Found, when: float) -> Recent | None:
    """The project, as its latest release describes it; None when it has none."""
    newest = versions.latest(known(found))
    return _release(found, newest.version, when) if newest is not None else None


def _release(found: Found, version: str, when: float | None = None) -> Recent | None:
    """The release, of the first source that has it."""
    for index, project in found.sources:
        release = project.release(version)
        if release is not None:
            return _told(index, project, release, release.created if when is None else when)
    return None


def _told(index: Index, project: Project, release: Release, when: float) -> Recent:
    fields = release.fields
    links = [Link(*project.links[filename]) for filename in release.files]
    return Recent(
        index.name,
        project.name,
        release.version,
        when,
        release.by,
        " ".join(str(fields.get("summary") or "").split()),
        _mails(fields),
        max((link.uploaded for link in links), default=when),
        bool(links) and all(link.yanked is not None for link in links),
    )


def _mails(fields: Mapping[str, Any]) -> str:
    """``Name <address>``, from one field or, as older tools write them, from two."""
    for whose in ("author", "maintainer"):
        name, mails = fields.get(whose), str(fields.get(f"{whose}_email") or "")
        if mails:
            return f"{name} <{mails}>" if name and "<" not in mails else mails
    return ""


def _newest(them: Iterable[Recent]) -> list[Recent]:
    """By time: the lines of a journal can be a little out of order."""
    return sorted(them, key=lambda it: it.when, reverse=True)
