"""What people type into the search box.

``words "a phrase" -without name:part requires:six author:ada classifier:"Framework :: Pyramid"
keyword:web python:3.12 licence:MIT status:yanked``.  Nothing that can be typed is an error.
"""

import re
from dataclasses import dataclass, field

MAX_LENGTH = 500
"""Characters that are read."""
MAX_TERMS = 16

FIELDS = {
    "name": "name",
    "author": "author",
    "requires": "requires",
    "classifier": "classifier",
    "keyword": "keyword",
    "python": "python",
    "licence": "licence",
    "license": "licence",
    "status": "status",
    "wheel": "wheel",
}
"""Word before the colon -> field."""

_TERM = re.compile(
    r'(?P<minus>-?)(?:(?P<field>[a-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)


@dataclass
class Query:
    """What is wanted: words, phrases, values of fields; and what is not."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    excluded: dict[str, list[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words alone."""
        return " ".join(self.words + self.phrases)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.words or self.phrases or self.without or self.fields or self.excluded)


def parse(text: str) -> Query:
    """Read a query; what is too long is cut."""
    query = Query()
    for count, match in enumerate(_TERM.finditer(_clean(text))):
        if count == MAX_TERMS:
            break
        _take(query, match)
    return query


def _take(query: Query, match: "re.Match[str]") -> None:
    minus, name, phrase, word = match.group("minus", "field", "phrase", "word")
    value = (phrase if phrase is not None else word).strip()
    known = FIELDS.get(name or "")
    if name and known is None:  # http://host, python::3: words like others
        value = f"{name} {value}"
    if not any(c.isalnum() for c in value):
        return
    if known is not None:
        kept = query.excluded if minus else query.fields
        kept.setdefault(known, []).append(value)
    elif minus:
        query.without.append(value)
    elif phrase is not None:
        query.phrases.append(value)
    else:
        query.words.append(value)


def _clean(text: str) -> str:
    """Without what cannot be seen, and without the asterisks of those who know other searches."""
    return "".join(c if c.isprintable() and c not in "*?" else " " for c in text[:MAX_LENGTH])
