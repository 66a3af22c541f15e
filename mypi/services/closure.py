"""What has to go along with a release, so that it can be installed from where it goes."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from packaging.requirements import Requirement

from mypi.model import Index, Release
from mypi.names import normalise
from mypi.services import lookup, picking, requirements, versions
from mypi.services.access import Access
from mypi.services.picking import Key, Picked, pick
from mypi.services.versions import Candidate
from mypi.services.wanted import Wanted


class _Visit(NamedTuple):
    """A release whose requirements are looked at: those of ``extra``, or (empty) of all."""

    project: str
    release: Release
    extra: str = ""


class Closure:
    """Follows requirements from what was picked; ``picked`` grows, ``missing`` tells in words.

    Whatever the target shows itself, or will show, is followed no further; except into extras that
    were asked for, since nobody may have wanted them there yet.
    """

    def __init__(
        self, access: Access, source: Index, target: Index, picked: dict[Key, Picked]
    ) -> None:
        self.access = access
        self.source = source
        self.target = target
        self.picked = dict(picked)
        self.missing: dict[str, None] = {}
        self._known: dict[tuple[str, str], list[Candidate]] = {}
        self._seen: set[tuple[Key, str]] = set()
        self._waiting: deque[_Visit] = deque()

    def follow(self) -> None:
        """Follow every requirement; raises Refused when there are too many releases."""
        for one in self.picked.values():
            self._visit(one.project.name, one.release, ("",))
        while self._waiting:
            visit = self._waiting.popleft()
            lines = visit.release.fields.get("requires_dist", ())
            for line, requirement in requirements.needed(lines, visit.extra):
                if requirement is None:
                    self._miss(visit, line, "which cannot be read")
                elif requirement.url is None:
                    self._satisfy(visit, line, requirement)

    def _satisfy(self, visit: _Visit, line: str, requirement: Requirement) -> None:
        name = normalise(requirement.name)
        release = self._there(name, requirement)
        if release is None:
            chosen = versions.best(self._candidates(self.source, name), requirement.specifier)
            if chosen is None:
                self._miss(visit, line, f"which {self.source.name} does not have either")
                return
            one = pick(self.access, self.source, Wanted(name, chosen.version))
            picking.add(self.picked, one)
            release = one.release
            self._visit(name, release, ("",))
        self._visit(name, release, sorted(requirement.extras))

    def _there(self, name: str, requirement: Requirement) -> Release | None:
        """What will satisfy ``requirement`` in the target: a release it shows, or one picked."""
        coming = [one for key, one in self.picked.items() if key[0] == name]
        links = [link for one in coming for link in one.links.values()]
        known = [*self._candidates(self.target, name), *versions.candidates(links)]
        known.sort(key=lambda candidate: candidate.parsed, reverse=True)
        chosen = versions.best(known, requirement.specifier)
        if chosen is None:
            return None
        for one in coming:
            if one.release.version == chosen.version:
                return one.release
        return pick(self.access, self.target, Wanted(name, chosen.version)).release

    def _candidates(self, index: Index, name: str) -> list[Candidate]:
        if (index.name, name) not in self._known:
            found = lookup.find(self.access, index, name)
            links = [listed.link for listed in found.links()] if found is not None else []
            self._known[index.name, name] = versions.candidates(links)
        return self._known[index.name, name]

    def _visit(self, project: str, release: Release, extras: Iterable[str]) -> None:
        for extra in extras:
            place = ((normalise(project), release.version), normalise(extra))
            if place not in self._seen:
                self._seen.add(place)
                self._waiting.append(_Visit(project, release, extra))

    def _miss(self, visit: _Visit, line: str, why: str) -> None:
        extra = f"[{visit.extra}]" if visit.extra else ""
        self.missing[
            f"{visit.project}{extra} {visit.release.version} requires {line[:200]}, {why}."
        ] = None
