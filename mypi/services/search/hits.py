"""What a list shows of a project."""

from collections.abc import Sequence
from dataclasses import dataclass

from mypi.model.catalogue import Catalogue


@dataclass(frozen=True)
class Hit:
    """A project as a list shows it; ``uploaded`` is seconds since the epoch."""

    index: str
    name: str
    version: str
    summary: str
    uploaded: float
    licence: str
    badges: tuple[str, ...]
    requires_python: str
    keywords: tuple[str, ...]


def hits(catalogue: Catalogue, numbers: Sequence[int]) -> list[Hit]:
    """The documents of those numbers, as hits."""
    cards = [catalogue.card(number) for number in numbers]
    return [
        Hit(
            it.held_by,
            it.name,
            it.version,
            it.summary,
            it.uploaded,
            it.licence,
            it.badges,
            it.requires_python,
            it.keywords,
        )
        for it in cards
    ]
