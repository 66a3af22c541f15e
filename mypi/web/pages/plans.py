"""The plan of a promotion and its checklist as plain values for the template."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

from mypi.model import Project, Release
from mypi.names import normalise
from mypi.services.promote import Plan
from mypi.sizes import size_in_words
from mypi.web.frame.words import listed, plural
from mypi.web.pages import said

STATES = {"new": "new", "present": "there already", "refused": "refused"}
MAX_DEPENDENTS = 100


class Line(NamedTuple):
    """A file of the plan."""

    what: str
    size: str
    word: str
    tone: str
    reason: str
    warnings: tuple[str, ...]


class Check(NamedTuple):
    """One point of the checklist, and whether all is well."""

    ok: bool
    text: str


def shown(release: Release, project: Project, asked: Plan, whole: Plan) -> dict[str, Any]:
    """What the page of a promotion shows; ``whole`` is the plan with all dependencies."""
    own = normalise(project.name)
    others = [file for file in whole.new if normalise(file.project) != own]
    coming = sorted({f"{file.project} {file.version}" for file in others})
    is_whole = asked is whole
    return {
        "lines": [_line(file) for file in asked.files],
        "refused": any(file.state == "refused" for file in asked.files),
        "new_count": len(asked.new),
        "checks": [*_release_checks(release), *_dependency_checks(whole, coming, is_whole)],
        "coming": coming,
        "dependents": asked.dependents[:MAX_DEPENDENTS],
        "dependent_count": plural(len(asked.dependents), "project"),
        "complete": asked.complete,
    }


def _line(file: Any) -> Line:
    tone = {"new": "good", "refused": "warn"}.get(file.state, "")
    return Line(
        f"{file.project} {file.version}: {file.filename}",
        size_in_words(file.size),
        STATES[file.state],
        tone,
        file.reason,
        file.warnings,
    )


def _release_checks(release: Release) -> Iterator[Check]:
    final = _is_final(release.version)
    yield Check(final, "A final version." if final else "A pre-release: pip takes it on demand.")
    readme = bool(release.description.text.strip())
    yield Check(readme, "It has a README." if readme else "It has no README.")
    licence = bool(said.licence(release.fields).words)
    yield Check(licence, "It names its licence." if licence else "It names no licence.")
    kinds = {file.kind for file in release.files.values()}
    missing = [word for kind, word in _KINDS.items() if kind not in kinds]
    yield Check(not missing, f"No {listed(missing, 'or')}." if missing else "A source and a wheel.")
    if any(file.yanked is not None for file in release.files.values()):
        yield Check(False, "Files of it are yanked; they will be there, too.")


def _dependency_checks(whole: Plan, coming: list[str], is_whole: bool) -> Iterator[Check]:
    for text in whole.missing:
        yield Check(False, text)
    if coming and not is_whole:
        yield Check(False, f"Its dependencies {listed(coming)} are not there yet; see below.")
    elif not whole.missing:
        yield Check(True, "Whatever it requires is there, or goes along.")


def _is_final(version: str) -> bool:
    try:
        return not Version(version).is_prerelease
    except InvalidVersion:
        return False


_KINDS = {"sdist": "source archive", "bdist_wheel": "wheel"}
