"""Which parts of a text are what was searched for: told as pieces, never as HTML."""

import re
from typing import NamedTuple

from mypi.services.search.parsing import Query

_SEPARATORS = re.compile(r"[-_.\s]+")


class Piece(NamedTuple):
    """A part of a text; ``marked`` if it is what was searched for."""

    text: str
    marked: bool


def pattern(query: Query) -> re.Pattern[str] | None:
    """Matches what ``query`` asks for, the longest first; None when it asks for no words."""
    terms = [*query.words, *query.phrases, *query.fields.get("name", ())]
    written = {_written(term) for term in terms} - {""}
    if not written:
        return None
    return re.compile("|".join(sorted(written, key=lambda it: (-len(it), it))), re.IGNORECASE)


def pieces(text: str, wanted: re.Pattern[str] | None) -> list[Piece]:
    """``text``, cut where it matches and where the match ends."""
    if wanted is None:
        return [Piece(text, False)] if text else []
    found: list[Piece] = []
    place = 0
    for match in wanted.finditer(text):
        if match.start() > place:
            found.append(Piece(text[place : match.start()], False))
        found.append(Piece(match.group(), True))
        place = match.end()
    return [*found, Piece(text[place:], False)] if place < len(text) else found


def _written(term: str) -> str:
    """``term`` as a pattern; a separator of names stands for any."""
    parts = [re.escape(part) for part in _SEPARATORS.split(term) if part]
    return r"[-_.\s]".join(parts)
