"""Words in the text indexes: which documents have them, and how much they matter there.

Which documents match is found by sets alone; weights, which cost more, are only reckoned for as
many documents as a page of hits may need.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from BTrees.IFBTree import (
    IFBucket,
    IFSet,
    intersection,
    multiunion,
    weightedIntersection,
    weightedUnion,
)
from hypatia.text import widcode
from hypatia.text.okapiindex import inverse_doc_frequency, score

Numbers = Any
"""A set of documents: IFSet or IFTreeSet."""

SHORTEST_PREFIX = 3
"""Characters: shorter beginnings would bring half the dictionary."""
MAX_EXPANDED = 200
"""Words of the dictionary that all beginnings of one query together stand for."""
MAX_WEIGHED = 20_000
"""Occurrences of words that are weighed for one query; then the weights are as they are."""
MAX_READ = 1_000
"""Documents that have all words of a phrase, in which the phrase is looked for."""


def parts(text: Any, word: str) -> list[str]:
    """What a word is cut into, as READMEs are; nothing of words like "the" and "of"."""
    found = [word]
    for element in text.lexicon._pipeline:
        found = element.process(found)
    return [part.strip("_") for part in found if part.strip("_")]


def having(text: Any, word: str, expanded: int = 0) -> Numbers:
    """The documents that have all parts of a word (``a-b`` has two).

    With ``expanded`` also those with words that begin with the last part, at most so many words.
    """
    some = parts(text, word)
    if not some:
        return IFSet()
    *whole, last = some
    found = multiunion([_counts(text, wid) for wid in _ids(text, last, expanded)])
    for part in whole:
        found = intersection(found, _counts(text, text.lexicon.get_wid(part)))
    return found


def having_phrase(text: Any, phrase: str, within: Numbers) -> Numbers:
    """The documents of ``within`` that have these words, one after the other."""
    wids = [text.lexicon.get_wid(part) for part in parts(text, phrase)]
    if not wids or 0 in wids:
        return IFSet()
    for wid in wids:
        within = intersection(within, _counts(text, wid))
    code, words = widcode.encode(wids), text.index._docwords
    return IFSet(number for number in islice(within, MAX_READ) if code in words[number])


def weighed(text: Any, words: Sequence[str], found: Numbers, expanded: int = 0) -> Any:
    """Number -> weight (Okapi BM25), of those ``found`` that have some of the words."""
    left, total = MAX_WEIGHED, IFBucket()
    for word in words:
        some = parts(text, word)
        for part in some:
            for wid in _ids(text, part, expanded if part == some[-1] else 0):
                weights = _weights(text, wid, found)
                factor = 2.0 if text.lexicon.get_word(wid) == part else 1.0
                _, total = weightedUnion(total, weights, 1.0, factor)
                left -= len(weights)
                if left <= 0:
                    return total
    return total


def _weights(text: Any, wid: int, found: Numbers) -> Any:
    okapi, counts = text.index, _counts(text, wid)
    number = float(okapi.indexed_count())
    _, ours = weightedIntersection(counts, found, 1.0, 0.0)
    frequency = inverse_doc_frequency(max(len(counts), 1), number)
    weights = IFBucket()
    score(weights, list(ours.items()), okapi._docweight, frequency, okapi._totaldoclen() / number)
    return weights


def _ids(text: Any, part: str, expanded: int) -> Iterator[int]:
    """The number of the word itself first, then of those that begin so."""
    itself = text.lexicon.get_wid(part)
    if itself:
        yield itself
    if len(part) >= SHORTEST_PREFIX:
        longer = text.lexicon._wids.values(part, part + "\U0010ffff", excludemin=True)
        yield from islice(longer, expanded)


def _counts(text: Any, wid: int) -> Any:
    """Number of a document -> how often it has the word."""
    known = text.index._wordinfo.get(wid, {})
    return IFBucket(known) if isinstance(known, dict) else known
