"""Which version of a project an installer takes, from the installer's links alone.

Yanked releases come last (PEP 592), pre-releases after final ones (PEP 440).
"""

from collections.abc import Iterable
from typing import NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from mypi.model import Link


class Candidate(NamedTuple):
    """A release that has files: ``uploaded`` is its newest file's time, ``size`` that of all.

    ``yanked`` means all of its files are.
    """

    version: str
    parsed: Version
    uploaded: float
    size: int
    yanked: bool


def candidates(links: Iterable[Link]) -> list[Candidate]:
    """The releases of ``links``, newest version first."""
    grouped: dict[str, list[Link]] = {}
    for link in links:
        grouped.setdefault(link.version, []).append(link)
    known = [_candidate(version, files) for version, files in grouped.items()]
    return sorted(known, key=lambda candidate: candidate.parsed, reverse=True)


def latest(known: Iterable[Candidate]) -> Candidate | None:
    """The one that is meant when no version is named; ``known`` is sorted, newest first."""
    return min(known, key=lambda it: (it.yanked, it.parsed.is_prerelease), default=None)


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


def _candidate(version: str, links: list[Link]) -> Candidate:
    return Candidate(
        version,
        _parse(version),
        max(link.uploaded for link in links),
        sum(link.size for link in links),
        all(link.yanked is not None for link in links),
    )


def _parse(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        # Only an import can bring such a one; it sorts below all others.
        return Version("0.dev0")
