"""The releases of a project, from its installer's links alone: no release is loaded for a list."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from mypi.model import Project
from mypi.model.project import release_key
from mypi.services import versions
from mypi.services.lookup import Found
from mypi.services.versions import Candidate
from mypi.web.frame.words import Moment, moment

MAX_SHOWN = 20
"""Releases that a release's page lists; the history has all."""

_MAX_LOADED = 50
"""Releases without files, of which nothing is known but by loading them."""


class Row(NamedTuple):
    """A release as a page lists it."""

    version: str
    address: str
    when: Moment
    badges: list[str]
    current: bool


def entries(found: Found) -> list[Candidate]:
    """All releases, newest version first, those without files among them."""
    known = versions.candidates(listed.link for listed in found.links())
    bare = _without_files(found.project, (it.version for it in known))
    return sorted([*known, *bare], key=lambda it: it.parsed, reverse=True) if bare else known


def badges(it: Candidate, newest: Candidate | None) -> list[str]:
    """Words that distinguish a release: latest, dev or pre-release, yanked, no files."""
    words = ["latest"] if newest is not None and it.version == newest.version else []
    if it.parsed.is_prerelease:
        words.append("dev" if it.parsed.is_devrelease else "pre-release")
    if it.yanked:
        words.append("yanked")
    if not it.files:
        words.append("no files")
    return words


def before(known: list[Candidate], version: str) -> str:
    """The version that came before; of a final release the final one, if there is any."""
    older = [it for it in known if it.files]
    place = next((n for n, it in enumerate(older) if it.version == version), len(older))
    final = place < len(older) and not older[place].parsed.is_prerelease
    rest = older[place + 1 :]
    kept = [it for it in rest if not it.yanked and not (final and it.parsed.is_prerelease)]
    return next((it.version for it in (*kept, *rest)), "")


def rows(
    known: list[Candidate],
    shown: str,
    newest: Candidate | None,
    today: date,
    address: Callable[[str], str],
) -> list[Row]:
    """The lines of the list, around ``shown``, the version whose page it is."""
    place = next((n for n, it in enumerate(known) if it.version == shown), 0)
    start = max(0, min(place - MAX_SHOWN // 2, len(known) - MAX_SHOWN))
    return [
        Row(
            it.version,
            address(it.version),
            moment(it.first, today),
            badges(it, newest),
            it.version == shown,
        )
        for it in known[start : start + MAX_SHOWN]
    ]


def _without_files(project: Project, having: Iterable[str]) -> list[Candidate]:
    keys = {release_key(version) for version in having}
    bare = [key for key in project.releases if key not in keys]
    loaded = [project.releases[key] for key in bare[:_MAX_LOADED]]
    return [versions.registered(it.version, it.created) for it in loaded]
