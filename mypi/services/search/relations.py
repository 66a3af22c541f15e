"""Which projects need which: the catalogue knows what the latest releases require."""

from dataclasses import dataclass

from mypi.errors import Missing
from mypi.model import Index
from mypi.names import normalise
from mypi.services import lookup, requirements
from mypi.services.access import Access
from mypi.services.search.visible import Visible, visible


@dataclass(frozen=True)
class UsedBy:
    """A project whose latest release needs another one: with that line of its metadata."""

    index: str
    name: str
    version: str
    requirement: str


def used_by(
    access: Access, index: Index, name: str, *, offset: int = 0, limit: int = 100
) -> tuple[list[UsedBy], int]:
    """The projects that ``index`` shows and that need ``name``, by name, and how many they are."""
    names = _using(access, index, name)
    normal = normalise(name)
    found = [_used_by(access, index, each, normal) for each in names[offset : offset + limit]]
    return [one for one in found if one is not None], len(names)


def used_by_count(access: Access, index: Index, name: str) -> int:
    """How many projects that ``index`` shows need ``name``."""
    return len(_using(access, index, name))


def users_of(access: Access, index: Index, names: list[str]) -> list[str]:
    """The normal names of the projects that need any of ``names``, sorted."""
    return sorted({each for name in names for each in _using(access, index, name)})


def _using(access: Access, index: Index, name: str) -> list[str]:
    shown: Visible = visible(access, index)
    having = access.site.catalogue.words["requires"]._fwd_index.get(normalise(name), ())
    return sorted(shown.name_of[number] for number in having if number in shown.name_of)


def _used_by(access: Access, index: Index, user: str, needed: str) -> UsedBy | None:
    """The line by which ``user`` needs ``needed``, preferably one that is always needed."""
    shown = visible(access, index)
    card = access.site.catalogue.card(shown.numbers[user])
    found = lookup.find(access, index, user)
    if found is None or not card.version:
        return None
    try:
        fields = lookup.release(found, card.version).fields
    except Missing:  # deleted a moment ago
        return None
    lines = [
        line
        for line in fields.get("requires_dist") or ()
        if normalise(requirements.name_in(line)) == needed
    ]
    always = [line for line, _requirement in requirements.needed(lines)]
    return UsedBy(card.held_by, card.name, card.version, (always or lines or [""])[0])
