"""The list of all projects, as plain values for the template."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from mypi.model import Index
from mypi.names import normalise
from mypi.services import search
from mypi.services.access import Access
from mypi.web.frame import paging
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import Moment, moment, number
from mypi.web.search import told

PAGE = 100
ORDERS = {"name": "by name", "newest": "newest first", "downloads": "most downloaded first"}
LETTERS = string.ascii_lowercase + string.digits
"""What a normal name begins with."""
JUMP_FROM = 30
"""Projects from which on the page has links to letters."""


class Row(NamedTuple):
    """A project of the list."""

    name: str
    address: str
    version: str
    summary: str
    badges: tuple[str, ...]
    held_by: str
    when: Moment
    times: str


class Jump(NamedTuple):
    """A link to an order or a letter."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True)
class Listing:
    """What is listed: the hits of a page, the number of all; ``wanted`` are downloads by name."""

    hits: list[search.Hit]
    total: int
    wanted: Mapping[str, int]


def listed(
    access: Access, index: Index, order: str, letter: str, page: int, wanted: Mapping[str, int]
) -> Listing:
    """A page of the list."""
    hits, total = search.projects(
        access,
        index,
        order=order,
        prefix=letter,
        offset=(page - 1) * PAGE,
        limit=PAGE,
        wanted=list(wanted),
    )
    return Listing(hits, total, wanted)


def as_json(it: Listing, here: Addresses, order: str, letter: str, page: int) -> dict[str, Any]:
    """A page of the list for programs; raises Missing beyond the last one."""
    paging.page(_address(here, order, letter), page, it.total, PAGE)
    return {
        "projects": [{**told.hit_as_json(hit), "downloads": _times(it, hit)} for hit in it.hits],
        "total": it.total,
        "page": page,
        "pages": max(1, -(-it.total // PAGE)),
    }


def values(
    access: Access,
    index: Index,
    it: Listing,
    here: Addresses,
    today: date,
    order: str,
    letter: str,
    page: int,
) -> dict[str, Any]:
    """A page of the list; raises Missing beyond the last one."""
    hits, total = it.hits, it.total
    _none, whole = (hits, total) if not letter else search.projects(access, index, limit=0)
    return {
        "total": number(total),
        "letter": letter,
        "by_downloads": order == "downloads",
        "json_page": _address(here, order, letter, ("page", str(page)), ("format", "json")),
        "rows": [
            Row(
                hit.name,
                here.project(hit.name),
                hit.version,
                hit.summary,
                hit.badges,
                hit.index if hit.index != index.name else "",
                moment(hit.uploaded, today),
                number(_times(it, hit)),
            )
            for hit in hits
        ],
        "orders": [
            Jump(label, _address(here, name, letter), name == order)
            for name, label in ORDERS.items()
        ],
        "letters": _letters(access, index, here, order, letter) if whole >= JUMP_FROM else [],
        "paging": paging.page(_address(here, order, letter), page, total, PAGE),
    }


def _times(it: Listing, hit: search.Hit) -> int:
    return it.wanted.get(normalise(hit.name), 0)


def _letters(access: Access, index: Index, here: Addresses, order: str, letter: str) -> list[Jump]:
    jumps = [Jump("All", _address(here, order, ""), not letter)]
    for it in LETTERS:
        if search.projects(access, index, prefix=it, limit=0)[1]:
            jumps.append(Jump(it.upper(), _address(here, order, it), it == letter))
    return jumps


def _address(here: Addresses, order: str, letter: str, *more: tuple[str, str]) -> str:
    chosen = {"sort": order if order != "name" else "", "letter": letter, **dict(more)}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return here.projects + (f"?{query}" if query else "")
