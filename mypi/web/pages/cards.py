"""The indexes of a site as cards: where they stand, who may do what, whether files may change."""

from typing import NamedTuple

from mypi.model import Index
from mypi.permissions import EVERYONE, USERS
from mypi.services import lookup
from mypi.services.access import Access, grants
from mypi.sizes import size_in_words
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import plural


class Card(NamedTuple):
    """An index: ``path`` are its bases, ``who`` is a sentence on readers and publishers."""

    name: str
    title: str
    address: str
    path: list[str]
    who: str
    volatile: bool
    frozen: bool
    size: str
    current: bool


def of(access: Access, current: Index, default: str, here: Addresses) -> list[Card]:
    """All indexes that the reader may see, the default one first."""
    indexes = sorted(access.indexes(), key=lambda it: (it.name != default, it.name))
    return [_card(access, it, it is current, it.name == default, here) for it in indexes]


def _card(access: Access, index: Index, current: bool, default: bool, here: Addresses) -> Card:
    policy = index.policy
    size = f", {size_in_words(index.size())}" if index.size() else ""
    return Card(
        index.name,
        policy.title if policy.title != index.name else "",
        f"{here.root}/" if default else f"{here.root}/+{index.name}/",
        [base.name for base in lookup.path(access, index)[1:]],
        who(access, index),
        policy.volatile,
        policy.frozen,
        plural(index.count(), "project") + size,
        current,
    )


def who(access: Access, index: Index) -> str:
    """``Everyone may install; you may publish``; others are not named to who does not manage it."""
    given = grants(index, is_open=access.is_open)
    readers, uploaders = (_people(given[it]) for it in ("read", "upload"))
    if readers == uploaders:
        return f"{readers} may install and publish."
    you = " (you, too)" if access.may("upload", index) and EVERYONE not in given["upload"] else ""
    return f"{readers} may install; {uploaders[:1].lower()}{uploaders[1:]} may publish{you}."


def _people(principals: tuple[str, ...]) -> str:
    if EVERYONE in principals:
        return "Everyone who reaches this server"
    if USERS in principals:
        return "Whoever is logged in"
    return "Some people" if principals else "Only administrators"
