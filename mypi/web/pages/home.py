"""The page of an index as plain values for the template."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from mypi.model import Index
from mypi.services import lookup
from mypi.services.access import Access
from mypi.settings import Settings
from mypi.web.frame import snippets
from mypi.web.frame.addresses import Addresses, is_loopback
from mypi.web.frame.words import Moment, moment, number

NEWEST = 20
MAX_NAMES = 500
_MAX_ENTRIES = 2_000
"""Lines of the journal that are read back in search of new releases."""


class NewRelease(NamedTuple):
    """A line of the list of newest releases."""

    name: str
    version: str
    address: str
    summary: str
    when: Moment


class IndexCard(NamedTuple):
    """An index of this site: its path of bases, and whether its files may change."""

    name: str
    address: str
    bases: list[str]
    volatile: bool
    current: bool


def index_page(
    access: Access, index: Index, settings: Settings, here: Addresses, today: date
) -> dict[str, Any]:
    """Everything the home page of ``index`` shows."""
    names = lookup.names(access, index)
    return {
        "index_title": index.policy.title,
        "description": index.policy.description,
        "is_default": not here.index,
        "url": here.url,
        "open_beyond": access.is_open and not is_loopback(here.site),
        "install": snippets.install(here, "YOURPACKAGE"),
        "publish": snippets.publish(here, is_open=access.is_open),
        "configure": snippets.configure(here, is_open=access.is_open),
        "first_upload": snippets.first_upload(here, is_open=access.is_open),
        "newest": list(islice(_newest(index, here, today), NEWEST)),
        "names": [(name, here.project(name)) for name in names[:MAX_NAMES]],
        "count": len(names),
        "count_in_words": number(len(names)),
        "is_cut": len(names) > MAX_NAMES,
        "cards": [_card(access, it, index, here, settings) for it in _in_order(access, settings)],
        "volatile": index.policy.volatile,
        "bases": [base.name for base in lookup.path(access, index)[1:]],
    }


def _newest(index: Index, here: Addresses, today: date) -> Iterator[NewRelease]:
    """Releases that files were added to last, newest first; those that are gone are left out."""
    seen: set[tuple[str, str]] = set()
    for _serial, entry in islice(index.journal.newest(), _MAX_ENTRIES):
        what = (entry.project, entry.version)
        if not entry.version or what in seen:
            continue
        seen.add(what)
        project = index.project(entry.project)
        release = project.release(entry.version) if project is not None else None
        if project is None or release is None:
            continue
        yield NewRelease(
            project.name,
            release.version,
            here.release(project.name, release.version),
            " ".join((release.fields.get("summary") or "").split())[:160],
            moment(entry.when, today),
        )


def _in_order(access: Access, settings: Settings) -> list[Index]:
    """All indexes that the reader may see, the default one first."""
    return sorted(access.indexes(), key=lambda it: (it.name != settings.default_index, it.name))


def _card(
    access: Access, index: Index, current: Index, here: Addresses, settings: Settings
) -> IndexCard:
    default = index.name == settings.default_index
    return IndexCard(
        index.name,
        f"{here.root}/" if default else f"{here.root}/+{index.name}/",
        [base.name for base in lookup.path(access, index)[1:]],
        index.policy.volatile,
        index is current,
    )
