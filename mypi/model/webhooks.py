"""Webhooks: who is told of what happens, and how far they have been told.

A webhook has no queue of its own.  The journals are the queue; it remembers a serial in each.
"""

from typing import Any, NamedTuple

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from mypi.model.journal import Journal


class Attempt(NamedTuple):
    """One message about the index ``of`` as it went; stored as a plain tuple.

    ``id`` is that of the message, ``tries`` counts its attempts from 1; ``status`` is that of the
    receiver's answer, 0 without one, and ``said`` is in words.  ``outcome`` is ``taken``,
    ``failed`` (it is tried again) or ``given up``.
    """

    when: float
    id: str
    event: str
    of: str
    project: str
    version: str
    tries: int
    outcome: str
    status: int
    said: str
    milliseconds: int


class Progress(Persistent):
    """How far a webhook's receiver has been told: a record of its own, written after sending.

    ``serials`` maps the oid of a journal to the serial of its last entry that is done with.
    ``tries`` counts failed attempts at the next message, ``failures`` those since anything was
    taken; times are seconds since the epoch.  ``attempts`` are plain tuples, the newest last.
    """

    tries = 0
    failures = 0
    failing_since: float | None = None
    next_try = 0.0
    attempts: tuple[tuple[Any, ...], ...] = ()

    def __init__(self) -> None:
        self.serials = OOBTree()


class Webhook(Persistent):
    """An address that is told of events, of all kinds if ``events`` is empty.

    ``journal`` is that of the one index it is about, None for all; ``index`` is that index's name
    when the webhook was added.  ``secret`` signs messages, so it is kept as it is.
    """

    def __init__(
        self,
        number: str,
        url: str,
        secret: str,
        events: tuple[str, ...],
        *,
        index: str,
        journal: Journal | None,
        by: str,
        now: float,
    ) -> None:
        self.id = number
        self.url = url
        self.secret = secret
        self.events = events
        self.index = index
        self.journal = journal
        self.by = by
        self.created = now
        self.progress = Progress()
