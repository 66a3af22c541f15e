"""Where promoted files came from, as far as the reader may know."""

from datetime import date
from typing import NamedTuple

from mypi.model import Release
from mypi.services.access import Access
from mypi.web.frame.words import Moment, moment


class Provenance(NamedTuple):
    """One promotion that files of a release came by; ``came_from`` is empty if it is private."""

    came_from: str
    by: str
    when: Moment
    note: str


def of_release(access: Access, release: Release, today: date) -> list[Provenance]:
    """The promotions, newest first."""
    origins = {file.origin for file in release.files.values() if file.origin is not None}
    found: dict[Provenance, float] = {}
    for origin in origins:
        visible = access.index(origin.came_from) is not None
        told = Provenance(
            origin.came_from if visible else "",
            origin.by,
            moment(origin.when, today),
            origin.note if visible else "",
        )
        found[told] = origin.when
    return sorted(found, key=lambda it: found[it], reverse=True)


def badges(origins: list[Provenance]) -> list[str]:
    """``promoted from incubator``."""
    names = dict.fromkeys(f"promoted from {it.came_from}" for it in origins if it.came_from)
    return list(names) or (["promoted"] if origins else [])
