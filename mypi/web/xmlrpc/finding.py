"""Methods that find projects: by words, as ``pip search`` does, and by classifiers."""

from typing import Any

import msgspec

from mypi.services import search as searching
from mypi.web.xmlrpc.asking import Asked
from mypi.web.xmlrpc.wire import WRONG_ARGUMENTS, Fault

FIELDS = frozenset(
    """
    name version summary description keywords author author_email maintainer maintainer_email
    license home_page platform download_url
    """.split()
)
"""What a search may name; other fields are passed over."""
MAX_HITS = 100
MAX_WORDS = 16
"""Of one field."""
MAX_CLASSIFIERS = 100


def search(asked: Asked, spec: dict[str, Any], operator: str = "and") -> list[dict[str, Any]]:
    """Projects whose fields hold what ``spec`` says, best first; a list means any of them."""
    if operator not in ("and", "or"):
        raise ValueError("Invalid operator, must be one of 'and' or 'or'.")
    wanted = {field: _words(value) for field, value in spec.items() if field in FIELDS}
    wanted = {field: words for field, words in wanted.items() if words}
    if any(len(words) > MAX_WORDS for words in wanted.values()):
        raise ValueError(f"A search may have {MAX_WORDS} words a field.")
    if not wanted:
        return []
    hits = searching.fields(asked.access, asked.index, wanted, operator, limit=MAX_HITS)
    # pip 1.5 shows the greatest of these first.
    return [
        {
            "name": hit.name,
            "version": hit.version,
            "summary": hit.summary,
            "_pypi_ordering": len(hits) - place,
        }
        for place, hit in enumerate(hits)
    ]


def browse(asked: Asked, classifiers: list[str]) -> list[list[str]]:
    """Pairs of a name and a version: the projects that have all of these classifiers."""
    if len(classifiers) > MAX_CLASSIFIERS:
        raise ValueError(f"{MAX_CLASSIFIERS} classifiers at most.")
    if not classifiers:
        return []
    return [list(it) for it in searching.classified(asked.access, asked.index, classifiers)]


def _words(value: Any) -> list[str]:
    try:
        words = msgspec.convert(value, str | list[str])
    except msgspec.ValidationError as error:
        raise Fault(WRONG_ARGUMENTS, f"client error; a field of the search: {error}") from None
    return [words] if isinstance(words, str) else words


METHODS = (search, browse)
