"""What can be told: the events that lines of a journal are, and the message about one."""

import json
import re
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from mypi.model import Entry
from mypi.names import normalise

TEST = "test"
"""The event of a message that is only to see whether one arrives."""


class Kind(NamedTuple):
    """An event: the actions of the journal that it is, as a pattern, and what it tells."""

    actions: str
    meaning: str


EVENTS = {
    "publish": Kind(r"(?:add|replace) \S+ file .+", "A file was uploaded."),
    "project": Kind("create", "A project is there for the first time."),
    "release": Kind(
        "(?:new|update) release",
        "A version is there for the first time: by upload, promotion or ``setup.py register``.",
    ),
    "promote": Kind(
        "promote file .+|promote release",
        "A file came by promotion; in the index it came from, a release was promoted.",
    ),
    "undo": Kind("undo promotion", "A promotion was taken back; told in both indexes."),
    "yank": Kind("yank .+", "A release or a file was yanked."),
    "unyank": Kind("unyank .+", "It is offered again."),
    "delete": Kind("remove (?:project|release|file .+)", "It went to the trash."),
    "restore": Kind("restore .+", "It came back from the trash."),
    "status": Kind(
        "project (?:active|archived|deprecated|quarantined)", "A project's status was set."
    ),
    "docs": Kind("add docs", "Documentation was uploaded."),
}
"""Name of an event -> what it is.  What no pattern matches is told to nobody."""

_ANY = re.compile("|".join(f"(?P<{name}>{it.actions})" for name, it in EVENTS.items()))


class Event(NamedTuple):
    """A line of the journal of the index ``of``, which has the oid ``journal``, as an event."""

    name: str
    of: str
    journal: bytes
    serial: int
    entry: Entry

    @property
    def id(self) -> str:
        """The same for every attempt and every webhook; no other event of this site has it."""
        return f"{int.from_bytes(self.journal):x}.{self.serial}"


def event_of(action: str) -> str:
    """The name of the event that an action of a journal is; empty when it is none."""
    match = _ANY.fullmatch(action)
    return (match and match.lastgroup) or ""


def message(event: Event, url: str) -> bytes:
    """The body of the message: JSON, without the client and its address.

    ``url`` is the address of the release's index; empty when the site does not know its own.
    """
    entry = event.entry
    return body(
        event.id,
        event.name,
        entry.when,
        index=event.of,
        serial=event.serial,
        by=entry.by,
        action=entry.action,
        project=entry.project,
        version=entry.version,
        filename=entry.filename,
        detail=entry.detail,
        url=_page(url, entry),
    )


def body(number: str, name: str, when: float, **more: object) -> bytes:
    """JSON of a message; whatever a journal holds can be written."""
    time = datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"id": number, "event": name, "when": time, **more}).encode()


def _page(url: str, entry: Entry) -> str:
    """The page of the project or the release."""
    if not url or not entry.project:
        return ""
    page = f"{url}/{normalise(entry.project)}/"
    return f"{page}{quote(entry.version, safe='')}/" if entry.version else page
