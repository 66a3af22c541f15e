"""Find hosted documentation: of a release, or of a project as a whole."""

from typing import NamedTuple

from mypi.errors import Missing
from mypi.model import Index, Project
from mypi.model.docs import Docs
from mypi.services import versions
from mypi.services.lookup import Found, Source

LATEST = "latest"


class Held(NamedTuple):
    """Documentation, the version that it is of (empty: the project's), and who holds it."""

    docs: Docs
    version: str
    index: Index


def has_docs(found: Found) -> bool:
    """Whether the project has any documentation; cheap."""
    return any(project.docs is not None or project.documented for _, project in _sources(found))


def docs_of(found: Found) -> list[str]:
    """The versions that have documentation, newest first; ``""`` at the end is the project's."""
    of_releases = [version for _, project in _sources(found) for version in _versions(project)]
    known = sorted(dict.fromkeys(of_releases), key=versions.parse, reverse=True)
    return known + [""] * any(project.docs is not None for _, project in _sources(found))


def latest(found: Found) -> str:
    """The newest release, as installers choose, that has some; empty when none has.

    Costs a look at every file of the project.
    """
    links = versions.candidates(listed.link for listed in found.links())
    yanked = {candidate.version for candidate in links if candidate.yanked}
    known = [version for version in docs_of(found) if version]
    return min(
        known,
        key=lambda version: (version in yanked, versions.parse(version).is_prerelease),
        default="",
    )


def find(found: Found, version: str) -> Held:
    """The documentation of a version, or with ``""`` of the project as a whole.

    The project as a whole, if it has none of its own, has that of the latest.  Raises Missing.
    """
    held = _of_release(found, version) if version else _whole(found)
    if held is None and not version and (newest := latest(found)):
        held = _of_release(found, newest)
    if held is None:
        of = f"{found.project.name} {version}".strip()
        raise Missing(f"There is no documentation of {of[:200]} in {found.index.name}.")
    return held


def _sources(found: Found) -> list[Source]:
    """What is in quarantine is not shown: its pages may be as bad as its code."""
    return [source for source in found.sources if source[1].status != "quarantined"]


def _whole(found: Found) -> Held | None:
    for index, project in _sources(found):
        if project.docs is not None:
            return Held(project.docs, "", index)
    return None


def _of_release(found: Found, version: str) -> Held | None:
    for index, project in _sources(found):
        try:
            release = project.release(version)
        except ValueError:  # Python reads no number of more than 4,300 digits
            return None
        if release is not None and release.docs is not None:
            return Held(release.docs, release.version, index)
    return None


def _versions(project: Project) -> list[str]:
    releases = (project.releases.get(key) for key in project.documented)
    return [it.version for it in releases if it is not None and it.docs is not None]
