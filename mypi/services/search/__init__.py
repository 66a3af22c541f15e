"""Search an index: what its readers may see, through its bases, each project once.

Everything here reads the catalogue, which follows the journals within a second (``follower``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mypi.model import Index
from mypi.services.access import Access
from mypi.services.search.byfield import classified, fields, projects
from mypi.services.search.facets import Facets, facets
from mypi.services.search.finding import Finder
from mypi.services.search.follower import Follower, Progress, lag, pending, progress, reindex
from mypi.services.search.guessing import meant, near, suggest
from mypi.services.search.hits import Hit, hits
from mypi.services.search.parsing import MAX_LENGTH, MAX_TERMS, parse
from mypi.services.search.relations import UsedBy, used_by, used_by_count, users_of
from mypi.services.search.visible import stamp, visible

__all__ = [
    "Follower",
    "Hit",
    "Progress",
    "Results",
    "UsedBy",
    "classified",
    "fields",
    "lag",
    "near",
    "pending",
    "progress",
    "projects",
    "reindex",
    "search",
    "stamp",
    "suggest",
    "used_by",
    "used_by_count",
    "users_of",
]

DEEPEST = 1_000
"""Hits that can be paged through; who wants more has to ask more closely."""


@dataclass(frozen=True)
class Results:
    """A page of hits, the number of all, what can narrow them, and names that were meant."""

    hits: list[Hit]
    total: int
    facets: Facets = field(default_factory=dict)
    did_you_mean: list[str] = field(default_factory=list)


def search(
    access: Access,
    index: Index,
    text: str,
    *,
    offset: int = 0,
    limit: int = 20,
    filters: Mapping[str, Sequence[str]] | None = None,
) -> Results:
    """The projects that ``text`` asks for, the best first; ``filters`` narrow by fields as well.

    Never fails on what people type; see ``parsing`` for the syntax.
    """
    query = parse(text)
    for name, values in (filters or {}).items():
        some = [value[:MAX_LENGTH] for value in values[:MAX_TERMS]]
        query.fields[name] = [*query.fields.get(name, ()), *some]
    finder = Finder(access.site.catalogue, visible(access, index))
    found = finder.find(query)
    offset = max(0, min(offset, DEEPEST))
    ranked = finder.in_order(query, found, offset + limit)
    total = len(found)
    return Results(
        hits(finder.catalogue, ranked[offset:]),
        total,
        facets(finder.catalogue, found),
        meant(finder.shown, query, total),
    )
