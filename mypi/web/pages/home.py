"""The page of an index as plain values for the template."""

import heapq
from datetime import date
from itertools import groupby, islice
from typing import Any, NamedTuple

from mypi.model import Index
from mypi.services import lookup, recent
from mypi.services.access import Access
from mypi.services.recent import Recent
from mypi.settings import Settings
from mypi.sizes import size_in_words
from mypi.web.frame import snippets
from mypi.web.frame.addresses import Addresses, is_loopback
from mypi.web.frame.words import Moment, moment, number
from mypi.web.pages import cards
from mypi.web.pages.figures import Fetched, spark

NEWEST = 10
MAX_NAMES = 40
"""Projects that the home page names; the list of all projects has the others."""


class NewRelease(NamedTuple):
    """A line of the list of newest releases, or of newest projects."""

    name: str
    version: str
    address: str
    summary: str
    when: Moment


class Wanted(NamedTuple):
    """A line of the list of what is downloaded most."""

    name: str
    address: str
    times: str


def index_page(
    access: Access,
    index: Index,
    settings: Settings,
    here: Addresses,
    today: date,
    fetched: Fetched,
) -> dict[str, Any]:
    """Everything the home page of ``index`` shows; ``fetched``: what is downloaded."""
    path = lookup.path(access, index)
    names = _first_names(path, MAX_NAMES + 1)
    is_open, url = access.is_open, here.url
    return {
        "index_title": index.policy.title,
        "description": index.policy.description,
        "is_default": not here.index,
        "url": url,
        "open_beyond": is_open and not is_loopback(here.site),
        "install": snippets.install(here, "YOURPACKAGE"),
        "publish": snippets.publish(here, is_open=is_open),
        "configure": snippets.configure(here, is_open=is_open),
        "first_upload": snippets.first_upload(here, is_open=is_open),
        "may_upload": access.may("upload", index),
        "names": [(name, here.project(name)) for name in names[:MAX_NAMES]],
        "is_empty": not names,
        "is_cut": len(names) > MAX_NAMES,
        "numbers": _numbers(path, *access.site.catalogue.numbers_of(index.name)),
        "cards": cards.of(access, index, settings.default_index, here),
        "volatile": index.policy.volatile,
        "bases": [base.name for base in path[1:]],
        "fetched": [Wanted(name, here.project(name), number(count)) for name, count in fetched.top],
        "downloads": number(sum(fetched.by_day)),
        "plot": spark(fetched.by_day),
        **_new(access, index, here, today),
    }


def _first_names(path: list[Index], limit: int) -> list[str]:
    """The first normal names that the index shows; costs a few buckets an index, however many."""
    merged = heapq.merge(*(index.projects.keys() for index in path))
    return [name for name, _same in islice(groupby(merged), limit)]


def _numbers(path: list[Index], releases: int, files: int) -> list[tuple[str, str]]:
    """What there is to count without looking at projects: each index counts for itself."""
    index, *bases = path
    said = [(number(index.count()), "project" if index.count() == 1 else "projects")]
    if releases:
        said.append((number(releases), "release" if releases == 1 else "releases"))
    if files:
        said.append((number(files), "file" if files == 1 else "files"))
    if index.size():
        said.append((size_in_words(index.size()), "in archives"))
    said += [(number(base.count()), f"more in {base.name}") for base in bases if base.count()]
    return said


def _new(access: Access, index: Index, here: Addresses, today: date) -> dict[str, Any]:
    """What is new, as the journals tell."""
    return {
        "newest": [_line(it, here, today) for it in recent.newest_releases(access, index, NEWEST)],
        "new_projects": [
            _line(it, here, today) for it in recent.newest_projects(access, index, NEWEST)
        ],
    }


def _line(it: Recent, here: Addresses, today: date) -> NewRelease:
    return NewRelease(
        it.name,
        it.version,
        here.release(it.name, it.version),
        it.summary[:160],
        moment(it.when, today),
    )
