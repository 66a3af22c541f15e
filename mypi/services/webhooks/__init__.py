"""Webhooks: addresses that are told of what happens in indexes, after it is true.

The journals are followed (``following``), messages signed (``signing``) and sent one after the
other (``sender``), and what came of it is written down (``keeping``).
"""

import secrets
import string
import time
from collections.abc import Iterable

from BTrees.OOBTree import OOBTree

from mypi.errors import Conflict, Missing, Refused
from mypi.model import Index, Site, Webhook
from mypi.services.actor import Actor
from mypi.services.ids import new_id
from mypi.services.webhooks.addresses import check_url, origin
from mypi.services.webhooks.events import EVENTS, TEST, body
from mypi.services.webhooks.following import begin, count, hooks, indexes_of, lag
from mypi.services.webhooks.sender import Addresses, Sender
from mypi.services.webhooks.sending import Answer, Message, send
from mypi.services.webhooks.signing import new_secret

__all__ = [
    "EVENTS",
    "Addresses",
    "Answer",
    "Sender",
    "add",
    "count",
    "find",
    "hooks",
    "index_name",
    "lag",
    "remove",
    "send_test",
    "try_now",
]

MOST = 100
"""Webhooks of a site; each is looked at every second."""
_LETTERS = string.ascii_lowercase + string.digits


def add(
    site: Site, url: str, actor: Actor, *, events: Iterable[str] = (), index: Index | None = None
) -> Webhook:
    """A new webhook, for ``events`` (all, if none is named) of one index, or of all indexes.

    It is told what happens from now on.  Its ``secret`` is to be shown this once.  Raises Refused,
    and Conflict when the site has a hundred.
    """
    url = check_url(url)
    names = tuple(dict.fromkeys(events))
    for name in names:
        if name not in EVENTS:
            raise Refused(f"events: {name[:40]!r} is unknown; known are {', '.join(EVENTS)}.")
    if site.webhooks is None:
        site.webhooks = OOBTree()
    if len(site.webhooks) >= MOST:
        raise Conflict(f"There are {MOST} webhooks already; remove one first.")
    hook = Webhook(
        "".join(secrets.choice(_LETTERS) for _ in range(8)),
        url,
        new_secret(),
        names,
        index=index.name if index is not None else "",
        journal=index.journal if index is not None else None,
        by=actor.by,
        now=actor.now,
    )
    begin(site, hook)
    site.webhooks[hook.id] = hook
    site.journal.append(actor.entry("add webhook", detail=_told(hook)))
    return hook


def remove(site: Site, number: str, actor: Actor) -> None:
    """Nothing is sent there any more, nor what was waiting.  Raises Missing."""
    hook = find(site, number)
    assert site.webhooks is not None
    del site.webhooks[number]
    site.journal.append(actor.entry("remove webhook", detail=_told(hook)))


def find(site: Site, number: str) -> Webhook:
    """The webhook of that id; raises Missing."""
    hook: Webhook | None = (site.webhooks or {}).get(number)
    if hook is None:
        raise Missing(f"There is no webhook {number[:80]!r}.")
    return hook


def index_name(site: Site, hook: Webhook) -> str | None:
    """The name of the one index it is about; empty for all, None when that index is deleted."""
    if hook.journal is None:
        return ""
    return next((index.name for index in indexes_of(site, hook)), None)


def send_test(hook: Webhook) -> Answer:
    """Send a message of the event ``test`` now, and wait for what comes of it.

    Changes nothing: neither what waits, nor the log.
    """
    now = time.time()
    number = f"test-{new_id(now)}"
    message = Message(number, TEST, body(number, TEST, now, webhook=hook.id))
    return send(hook.url, hook.secret, [message])[0]


def try_now(hook: Webhook, now: float) -> None:
    """Do not wait any longer with what is to be tried again."""
    if hook.progress.next_try > now:
        hook.progress.next_try = 0.0


def _told(hook: Webhook) -> str:
    return f"{hook.id} to {origin(hook.url)}, {hook.index or 'all indexes'}"
