"""What a feed says, in whichever form: a title, its own address, and entries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from mypi.names import FIXED_WORDS, normalise
from mypi.services.recent import Recent
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.outward import legal, url

_MAIL = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]{1,190}")
_MAX_MAILS = 1000
"""Characters of the metadata's addresses that are looked at."""


@dataclass(frozen=True)
class Time:
    """A time as RSS (RFC 822) and as Atom (RFC 3339) write it."""

    seconds: float

    @property
    def rss(self) -> str:
        """Such as ``Thu, 01 Jan 2026 00:00:00 GMT``."""
        return format_datetime(datetime.fromtimestamp(int(self.seconds), UTC), usegmt=True)

    @property
    def atom(self) -> str:
        """Such as ``2026-01-01T00:00:00Z``."""
        return datetime.fromtimestamp(self.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Entry:
    """A release or a project; ``url`` is its page, and ``id`` is a URL that never changes.

    ``summary`` is text, and ``html`` the same for who takes it for HTML.  ``mail`` and ``author``
    may be empty.
    """

    title: str
    url: str
    id: str
    summary: str
    published: Time
    updated: Time
    mail: str = ""
    author: str = ""

    @property
    def html(self) -> str:
        """The summary as HTML: what RSS readers show it as."""
        return escape(self.summary)


@dataclass(frozen=True)
class Feed:
    """A feed at ``url`` about what the page ``about`` shows."""

    title: str
    description: str
    url: str
    about: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> Time:
        """When anything in it changed last."""
        return Time(max((it.updated.seconds for it in self.entries), default=0.0))


def of_releases(here: Addresses, them: Iterable[Recent], title: str) -> tuple[Entry, ...]:
    """An entry a release; ``title`` has ``{name}`` and ``{version}`` in it."""
    return tuple(_release(here, it, title) for it in them)


def of_projects(here: Addresses, them: Iterable[Recent], title: str) -> tuple[Entry, ...]:
    """An entry a project; it does not change with its releases."""
    return tuple(_project(here, it, title) for it in them)


def _release(here: Addresses, it: Recent, title: str) -> Entry:
    page = url(here, here.project(it.name))
    if normalise(it.name) in FIXED_WORDS:  # a release of such a project has no page
        return _entry(it, title, page, f"{page}#{it.version}", max(it.changed, it.when))
    page = url(here, here.release(it.name, it.version))
    return _entry(it, title, page, page, max(it.changed, it.when))


def _project(here: Addresses, it: Recent, title: str) -> Entry:
    page = url(here, here.project(it.name))
    return _entry(it, title, page, page, it.when)


def _entry(it: Recent, title: str, page: str, number: str, updated: float) -> Entry:
    mail = _MAIL.search(it.mails[:_MAX_MAILS])
    name, bracket, _rest = it.mails[:_MAX_MAILS].partition("<")
    author = name.strip(' "\t') if bracket else ""
    return Entry(
        title=legal(title.format(name=it.name, version=it.version)),
        url=page,
        id=number,
        summary=legal(("Yanked. " if it.yanked else "") + it.summary).strip(),
        published=Time(it.when),
        updated=Time(updated),
        mail=legal(mail[0]) if mail else "",
        author=legal(author or it.by),
    )
