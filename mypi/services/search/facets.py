"""How many of the hits have which value of a field: what a search can be narrowed by."""

import heapq
from collections import Counter
from itertools import islice
from typing import Any

from BTrees.IFBTree import intersection

from mypi.model.catalogue import NO_WHEEL, WHEEL, Catalogue

SMALL = ("index", "python", "licence", "status")
"""Fields of few values: all hits are counted."""
LARGE = ("classifier", "keyword")
"""Fields of many values: those of the first hits are counted."""
COUNTED = 500
"""Hits whose values are looked at one by one; also most values of a small field."""
SHOWN = 12
"""Values of a field."""

WHEELS = {"yes": WHEEL, "no": NO_WHEEL}
"""Whether the latest release has a wheel -> how ``status`` says so."""

Facets = dict[str, list[tuple[str, int]]]
"""Field -> values and numbers of hits, the most frequent first."""


def facets(catalogue: Catalogue, found: Any) -> Facets:
    """The facets of the documents ``found``.

    Of more than 500 hits, classifiers and keywords are counted in 500 only.
    """
    first = list(islice(found, COUNTED))
    counted: dict[str, Counter[str]] = {}
    for name in (*SMALL, *LARGE):
        index = catalogue.words[name]
        if name in LARGE or len(first) < COUNTED:
            counted[name] = Counter(
                value for number in first for value in index._rev_index.get(number, ())
            )
        else:
            values = islice(index._fwd_index.items(), COUNTED)
            sizes = ((value, len(intersection(found, having))) for value, having in values)
            counted[name] = Counter({value: size for value, size in sizes if size})
    wheels = {said: counted["status"].pop(word, 0) for said, word in WHEELS.items()}
    counted["wheel"] = Counter({said: count for said, count in wheels.items() if count})
    return {name: _most(count) for name, count in counted.items()}


def _most(count: Counter[str]) -> list[tuple[str, int]]:
    return heapq.nsmallest(SHOWN, count.items(), key=lambda it: (-it[1], it[0]))
