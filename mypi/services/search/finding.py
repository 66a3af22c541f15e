"""Find documents: words and fields become sets of numbers, and these are put in order."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from BTrees.IFBTree import IFSet, difference, intersection, multiunion, union

from mypi.model.catalogue import Catalogue
from mypi.names import normalise
from mypi.services.search import texts
from mypi.services.search.facets import WHEELS
from mypi.services.search.licences import folded
from mypi.services.search.parsing import Query
from mypi.services.search.texts import MAX_EXPANDED, Numbers
from mypi.services.search.visible import Visible


class Finder:
    """Finds what one index shows; made for one query."""

    def __init__(self, catalogue: Catalogue, shown: Visible) -> None:
        self.catalogue = catalogue
        self.shown = shown
        self._holding: dict[str, list[str]] = {}

    def find(self, query: Query) -> Numbers:
        """The documents that have all that is asked for, and nothing that is excluded."""
        found: Numbers = self.shown.all
        for name, values in query.fields.items():
            for value in values:
                found = intersection(found, self.having(name, value))
        words = self._meaningful(query.words)
        for word in words:
            found = intersection(found, self.with_word(word, MAX_EXPANDED // len(words)))
        for phrase in query.phrases:
            found = self._phrase(phrase, found)
        for name, values in query.excluded.items():
            for value in values:
                found = difference(found, self.having(name, value))
        for word in query.without:
            found = difference(found, self.with_text(("short", "long"), word))
        return found

    def having(self, name: str, value: str) -> Numbers:
        """The documents whose field has that value, in any case where case means nothing."""
        if name == "name":
            return self._numbers(self._names_with(normalise(value)))
        if name == "author":
            return texts.having(self.catalogue.texts["author"], value, MAX_EXPANDED)
        if name == "wheel":
            return self.having("status", WHEELS.get(value.casefold(), value))
        if name not in self.catalogue.words:
            return self.shown.all
        index = self.catalogue.words[name]
        wanted = [value]
        if name == "requires":
            wanted = [normalise(value)]
        elif name == "keyword":
            wanted = [value.lower()]
        elif name == "licence":
            same = folded(value).casefold()
            wanted = [it for it in index.unique_values() if folded(it).casefold() == same]
        elif name == "status":
            same = value.casefold()
            wanted = [known for known in index.unique_values() if known.casefold() == same]
        return multiunion([index._fwd_index.get(each, ()) or IFSet() for each in wanted])

    def with_word(self, word: str, expanded: int) -> Numbers:
        """The documents that have a word in name, summary, keywords, people or README."""
        named = self._numbers(self._names_with(normalise(word)))
        return union(named, self.with_text(("short", "long", "author"), word, expanded))

    def with_text(self, fields: Iterable[str], word: str, expanded: int = 0) -> Numbers:
        """The documents that have a word in one of the texts."""
        return multiunion(
            [texts.having(self.catalogue.texts[name], word, expanded) for name in fields]
        )

    def in_order(self, query: Query, found: Numbers, needed: int) -> list[int]:
        """Documents, the best first: ``needed`` of them if there are so many.

        Exact name, beginning of the name, part of the name, keyword, summary, the rest; within
        these by how much the words matter, and last by name.
        """
        order: dict[int, None] = {}
        needed = min(needed, len(found))
        for tier in self._tiers(query, found, needed):
            order.update(dict.fromkeys(number for number in tier() if number in found))
            if len(order) >= needed:
                break
        return list(islice(order, needed))

    def _tiers(
        self, query: Query, found: Numbers, needed: int
    ) -> Iterable[Callable[[], Iterable[int]]]:
        shown = self.shown
        asked = query.words + query.phrases
        if asked:
            words = [normalise(word) for word in asked]
            whole = "-".join(words)
            yield lambda: self._numbered([whole, *words])
            yield lambda: self._numbered(shown.beginning(whole))
            yield lambda: self._numbered(self._names_with(whole))
            yield lambda: self._by_name(self._keyworded(asked), found)
            yield lambda: self._by_weight("short", asked, found, needed)
            yield lambda: self._by_weight("long", asked, found, needed)
        yield lambda: islice((n for n in self._numbered(shown.names) if n in found), needed)

    def _by_weight(
        self, field: str, words: Sequence[str], found: Numbers, needed: int
    ) -> list[int]:
        expanded = MAX_EXPANDED // len(words)
        weights = texts.weighed(self.catalogue.texts[field], words, found, expanded)
        name_of = self.shown.name_of
        best = heapq.nsmallest(
            needed * 2,  # the tiers before may have half of them
            ((-weight, name_of[number], number) for number, weight in weights.items()),
        )
        return [number for _weight, _name, number in best]

    def _by_name(self, numbers: Numbers, found: Numbers) -> list[int]:
        return sorted(intersection(numbers, found), key=self.shown.name_of.__getitem__)

    def _keyworded(self, words: Sequence[str]) -> Numbers:
        return multiunion([self.having("keyword", word) for word in words])

    def _meaningful(self, words: list[str]) -> list[str]:
        """Without words like "the" and "of", which are not indexed, unless there are no others."""
        text = self.catalogue.texts["long"]
        return [word for word in words if texts.parts(text, word)] or words

    def _phrase(self, phrase: str, within: Numbers) -> Numbers:
        return multiunion(
            [
                texts.having_phrase(self.catalogue.texts[name], phrase, within)
                for name in ("short", "long")
            ]
        )

    def _names_with(self, part: str) -> list[str]:
        if part not in self._holding:
            self._holding[part] = self.shown.holding(part)
        return self._holding[part]

    def _numbered(self, names: Iterable[str]) -> Iterable[int]:
        numbers = self.shown.numbers
        return (numbers[name] for name in names if name in numbers)

    def _numbers(self, names: Iterable[str]) -> Numbers:
        return IFSet(self._numbered(names))
