"""Which version of a project an installer takes, from the installer's links alone.

Yanked releases come last (PEP 592), pre-releases after final ones (PEP 440).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from mypi.model import Link


class Candidate(NamedTuple):
    """A release: ``uploaded`` is its newest file's time, ``first`` its oldest's, ``size`` of all.

    ``yanked`` means all of its files are; ``files`` is their number, 0 for what was only
    registered.
    """

    version: str
    parsed: Version
    uploaded: float
    size: int
    yanked: bool
    files: int = 1
    first: float = 0.0
    requires_python: str = ""


def candidates(links: Iterable[Link]) -> list[Candidate]:
    """The releases of ``links``, newest version first."""
    grouped: dict[str, list[Link]] = {}
    for link in links:
        grouped.setdefault(link.version, []).append(link)
    known = [_candidate(version, files) for version, files in grouped.items()]
    return sorted(known, key=lambda candidate: candidate.parsed, reverse=True)


def latest(known: Iterable[Candidate]) -> Candidate | None:
    """The one that is meant when no version is named; ``known`` is sorted, newest first."""
    return min(
        known, key=lambda it: (not it.files, it.yanked, it.parsed.is_prerelease), default=None
    )


def best(known: Iterable[Candidate], specifier: SpecifierSet) -> Candidate | None:
    """The one that pip takes for ``specifier``; ``known`` is sorted, newest first.

    A yanked release only if exactly that version is asked for.  Pre-releases count if the
    specifier names one, or if nothing else matches.
    """
    whole = list(known)
    chosen = _first([it for it in whole if not it.yanked], specifier)
    if chosen is None and _is_pinned(specifier):
        return _first(whole, specifier)
    return chosen


def _first(known: list[Candidate], specifier: SpecifierSet) -> Candidate | None:
    allowed = set(specifier.filter([it.parsed for it in known]))
    return next((it for it in known if it.parsed in allowed), None)


def _is_pinned(specifier: SpecifierSet) -> bool:
    return any(
        it.operator == "===" or (it.operator == "==" and not it.version.endswith(".*"))
        for it in specifier
    )


def registered(version: str, created: float) -> Candidate:
    """A release without files."""
    return Candidate(version, parse(version), created, 0, False, files=0, first=created)


def _candidate(version: str, links: list[Link]) -> Candidate:
    times = [link.uploaded for link in links]
    return Candidate(
        version,
        parse(version),
        max(times),
        sum(link.size for link in links),
        all(link.yanked is not None for link in links),
        len(links),
        min(times),
        links[0].requires_python,
    )


@lru_cache(maxsize=2**13)
def parse(version: str) -> Version:
    """A version to compare with; one that PEP 440 does not know sorts below all others."""
    try:
        return Version(version)
    except InvalidVersion:
        # Only an import can bring such a one.
        return Version("0.dev0")
