"""What is written down after sending: how far, what was said, and when to try again."""

from collections.abc import Iterable, Sequence

from mypi.model import Attempt, Site, Webhook
from mypi.model.policy import DAY
from mypi.model.webhooks import Progress
from mypi.services.webhooks.events import Event
from mypi.services.webhooks.following import waiting
from mypi.services.webhooks.sending import Answer

KEPT = 50
"""Attempts of a webhook that are kept, the newest."""
FIRST = 10.0
LONGEST = 3600.0
"""Seconds to the next attempt: twice as many after each failure."""
GIVEN_UP_AT_ONCE = 500
"""Messages that one transaction gives up."""


def keep(
    site: Site, hook: Webhook, events: Sequence[Event], answers: Iterable[Answer], now: float
) -> None:
    """Note what the receiver answered to ``events``, of which the last ones may not be sent."""
    progress = hook.progress
    attempts: list[Attempt] = []
    for event, answer in zip(events, answers, strict=False):
        if answer.is_taken:
            attempts.append(_attempt(event, answer, now, progress.tries + 1, "taken"))
            _done(progress, event)
            progress.tries = progress.failures = 0
            progress.failing_since = None
            progress.next_try = 0.0
        else:
            progress.tries += 1
            progress.failures += 1
            if progress.failing_since is None:
                progress.failing_since = now
            progress.next_try = now + pause(progress.failures, answer.retry_after)
            outcome = "given up" if _is_over(hook, event, now) else "failed"
            attempts.append(_attempt(event, answer, now, progress.tries, outcome))
            if outcome == "given up":
                attempts += _give_up(site, hook, event, answer, now)
    kept = (*progress.attempts, *map(tuple, attempts))
    progress.attempts = kept[-KEPT:]


def pause(failures: int, wanted: float = 0.0) -> float:
    """Seconds until the next attempt; ``wanted`` is what the receiver asked for."""
    return min(LONGEST, max(FIRST * 2 ** min(failures - 1, 20), wanted))


def _is_over(hook: Webhook, event: Event, now: float) -> bool:
    """Whether it was tried for a day: since it happened, or since the receiver failed first."""
    failing_since = hook.progress.failing_since or now
    return now - max(event.entry.when, failing_since) >= DAY


def _give_up(site: Site, hook: Webhook, first: Event, answer: Answer, now: float) -> list[Attempt]:
    """Pass over the first message, and all after it that are as old."""
    _done(hook.progress, first)
    hook.progress.tries = 0
    over: list[Event] = []
    for event in waiting(site, hook):
        if len(over) == GIVEN_UP_AT_ONCE or not _is_over(hook, event, now):
            break
        over.append(event)
    for event in over:
        _done(hook.progress, event)
    never_sent = Answer(0, "not sent: the receiver has been failing for a day", 0)
    return [_attempt(it, never_sent, now, 0, "given up") for it in over[-KEPT:]]


def _done(progress: Progress, event: Event) -> None:
    """Never back: another process may have been further."""
    seen = progress.serials.get(event.journal, 0)
    progress.serials[event.journal] = max(seen, event.serial)


def _attempt(event: Event, answer: Answer, now: float, tries: int, outcome: str) -> Attempt:
    return Attempt(
        now,
        event.id,
        event.name,
        event.of,
        event.entry.project,
        event.entry.version,
        tries,
        outcome,
        answer.status,
        answer.said,
        answer.milliseconds,
    )
