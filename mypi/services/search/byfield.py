"""Projects by their fields, without words that are weighed: for old clients, and for lists."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from BTrees.IFBTree import IFSet, intersection, multiunion
from packaging.version import Version

from mypi.model import Index
from mypi.names import normalise
from mypi.services.access import Access
from mypi.services.search.documents import address_words
from mypi.services.search.finding import Finder
from mypi.services.search.hits import Hit, hits
from mypi.services.search.parsing import MAX_LENGTH, MAX_TERMS, Query, parse
from mypi.services.search.visible import visible


def classified(access: Access, index: Index, classifiers: Sequence[str]) -> list[tuple[str, str]]:
    """Name and version of the projects whose latest release has all of the classifiers."""
    finder = Finder(access.site.catalogue, visible(access, index))
    found: Any = finder.shown.all if classifiers else IFSet()
    for one in classifiers:
        found = intersection(found, finder.having("classifier", one))
    numbers = sorted(found, key=finder.shown.name_of.__getitem__)
    return [(hit.name, hit.version) for hit in hits(finder.catalogue, numbers)]


def fields(
    access: Access,
    index: Index,
    spec: Mapping[str, Sequence[str]],
    operator: str,
    limit: int = 100,
) -> list[Hit]:
    """Projects by the fields of XML-RPC's ``search``: any value of a field, all or any field.

    Fields that are not known do not count.  Where a version is asked for, there is a hit for each
    release of that version; otherwise one for the latest release of each project.
    """
    finder = Finder(access.site.catalogue, visible(access, index))
    known = {name: values[:MAX_TERMS] for name, values in spec.items() if name in _FIELDS}
    sets = [_any_of(finder, name, values) for name, values in known.items()]
    found: Any = multiunion(sets)
    if operator != "or":
        for one in sets:
            found = intersection(found, one)
    words = [
        word
        for name, values in known.items()
        if name not in _BY_WORDS and name != "version"
        for value in values
        for word in parse(value).words
    ]
    query = Query(words=list(dict.fromkeys(words))[:MAX_TERMS])
    numbers = finder.in_order(query, found, limit)
    return _with_versions(finder, numbers, known.get("version", ()))[:limit]


def projects(
    access: Access,
    index: Index,
    *,
    order: str = "name",
    prefix: str = "",
    offset: int = 0,
    limit: int = 100,
    wanted: Sequence[str] = (),
) -> tuple[list[Hit], int]:
    """A page of all projects whose names begin with ``prefix``, and the number of them.

    ``order`` is name, newest (uploaded last), or downloads: first the normal names ``wanted``, as
    they come, then all others by name.
    """
    catalogue, shown = access.site.catalogue, visible(access, index)
    names = shown.beginning(normalise(prefix))
    if order == "name":
        numbers = [shown.numbers[name] for name in names[offset : offset + limit]]
    elif not names or not limit:
        numbers = []
    elif order == "downloads":
        first = dict.fromkeys(it for it in wanted if it in shown.numbers and it.startswith(prefix))
        others = (name for name in names if name not in first)
        listed = islice(chain(first, others), offset, offset + limit)
        numbers = [shown.numbers[name] for name in listed]
    else:
        some = multiunion([shown.numbers[name] for name in names]) if prefix else shown.all
        newest = catalogue.uploaded.sort(some, reverse=True, limit=offset + limit)
        numbers = list(newest)[offset:]
    return hits(catalogue, numbers), len(names)


_FIELDS = {
    "name": "name",
    "summary": "short",
    "keywords": "keyword",
    "description": "long",
    "author": "author",
    "author_email": "author",
    "maintainer": "author",
    "maintainer_email": "author",
    "license": "licence",
    "version": "version",
    "home_page": "home_page",
    "platform": "platform",
    "download_url": "download_url",
}
"""Field of XML-RPC's search -> ours."""
_BY_WORDS = ("home_page", "platform", "download_url")
"""Fields of which all words of a value must be there, in any order."""


def _any_of(finder: Finder, name: str, values: Sequence[str]) -> Any:
    """The documents that have any of the values."""
    field = _FIELDS[name]
    found = [_having(finder, field, value[:MAX_LENGTH]) for value in values]
    return intersection(multiunion(found), finder.shown.all)


def _having(finder: Finder, field: str, value: str) -> Any:
    if field in ("short", "long"):
        return finder.with_text([field], value, MAX_TERMS)
    if field not in (*_BY_WORDS, "version"):
        return finder.having(field, value)
    if field not in finder.catalogue.words:  # a catalogue of an older form: see Catalogue.widen
        return IFSet()
    if field == "version":
        return multiunion([finder.having(field, it) for it in _spellings(value)])
    words = address_words(value)
    found: Any = finder.having(field, words[0]) if words else IFSet()
    for word in words[1:]:
        found = intersection(found, finder.having(field, word))
    return found


def _spellings(version: str) -> list[str]:
    """A version as it was given, and as tools write it."""
    try:
        return list(dict.fromkeys([version, str(Version(version))]))
    except ValueError:  # no version, or a number of more digits than Python reads
        return [version]


def _with_versions(finder: Finder, numbers: list[int], versions: Sequence[str]) -> list[Hit]:
    """Hits for those of the versions that a document has, or for its latest release."""
    index = finder.catalogue.words.get("version")
    asked = dict.fromkeys(it for value in versions for it in _spellings(value[:MAX_LENGTH]))
    found = []
    for number, hit in zip(numbers, hits(finder.catalogue, numbers), strict=True):
        held = index._rev_index.get(number, ()) if asked and index is not None else ()
        there = [version for version in asked if version in held] or [hit.version]
        found += [replace(hit, version=version) for version in there]
    return found
