"""Find what is meant by project, version and file name in an index as one reader sees it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mypi.errors import Missing, Refused
from mypi.model import Index, Link, Project, Release
from mypi.model.project import release_key
from mypi.names import normalise
from mypi.services import lookup, versions
from mypi.services.access import Access
from mypi.services.lookup import Source
from mypi.services.wanted import Wanted

MAX_RELEASES = 1000
"""Releases that one promotion takes: what a transaction can do in some seconds."""

Key = tuple[str, str]
"""Normal name and release key: two releases are one iff equal."""


@dataclass(frozen=True)
class Picked:
    """Files of one release, and where they are: ``index`` is the source, or a base it shows."""

    index: Index
    project: Project
    release: Release
    links: Mapping[str, Link]

    @property
    def key(self) -> Key:
        """What tells this release from others."""
        return normalise(self.project.name), release_key(self.release.version)

    def __str__(self) -> str:
        return f"{self.project.name} {self.release.version}"


def pick_all(access: Access, source: Index, wanted: Iterable[Wanted]) -> dict[Key, Picked]:
    """What ``wanted`` means, release by release, in that order; raises Missing and Refused."""
    picked: dict[Key, Picked] = {}
    for one in wanted:
        add(picked, pick(access, source, one))
    return picked


def add(picked: dict[Key, Picked], one: Picked) -> None:
    """Put a release, or more files of one that is there, into ``picked``; raises Refused."""
    known = picked.get(one.key)
    picked[one.key] = replace(one, links={**known.links, **one.links}) if known else one
    if len(picked) > MAX_RELEASES:
        raise Refused(
            f"These are more than {MAX_RELEASES} releases; promote fewer of them at a time."
        )


def pick(access: Access, source: Index, wanted: Wanted) -> Picked:
    """The release, or the one file, that is meant; raises Missing.

    Of an index that merges, the release of the first base that has files of it.
    """
    found = lookup.find(access, source, wanted.project)
    if found is None:
        raise Missing(f"There is no project {wanted.project[:200]} in the index {source.name}.")
    open_ones = [source for source in found.sources if source[1].status != "quarantined"]
    sources = open_ones or found.sources  # what is quarantined everywhere is refused by name
    version = wanted.version or _latest(sources)
    for index, project in sources:
        release = _release(project, version)
        if release is not None:
            links = {
                filename: Link(*project.links[filename])
                for filename in release.files
                if wanted.filename in ("", filename)
            }
            if links:
                return Picked(index, project, release, links)
    what = f"file {wanted.filename[:200]}" if wanted.filename else "file"
    where = str(wanted._replace(filename=""))[:200]
    raise Missing(f"There is no {what} of {where} in the index {source.name}.")


def _latest(sources: Iterable[Source]) -> str:
    links = [link for _index, project in sources for _filename, link in project.pages()]
    newest = versions.latest(versions.candidates(links))
    return newest.version if newest is not None else ""


def _release(project: Project, version: str) -> Release | None:
    try:
        return project.release(version)
    except ValueError:  # Python reads no number of more than 4,300 digits
        return None
