"""The page of what a search found, as plain values for the template."""

import re
from datetime import date
from typing import Any, NamedTuple

from mypi.services import search
from mypi.services.search import Hit, Results
from mypi.services.search.parsing import parse
from mypi.web.frame import paging
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.paging import Paging
from mypi.web.frame.words import Moment, moment, number, plural
from mypi.web.search import marks
from mypi.web.search.asking import FILTERS, Asked
from mypi.web.search.marks import Piece

PAGE = 20

EXAMPLES = (
    ("http client", "both words, wherever they are; a longer word that begins so counts too"),
    ('"event loop"', "this phrase"),
    ("web -flask", "the first word, not the second"),
    ("name:http", "a part of the name"),
    ("requires:six", "what needs six"),
    ("author:ada", "a person"),
    ('classifier:"Framework :: Pyramid"', "a classifier, in full"),
    ("keyword:testing", "a keyword"),
    ("python:3.12", "what runs on this Python"),
    ("licence:MIT", "a licence"),
    ("wheel:no", "what has no wheel"),
    ("status:yanked", "a state of the latest release"),
)
"""Query -> what it finds."""


class HitRow(NamedTuple):
    """A hit; ``held_by`` names the index that has it where that is another one."""

    name: list[Piece]
    address: str
    version: str
    summary: list[Piece]
    badges: tuple[str, ...]
    licence: str
    held_by: str
    when: Moment


class Choice(NamedTuple):
    """A value to narrow by, or to drop again; ``times`` is empty then."""

    label: str
    times: str
    address: str


class Group(NamedTuple):
    """The values of one field."""

    title: str
    choices: list[Choice]


def help_page(here: Addresses) -> dict[str, Any]:
    """What can be searched for, by examples."""
    return {
        "asked": Asked(),
        "shown": None,
        "examples": [(text, here.search(text), told) for text, told in EXAMPLES],
    }


def found_page(
    index: str, asked: Asked, results: Results, here: Addresses, today: date, page: int
) -> dict[str, Any]:
    """A page of what was found from ``index``; raises Missing beyond the last page."""
    wanted = marks.pattern(parse(asked.text))
    return help_page(here) | {
        "asked": asked,
        "shown": plural(results.total, "project"),
        "is_cut": results.total > search.DEEPEST,
        "deepest": number(search.DEEPEST),
        "hits": [_row(hit, index, wanted, here, today) for hit in results.hits],
        "paging": pages(here.search() + asked.query, results, page),
        "chosen": [
            Choice(f"{FILTERS[name]}: {value}", "", _less(asked, name, value, here))
            for name, value in asked.filters
        ],
        "groups": _groups(asked, results, here),
        "did_you_mean": [(name, here.search(name)) for name in results.did_you_mean],
    }


def pages(address: str, results: Results, page: int) -> Paging:
    """The pages of hits that can be looked through; raises Missing beyond the last one."""
    return paging.page(address, page, min(results.total, search.DEEPEST), PAGE)


def _row(
    hit: Hit, index: str, wanted: re.Pattern[str] | None, here: Addresses, today: date
) -> HitRow:
    return HitRow(
        marks.pieces(hit.name, wanted),
        here.project(hit.name),
        hit.version,
        marks.pieces(hit.summary, wanted),
        hit.badges,
        hit.licence,
        hit.index if hit.index != index else "",
        moment(hit.uploaded, today),
    )


def _groups(asked: Asked, results: Results, here: Addresses) -> list[Group]:
    """What narrows the hits; a value that all of them have does not."""
    groups = []
    for name, title in FILTERS.items():
        choices = [
            Choice(value, number(count), here.search() + asked.having(name, value).query)
            for value, count in results.facets.get(name, ())
            if 0 < count < results.total
        ]
        if choices:
            groups.append(Group(title, choices))
    return groups


def _less(asked: Asked, name: str, value: str, here: Addresses) -> str:
    return here.search() + asked.without(name, value).query
