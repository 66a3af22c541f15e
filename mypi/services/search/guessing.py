"""Names that may be meant: while one types, and where a name was misspelt."""

import heapq

from mypi.model import Index
from mypi.names import normalise
from mypi.services.access import Access
from mypi.services.search.hits import Hit, hits
from mypi.services.search.parsing import Query
from mypi.services.search.visible import Visible, visible

MAX_NAME = 100
"""Characters of a name that others are compared with."""
ALIKE = 0.66
"""Likeness, 1.0 is equal, from which a name counts as meant: one letter of three may be wrong, or
two that follow each other be swapped (optimal string alignment)."""


def suggest(access: Access, index: Index, text: str, limit: int = 8) -> list[Hit]:
    """Projects by the name that is being typed: exact, beginning so, holding it, much like it."""
    shown = visible(access, index)
    typed = normalise(text.strip()[:MAX_NAME])
    if not typed:
        return []
    names = dict.fromkeys([typed] if typed in shown.numbers else [])
    names.update(dict.fromkeys(heapq.nsmallest(limit, shown.beginning(typed), key=len)))
    if len(names) < limit:
        names.update(dict.fromkeys(shown.holding(typed)[:limit]))
    if len(names) < limit:
        names.update(dict.fromkeys(_alike(shown, typed, limit)))
    return hits(access.site.catalogue, [shown.numbers[name] for name in list(names)[:limit]])


def near(access: Access, index: Index, name: str, limit: int = 5) -> list[str]:
    """Names of projects much like a misspelt one, the nearest first."""
    catalogue, shown = access.site.catalogue, visible(access, index)
    alike = _alike(shown, normalise(name[:MAX_NAME]), limit)
    return [catalogue.card(shown.numbers[each]).name for each in alike]


def meant(shown: Visible, query: Query, total: int) -> list[str]:
    """Names much like the words, when these name nothing and find little."""
    name = normalise("-".join(query.words))[:MAX_NAME]
    if not name or name in shown.numbers or total > 5 or shown.beginning(name, 1):
        return []
    return _alike(shown, name, 3)


def _alike(shown: Visible, name: str, limit: int) -> list[str]:
    if not name:
        return []
    from rapidfuzz import process  # 3 MiB, for the first who misspells a name
    from rapidfuzz.distance import OSA

    found = process.extract(
        name, shown.names, scorer=OSA.normalized_similarity, limit=limit, score_cutoff=ALIKE
    )
    return [each for each, _score, _position in found]
