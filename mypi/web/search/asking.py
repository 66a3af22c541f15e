"""What is asked for: the words, what narrows them, and the addresses that ask for it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from mypi.services.search.parsing import MAX_LENGTH

FILTERS = {
    "index": "Index",
    "status": "Status",
    "python": "Python",
    "wheel": "Has wheel",
    "licence": "Licence",
    "classifier": "Classifier",
    "keyword": "Keyword",
}
"""Field that can narrow a search -> what it is called; in the order of the page."""

MAX_FILTERS = 8
MAX_VALUE = 200
"""Characters of a value."""


@dataclass(frozen=True)
class Asked:
    """``text`` is what was typed, ``filters`` are fields with the value each must have."""

    text: str = ""
    filters: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.text and not self.filters

    @property
    def by_field(self) -> Mapping[str, list[str]]:
        """The filters as the service takes them."""
        grouped: dict[str, list[str]] = {}
        for name, value in self.filters:
            grouped.setdefault(name, []).append(value)
        return grouped

    def having(self, name: str, value: str) -> "Asked":
        """The same, narrowed."""
        return Asked(self.text, (*self.filters, (name, value)))

    def without(self, name: str, value: str) -> "Asked":
        """The same, less narrow."""
        return Asked(self.text, tuple(it for it in self.filters if it != (name, value)))

    @property
    def query(self) -> str:
        """The query of its address, with the question mark."""
        return "?" + urlencode([("q", self.text), *self.filters])


def asked(request: Any) -> Asked:
    """What the address asks for; what is too long or too much is cut."""
    chosen = [
        (name, shortened(value, MAX_VALUE))
        for name in FILTERS
        for value in request.GET.getall(name)[:MAX_FILTERS]
    ]
    filters = dict.fromkeys(pair for pair in chosen if pair[1])
    return Asked(shortened(request.GET.get("q", ""), MAX_LENGTH), tuple(filters)[:MAX_FILTERS])


def shortened(text: str, length: int) -> str:
    """``text`` in one line of printable characters."""
    shown = "".join(c if c.isprintable() else " " for c in text[:length])
    return " ".join(shown.split())
