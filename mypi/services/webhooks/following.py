"""What a webhook has not been told yet: read from the journals, from where it is in each."""

import heapq
from collections.abc import Iterator
from itertools import islice

from mypi.model import Index, Journal, Site, Webhook
from mypi.services.webhooks.events import Event, event_of

COUNTED = 1_000
"""Waiting messages of a webhook that are counted."""
PASSED = 100
"""Entries that were of no interest, after which it is written down how far was looked.

Until then they are looked at again when something happens; each write would cost a transaction."""


def hooks(site: Site) -> list[Webhook]:
    """All webhooks, the oldest first."""
    return sorted((site.webhooks or {}).values(), key=lambda it: (it.created, it.id))


def indexes_of(site: Site, hook: Webhook) -> list[Index]:
    """The indexes that a webhook is about: all, one under whatever name it has now, or none."""
    return [
        index
        for index in site.indexes.values()
        if hook.journal is None or index.journal is hook.journal
    ]


def waiting(site: Site, hook: Webhook) -> Iterator[Event]:
    """What the webhook is to be told next; in each index in order, of several by time."""
    streams = [_events(hook, index) for index in indexes_of(site, hook)]
    return heapq.merge(*streams, key=lambda event: event.entry.when)


def lag(site: Site) -> int:
    """Messages that wait to be sent, of all webhooks; 1,000 of each are counted at most."""
    return sum(count(site, hook) for hook in hooks(site))


def count(site: Site, hook: Webhook) -> int:
    """Messages that wait for one webhook, 1,000 at most."""
    return sum(1 for _event in islice(waiting(site, hook), COUNTED))


def begin(site: Site, hook: Webhook) -> None:
    """The webhook is told what happens from now on."""
    for index in indexes_of(site, hook):
        if index.journal._p_oid is not None:
            hook.progress.serials[index.journal._p_oid] = len(index.journal)


def is_far_ahead(site: Site, hook: Webhook) -> bool:
    """Whether so much was of no interest, nothing being left to tell, that it is worth a note."""
    return any(
        len(index.journal) - _seen(hook, index.journal) >= PASSED
        for index in indexes_of(site, hook)
    )


def _events(hook: Webhook, index: Index) -> Iterator[Event]:
    journal = index.journal
    seen = _seen(hook, journal)
    if seen == len(journal):
        return
    for serial, entry in journal.since(seen):
        name = event_of(entry.action)
        if name and (not hook.events or name in hook.events):
            yield Event(name, index.name, journal._p_oid, serial, entry)


def _seen(hook: Webhook, journal: Journal) -> int:
    """The serial up to which the webhook is done with a journal.

    One that it did not know, of a new or a restored index, counts from the webhook's own time on.
    """
    seen: int | None = hook.progress.serials.get(journal._p_oid)
    if seen is not None:
        return seen
    for serial, entry in journal.newest():
        if entry.when < hook.created:
            return serial
    return 0
