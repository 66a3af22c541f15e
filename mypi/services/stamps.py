"""Stamps: what an answer was made from, and as of when.  Equal stamps: equal answers."""

from collections.abc import Hashable
from typing import Any, NamedTuple


class Moment(NamedTuple):
    """The part of a stamp that changes: of keys that differ in it alone the newest is wanted."""

    value: Hashable


Stamp = tuple[Hashable, ...]
"""Object ids, each with the ZODB serial as its moment."""


def stamp_of(*nouns: Any) -> Stamp:
    """Object id and serial of persistent objects; both must have been loaded."""
    stamp: Stamp = ()
    for noun in nouns:
        noun._p_activate()
        stamp += (noun._p_oid, Moment(noun._p_serial))
    return stamp


def timeless(key: Hashable) -> Hashable:
    """What a key names, whatever the moment: ``key`` without its moments, at any depth."""
    if isinstance(key, Moment):
        return None
    return tuple(map(timeless, key)) if isinstance(key, tuple) else key
