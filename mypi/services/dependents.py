"""Whom a promotion affects: projects that will be installed with another version than before."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packaging.specifiers import SpecifierSet

from mypi.model import Index, Link
from mypi.names import normalise
from mypi.services import lookup, requirements, versions
from mypi.services.access import Access
from mypi.services.versions import Candidate

MAX_LOOKED_AT = 5000
"""Projects whose latest release is read."""

Arriving = Mapping[str, Mapping[str, Link]]
"""Normal name -> file name -> link, of the files that will be new in the target."""


class Dependent(NamedTuple):
    """The latest release of a project, one requirement of it, and which version satisfies that.

    ``before`` and ``after`` are versions; empty: none.
    """

    project: str
    version: str
    requirement: str
    before: str
    after: str


def dependents(
    access: Access, target: Index, arriving: Arriving
) -> tuple[tuple[Dependent, ...], bool]:
    """Whom ``arriving`` affects, by name, and whether all projects of ``target`` were looked at.

    Requirements of extras are left out: a plain installation does not ask for them.
    """
    if not arriving:
        return (), True
    names = lookup.names(access, target)
    change = _Change(access, target, arriving)
    affected = [one for name in names[:MAX_LOOKED_AT] for one in change.of(name)]
    return tuple(affected), len(names) <= MAX_LOOKED_AT


class _Change:
    """What installers take from ``target`` before and after something arrives."""

    def __init__(self, access: Access, target: Index, arriving: Arriving) -> None:
        self._access = access
        self._target = target
        self._choices = {name: self._before_and_after(name, arriving[name]) for name in arriving}

    def of(self, name: str) -> Iterator[Dependent]:
        """How the latest release of that project is affected."""
        found = lookup.find(self._access, self._target, name)
        links = [listed.link for listed in found.links()] if found is not None else []
        newest = versions.latest(versions.candidates(links))
        if found is None or newest is None:
            return
        lines = lookup.release(found, newest.version).fields.get("requires_dist", ())
        ours = [line for line in lines if normalise(requirements.name_in(line)) in self._choices]
        for line, requirement in requirements.needed(ours):
            if requirement is not None and requirement.url is None:
                before, after = self._taken(normalise(requirement.name), requirement.specifier)
                if before != after:
                    yield Dependent(found.project.name, newest.version, line, before, after)

    def _taken(self, name: str, specifier: SpecifierSet) -> Iterator[str]:
        for known in self._choices[name]:
            chosen = versions.best(known, specifier)
            yield chosen.version if chosen is not None else ""

    def _before_and_after(
        self, name: str, links: Mapping[str, Link]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """What ``target`` shows of a project.  Once it has files itself, it hides its bases'."""
        found = lookup.find(self._access, self._target, name)
        before = [listed.link for listed in found.links()] if found is not None else []
        own = self._target.project(name)
        after = {**dict(own.pages() if own is not None else ()), **links}
        return versions.candidates(before), versions.candidates(after.values())
