"""Projects by their fields, without words that are weighed: for old clients, and for lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from BTrees.IFBTree import IFSet, intersection, multiunion

from mypi.model import Index
from mypi.names import normalise
from mypi.services.access import Access
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

    Fields that are not known do not count.
    """
    finder = Finder(access.site.catalogue, visible(access, index))
    sets = [_any_of(finder, name, values[:MAX_TERMS]) for name, values in spec.items()]
    sets = [one for one in sets if one is not None]
    found: Any = multiunion(sets)
    if operator != "or":
        for one in sets:
            found = intersection(found, one)
    words = [word for values in spec.values() for value in values for word in parse(value).words]
    query = Query(words=list(dict.fromkeys(words))[:MAX_TERMS])
    return hits(finder.catalogue, finder.in_order(query, found, limit))


def projects(
    access: Access,
    index: Index,
    *,
    order: str = "name",
    prefix: str = "",
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[Hit], int]:
    """A page of all projects whose names begin with ``prefix``, and the number of them.

    ``order`` is name, or newest: uploaded last.
    """
    catalogue, shown = access.site.catalogue, visible(access, index)
    names = shown.beginning(normalise(prefix))
    if order == "name":
        numbers = [shown.numbers[name] for name in names[offset : offset + limit]]
    elif not names or not limit:
        numbers = []
    else:
        wanted = multiunion([shown.numbers[name] for name in names]) if prefix else shown.all
        newest = catalogue.uploaded.sort(wanted, reverse=True, limit=offset + limit)
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
}
"""Field of XML-RPC's search -> ours.  Home page, platform and download URL are not searched."""


def _any_of(finder: Finder, name: str, values: Sequence[str]) -> Any:
    """The documents that have any of the values; None for a field that is not searched."""
    field_name = _FIELDS.get(name)
    if field_name is None:
        return None
    is_text = field_name in ("short", "long")
    some = [value[:MAX_LENGTH] for value in values]
    found = [
        finder.with_text([field_name], value, MAX_TERMS)
        if is_text
        else finder.having(field_name, value)
        for value in some
    ]
    return intersection(multiunion(found), finder.shown.all)
