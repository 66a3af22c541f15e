"""The list of all projects, as plain values for the template."""

import string
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from mypi.model import Index
from mypi.services import search
from mypi.services.access import Access
from mypi.web.frame import paging
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import Moment, moment, number

PAGE = 100
ORDERS = {"name": "by name", "newest": "newest first"}
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


class Jump(NamedTuple):
    """A link to an order or a letter."""

    label: str
    address: str
    current: bool


def values(
    access: Access, index: Index, here: Addresses, today: date, order: str, letter: str, page: int
) -> dict[str, Any]:
    """A page of the list; raises Missing beyond the last one."""
    hits, total = search.projects(
        access, index, order=order, prefix=letter, offset=(page - 1) * PAGE, limit=PAGE
    )
    _none, whole = (hits, total) if not letter else search.projects(access, index, limit=0)
    return {
        "total": number(total),
        "letter": letter,
        "rows": [
            Row(
                it.name,
                here.project(it.name),
                it.version,
                it.summary,
                it.badges,
                it.index if it.index != index.name else "",
                moment(it.uploaded, today),
            )
            for it in hits
        ],
        "orders": [
            Jump(label, _address(here, name, letter), name == order)
            for name, label in ORDERS.items()
        ],
        "letters": _letters(access, index, here, order, letter) if whole >= JUMP_FROM else [],
        "paging": paging.page(_address(here, order, letter), page, total, PAGE),
    }


def _letters(access: Access, index: Index, here: Addresses, order: str, letter: str) -> list[Jump]:
    jumps = [Jump("All", _address(here, order, ""), not letter)]
    for it in LETTERS:
        if search.projects(access, index, prefix=it, limit=0)[1]:
            jumps.append(Jump(it.upper(), _address(here, order, it), it == letter))
    return jumps


def _address(here: Addresses, order: str, letter: str) -> str:
    chosen = {"sort": order if order != "name" else "", "letter": letter}
    query = urlencode({key: value for key, value in chosen.items() if value})
    return here.projects + (f"?{query}" if query else "")
