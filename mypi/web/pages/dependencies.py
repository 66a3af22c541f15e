"""What a release needs, by extra, and which of it this index could install."""

from datetime import date
from functools import cache
from typing import Any, NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mypi.services import lookup, versions
from mypi.services.lookup import Found
from mypi.services.versions import Candidate
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import plural
from mypi.web.pages import said
from mypi.web.pages.project import Seen
from mypi.web.resources import OfProject

MAX_LOOKED_AT = 100
"""Requirements whose project is looked up; the others are listed as they are written."""

HERE, MISSING, UNFIT, OUTDATED = "here", "not here", "no version fits", "newer exists"


class Need(NamedTuple):
    """A requirement; ``state`` is one of the words above, ``best`` the version it gets here."""

    name: str
    address: str
    rest: str
    marker: str
    state: str
    best: str
    newest: str
    held_by: str


class Group(NamedTuple):
    """Requirements of one extra; without a name: those of every installation."""

    extra: str
    needs: list[Need]


class Known(NamedTuple):
    """A project that is required, its versions, and the newest of them."""

    found: Found
    candidates: list[Candidate]
    newest: Candidate | None


def values(context: OfProject, seen: Seen, here: Addresses, today: date) -> dict[str, Any]:
    """What the page shows."""
    left = [MAX_LOOKED_AT]

    def need(it: said.Dependency) -> Need:
        left[0] -= 1
        return _need(known(it.name), it, here, context) if left[0] >= 0 else _unread(it)

    @cache
    def known(name: str) -> Known | None:
        found = lookup.find(context.access, context.index, name) if name else None
        if found is None:
            return None
        candidates = versions.candidates(listed.link for listed in found.links())
        return Known(found, candidates, versions.latest(candidates))

    listed = said.dependencies(seen.release.fields, lambda name: "")
    groups = [Group(extra, [need(it) for it in needs]) for extra, needs in listed]
    states = [it.state for group in groups for it in group.needs]
    return {
        "groups": groups,
        "total": plural(len(states), "requirement"),
        "missing": states.count(MISSING),
        "unfit": states.count(UNFIT),
        "is_cut": left[0] < 0,
        "looked_at": MAX_LOOKED_AT,
        "page": here.release(context.found.project.name, seen.release.version),
    }


def _need(known: Known | None, it: said.Dependency, here: Addresses, context: OfProject) -> Need:
    if known is None:
        return _unread(it)._replace(state=MISSING if it.name else "")
    found, candidates, newest = known
    best = versions.best(candidates, _specifier(it.specifier))
    state = HERE
    if best is None:
        state = UNFIT
    elif newest is not None and newest.parsed > best.parsed:
        state = OUTDATED
    held_by = found.index.name
    return _unread(it)._replace(
        address=here.project(found.project.name),
        state=state,
        best=best.version if best else "",
        newest=newest.version if newest else "",
        held_by=held_by if held_by != context.index.name else "",
    )


def _unread(it: said.Dependency) -> Need:
    return Need(it.name, "", it.rest, it.marker, "", "", "", "")


def _specifier(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return SpecifierSet()
