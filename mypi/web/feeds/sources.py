"""The feeds there are: what each is made from, and by what it can be kept."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from mypi.services import recent
from mypi.services import search as searching
from mypi.services.recent import Recent
from mypi.web.feeds.feed import Entry, of_projects, of_releases
from mypi.web.frame.addresses import Addresses, quoted
from mypi.web.resources import Door, OfProject

MAX_RELEASES = 100
MAX_PROJECTS = 40
MAX_OF_PROJECT = 40
"""Entries; as many as the public index has."""
MAX_HITS = 40
MAX_WORDS = 200
"""Characters of a search."""


@dataclass(frozen=True)
class Source:
    """A feed before it has a form: ``about`` is its page, ``query`` a part of its address.

    ``stamp`` is all that ``entries`` depends on besides the addresses.
    """

    title: str
    description: str
    about: str
    stamp: tuple[Hashable, ...]
    entries: Callable[[], tuple[Entry, ...]]
    query: str = ""


def releases(context: Door, here: Addresses) -> Source:
    """The newest releases of an index."""
    access, index = context.access, context.index

    def entries() -> tuple[Entry, ...]:
        them = recent.newest_releases(access, index, MAX_RELEASES)
        return of_releases(here, them, "{name} {version}")

    return Source(
        f"{index.name}: newest releases",
        f"The newest releases in the index {index.name}.",
        here.home,
        ("releases", index.name, *recent.stamp(access, index)),
        entries,
    )


def projects(context: Door, here: Addresses) -> Source:
    """The newest projects of an index."""
    access, index = context.access, context.index

    def entries() -> tuple[Entry, ...]:
        them = recent.newest_projects(access, index, MAX_PROJECTS)
        return of_projects(here, them, f"{{name}} added to {index.name}")

    return Source(
        f"{index.name}: newest projects",
        f"The newest projects in the index {index.name}.",
        here.home,
        ("projects", index.name, *recent.stamp(access, index)),
        entries,
    )


def of_project(context: OfProject, here: Addresses, title: str = "{name} {version}") -> Source:
    """The newest releases of a project, titled so."""
    found = context.found
    name = found.project.name

    def entries() -> tuple[Entry, ...]:
        return of_releases(here, recent.releases_of(found, MAX_OF_PROJECT), title)

    return Source(
        f"{name}: releases",
        f"The newest releases of {name} in the index {context.index.name}.",
        here.project(name),
        ("of project", title, context.index.name, *found.stamp),
        entries,
    )


def search(context: Door, here: Addresses, words: str) -> Source:
    """What a search finds, the newest first."""
    access, index = context.access, context.index

    def entries() -> tuple[Entry, ...]:
        hits = searching.search(access, index, words, limit=MAX_HITS).hits if words else []
        them = [
            Recent(it.index, it.name, it.version, it.uploaded, summary=it.summary) for it in hits
        ]
        them.sort(key=lambda it: it.when, reverse=True)
        return of_releases(here, them, "{name} {version}")

    return Source(
        f"{index.name}: {words}",
        f"Projects in the index {index.name} that a search for {words} finds.",
        here.search(words),
        ("search", words, searching.stamp(access.site), *recent.stamp(access, index)),
        entries,
        f"?q={quoted(words)}",
    )
