"""Whom a change affects: projects that will be installed with another version than before, or with
none at all."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packaging.specifiers import SpecifierSet

from mypi.model import Index, Link
from mypi.names import normalise
from mypi.services import lookup, requirements, search, versions
from mypi.services.access import Access
from mypi.services.search import UsedBy
from mypi.services.versions import Candidate

MAX_LOOKED_AT = 5000
"""Projects whose latest release is read."""

MAX_BROKEN = 1000
"""Projects that need another one whose requirements are tried."""

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
    """Whom ``arriving`` affects, by name, and whether all who may be affected were looked at.

    Requirements of extras are left out: a plain installation does not ask for them.
    """
    if not arriving:
        return (), True
    names = _users(access, target, arriving)
    change = _Change(access, target, arriving)
    affected = [one for name in names[:MAX_LOOKED_AT] for one in change.of(name)]
    return tuple(affected), len(names) <= MAX_LOOKED_AT


def _users(access: Access, target: Index, arriving: Arriving) -> list[str]:
    """Projects that may need what arrives: as the catalogue says, and those it has yet to read."""
    names = set(search.users_of(access, target, list(arriving)))
    for index in lookup.path(access, target):
        names |= search.pending(access.site, index)
    return sorted(names)


def broken_by(access: Access, index: Index, name: str, version: str) -> list[UsedBy]:
    """The projects whose requirement nothing satisfies any more once ``version`` is gone.

    Of the first 1,000 that ``index`` shows and that need the project.
    """
    found = lookup.find(access, index, name)
    if found is None:
        return []
    now = versions.candidates(listed.link for listed in found.links())
    gone = versions.parse(version)
    then = [candidate for candidate in now if candidate.parsed != gone]

    def breaks(one: UsedBy) -> bool:
        wanted = requirements.read(one.requirement)
        if wanted is None or wanted.url is not None:
            return False
        had = versions.best(now, wanted.specifier)
        return had is not None and versions.best(then, wanted.specifier) is None

    users, _total = search.used_by(access, index, name, limit=MAX_BROKEN)
    return [one for one in users if breaks(one)]


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
