"""The releases of a project, from its installer's links alone: no release is loaded for a list."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from mypi.model import Link, Project
from mypi.model.project import release_key
from mypi.services.lookup import Found
from mypi.web.frame.words import Moment, moment

MAX_SHOWN = 200
"""Releases a page lists; the installer's page has all."""

_MAX_LOADED = 50
"""Releases without files, of which nothing is known but by loading them."""


class Entry(NamedTuple):
    """One release of a list; ``yanked`` means all of its files are."""

    version: str
    parsed: Version
    uploaded: float
    files: int
    yanked: bool

    @property
    def badges(self) -> list[str]:
        """Words that distinguish this release: dev or pre-release, yanked, no files."""
        words = []
        if self.parsed.is_prerelease:
            words.append("dev" if self.parsed.is_devrelease else "pre-release")
        if self.yanked:
            words.append("yanked")
        if not self.files:
            words.append("no files")
        return words


class Row(NamedTuple):
    """A release as the page lists it."""

    version: str
    address: str
    when: Moment
    badges: list[str]
    current: bool


def entries(found: Found) -> list[Entry]:
    """All releases, newest version first."""
    grouped: dict[str, list[Link]] = {}
    for listed in found.links():
        grouped.setdefault(listed.link.version, []).append(listed.link)
    known = [_entry(version, links) for version, links in grouped.items()]
    known += _without_files(found.project, grouped)
    return sorted(known, key=lambda entry: entry.parsed, reverse=True)


def latest(known: Iterable[Entry]) -> Entry | None:
    """The release that pip would take: final before pre-release, and no yanked one if possible.

    ``known`` is sorted, newest first.
    """
    return min(
        known,
        key=lambda entry: (not entry.files, entry.yanked, entry.parsed.is_prerelease),
        default=None,
    )


def rows(
    known: list[Entry], shown: str, newest: Entry | None, today: date, address: Callable[[str], str]
) -> list[Row]:
    """The lines of the list; ``shown`` is the version whose page it is."""
    return [
        Row(
            entry.version,
            address(entry.version),
            moment(entry.uploaded, today),
            (["latest"] if entry is newest else []) + entry.badges,
            entry.version == shown,
        )
        for entry in known[:MAX_SHOWN]
    ]


def _entry(version: str, links: list[Link]) -> Entry:
    return Entry(
        version,
        _parse(version),
        min(link.uploaded for link in links),
        len(links),
        all(link.yanked is not None for link in links),
    )


def _without_files(project: Project, having: Iterable[str]) -> list[Entry]:
    keys = {release_key(version) for version in having}
    bare = [key for key in project.releases if key not in keys]
    loaded = [project.releases[key] for key in bare[:_MAX_LOADED]]
    return [Entry(it.version, _parse(it.version), it.created, 0, False) for it in loaded]


def _parse(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        # Only an import can bring such a one; it sorts below all others.
        return Version("0.dev0")
