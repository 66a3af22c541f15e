"""What is derived from the journals, for searching: it can be thrown away and made again.

One document for each project of each index: its latest release.  A document is a number; indexes of
hypatia find numbers, and a card tells what a list shows of them without loading a project.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree
from persistent import Persistent

from mypi.model.compact import Narrow, Wide, field_index, keyword_index, text_index
from mypi.model.journal import Journal


class Followed(Persistent):
    """How far one journal has been followed.

    ``serial`` is that of the last entry that counted; ``serials`` maps the normal name of a project
    to the serial of the last entry about it, up to there.  While the catalogue is filled for the
    first time, ``filled`` is the last project that it has, and None when that is done; ``taken`` is
    the number of projects until then.
    """

    filled: str | None = ""
    taken = 0

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.serial = 0
        self.serials = OOBTree()


class Card(NamedTuple):
    """What a list shows of a project; stored as a plain tuple.

    ``held_by`` names the index; ``uploaded`` is seconds since the epoch; ``has_files`` is False for
    what was only registered.
    """

    held_by: str
    normal: str
    name: str
    version: str
    summary: str
    uploaded: float
    licence: str
    requires_python: str
    keywords: tuple[str, ...]
    badges: tuple[str, ...]
    has_files: bool


@dataclass(frozen=True)
class Document:
    """A project as the indexes take it; the names of the fields are those of the indexes.

    ``short`` are the words of name, summary, keywords and people, ``long`` those of the README.
    ``version`` are those of all releases; of the last three there are the words, in small letters.
    ``releases`` and ``files`` are how many the project has.
    """

    card: Card
    short: str
    long: str
    author: str
    index: Sequence[str]
    keyword: Sequence[str]
    classifier: Sequence[str]
    requires: Sequence[str]
    python: Sequence[str]
    licence: Sequence[str]
    status: Sequence[str]
    uploaded: float
    version: Sequence[str] = ()
    home_page: Sequence[str] = ()
    platform: Sequence[str] = ()
    download_url: Sequence[str] = ()
    releases: int = 0
    files: int = 0


TEXTS = ("short", "long", "author")
WORDS = (
    *("index", "keyword", "classifier", "requires", "python", "licence", "status"),
    *("version", "home_page", "platform", "download_url"),
)
WHEEL, NO_WHEEL = "wheel", "no wheel"
"""What is said of its latest release, among the words of ``status``."""
FORM = 2
"""What a document is made of; a catalogue of an older form is filled once more."""


class Catalogue(Persistent):
    """``followed`` is by name of the index; ``changes`` stamps answers that are made from here.

    ``numbers`` maps (index, normal name) to a document's number, ``cards`` the number to a Card;
    ``texts`` and ``words`` are indexes by name of the field, ``uploaded`` sorts by time.
    ``members`` changes when a document comes or goes, or gets its first file: what tables of names
    depend on.  ``marks`` tells which texts the indexes have: only what changed is written.
    ``counts`` has releases and files of each document, ``sums`` those of each index by name; the
    cards have not, since an older process could not read them.  ``form`` is the FORM of its
    documents.
    """

    form = 1

    def __init__(self) -> None:
        self.form = FORM
        self.counts, self.sums = Narrow(), OOBTree()
        self.followed = OOBTree()
        self.changes = Length()
        self.members = Length()
        self.numbers = OOBTree()
        self.cards = Wide()
        self.texts = OOBTree({name: text_index(name) for name in TEXTS})
        self.words = OOBTree({name: keyword_index(name) for name in WORDS})
        self.uploaded = field_index("uploaded")
        self.marks = Narrow()

    def widen(self) -> None:
        """Bring a catalogue of an older form to this one; what it has can be found meanwhile."""
        for name in WORDS:
            if name not in self.words:
                self.words[name] = keyword_index(name)
        self.counts, self.sums = Narrow(), OOBTree()
        for followed in self.followed.values():
            followed.filled, followed.taken = "", 0
        self.form = FORM

    def put(self, document: Document) -> None:
        """Add a document, or bring it up to date; texts that stayed the same are not written."""
        number, before = self._place(document.card)
        if before != tuple(document.card):
            self.cards[number] = tuple(document.card)
        self._count(number, document.card.held_by, (document.releases, document.files))
        if before is None or Card(*before).has_files != document.card.has_files:
            self.members.change(1)
        marks = tuple(_mark(getattr(document, name)) for name in TEXTS)
        known = self.marks.get(number, (b"",) * len(TEXTS))
        for name, mark, old in zip(TEXTS, marks, known, strict=True):
            if mark != old:
                self.texts[name].index_doc(number, document)
        if marks != known:
            self.marks[number] = marks
        for index in (*self.words.values(), self.uploaded):
            index.index_doc(number, document)
        self.changes.change(1)

    def drop(self, index: str, normal: str) -> None:
        """Forget a project, if it is known."""
        number = self.numbers.pop((index, normal), None)
        if number is not None:
            self._count(number, index, (0, 0))
            del self.cards[number]
            del self.marks[number]
            for each in (*self.texts.values(), *self.words.values(), self.uploaded):
                each.unindex_doc(number)
            self.members.change(1)
            self.changes.change(1)

    def names(self, index: str) -> list[str]:
        """The normal names of the documents of an index, sorted."""
        return [name for _, name in self.numbers.keys((index, ""), (index, "\x7f"))]

    def card(self, number: int) -> Card:
        """The card of a document."""
        return Card(*self.cards[number])

    def numbers_of(self, index: str) -> tuple[int, int]:
        """How many releases and files an index holds; a moment behind."""
        if self.form < FORM:
            return 0, 0
        found: tuple[int, int] = self.sums.get(index, (0, 0))
        return found

    def _count(self, number: int, index: str, counts: tuple[int, int]) -> None:
        """Bring the sums up to date with a document's releases and files."""
        before = self.counts.get(number, (0, 0))
        if counts == before:
            return
        known = self.sums.get(index, (0, 0))
        sums = tuple(old - gone + now for old, gone, now in zip(known, before, counts, strict=True))
        for tree, key, pair in ((self.counts, number, counts), (self.sums, index, sums)):
            if any(pair):
                tree[key] = pair
            else:
                tree.pop(key, None)

    def _place(self, card: Card) -> tuple[int, tuple[Any, ...] | None]:
        """The number of a document, and the card that it had until now."""
        place = (card.held_by, card.normal)
        number = self.numbers.get(place)
        if number is None:
            number = self.numbers[place] = self.cards.maxKey() + 1 if self.cards else 1
        return number, self.cards.get(number)


def _mark(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest()
