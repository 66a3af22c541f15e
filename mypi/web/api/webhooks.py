"""Webhooks: for administrators, since they make the server speak to other machines."""

import time as clock
from typing import Annotated, Any

from msgspec import Meta, structs

from mypi.model import Attempt, Site, Webhook
from mypi.services import webhooks as service
from mypi.web.api.asking import readable
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiWebhook, ApiWebhooks
from mypi.web.api.wire import Answer, Asked, Done, Time, time, time_or_none
from mypi.web.security import actor


class WebhookAnswer(Answer):
    """A webhook, without its secret."""

    id: str
    url: str
    index: Annotated[str | None, Meta(description="Empty: all; null: its index is deleted.")]
    events: Annotated[tuple[str, ...], Meta(description="Empty: all.")]
    by: str
    created: Time
    waiting: Annotated[int, Meta(description="Messages to send; 1,000 are counted at most.")]
    failures: Annotated[int, Meta(description="Attempts since anything was taken.")]
    failing_since: Time | None
    next_try: Annotated[Time | None, Meta(description="Of what failed; null: at once.")]


class NewWebhookAnswer(WebhookAnswer):
    """A new webhook; ``secret``, which signs messages, is told this once and never again."""

    secret: str


class WebhookList(Answer):
    """All webhooks, oldest first."""

    webhooks: list[WebhookAnswer]


class NewWebhook(Asked):
    """Whom to tell of what."""

    url: Annotated[str, Meta(description="Where to POST to: https:// or http://.")]
    index: Annotated[str, Meta(description="Only of this index; empty: of all.")] = ""
    events: Annotated[tuple[str, ...], Meta(description="Only of these; empty: of all.")] = ()


class AttemptAnswer(Answer):
    """One message as it went; ``tries`` is 0 when it was given up without being sent."""

    when: Time
    id: Annotated[str, Meta(description="Of the message; each attempt has the same.")]
    event: str
    index: str
    project: str
    version: str
    tries: int
    outcome: Annotated[str, Meta(description="`taken`, `failed` or `given up`.")]
    status: Annotated[int, Meta(description="Of the receiver's answer; 0: there was none.")]
    said: str
    milliseconds: int


class AttemptList(Answer):
    """The last 50 attempts, newest first."""

    attempts: list[AttemptAnswer]


class Tested(Answer):
    """What came of a test."""

    taken: bool
    status: int
    said: str
    milliseconds: int


@operation(
    "GET",
    ApiWebhooks,
    permission="administer",
    answer=WebhookList,
    summary="List the webhooks.",
)
def list_webhooks(context: ApiWebhooks, request: Any) -> WebhookList:
    """All webhooks, and how it goes with them."""
    site = context.access.site
    return WebhookList([_shown(site, it) for it in service.hooks(site)])


@operation(
    "POST",
    ApiWebhooks,
    permission="administer",
    body=NewWebhook,
    answer=NewWebhookAnswer,
    status=201,
    summary="Add a webhook.",
)
def add_webhook(context: ApiWebhooks, request: Any, body: NewWebhook) -> NewWebhookAnswer:
    """Tell an address what happens from now on, in an index or in all of them."""
    access = context.access
    index = readable(access, body.index) if body.index else None
    hook = service.add(access.site, body.url, actor(request), events=body.events, index=index)
    return NewWebhookAnswer(**structs.asdict(_shown(access.site, hook)), secret=hook.secret)


@operation(
    "DELETE",
    ApiWebhook,
    permission="administer",
    answer=Done,
    summary="Remove a webhook.",
)
def remove_webhook(context: ApiWebhook, request: Any) -> Done:
    """Nothing is sent there any more, nor what was waiting."""
    service.remove(context.access.site, context.__name__, actor(request))
    return Done()


@operation(
    "POST",
    ApiWebhook,
    "test",
    permission="administer",
    answer=Tested,
    summary="Send a webhook a message of the event `test`, now.",
)
def test_webhook(context: ApiWebhook, request: Any) -> Tested:
    """Wait for what comes of it, 15 seconds or so; if it is taken, what failed is tried again."""
    hook = service.find(context.access.site, context.__name__)
    answer = service.send_test(hook)
    if answer.is_taken:
        service.try_now(hook, clock.time())
    return Tested(answer.is_taken, answer.status, answer.said, answer.milliseconds)


@operation(
    "GET",
    ApiWebhook,
    "log",
    permission="administer",
    answer=AttemptList,
    summary="Tell what was sent to a webhook, and what came of it.",
)
def show_webhook_log(context: ApiWebhook, request: Any) -> AttemptList:
    """The last 50 attempts, newest first."""
    hook = service.find(context.access.site, context.__name__)
    return AttemptList([_attempt(Attempt(*it)) for it in reversed(hook.progress.attempts)])


def _shown(site: Site, hook: Webhook) -> WebhookAnswer:
    progress = hook.progress
    return WebhookAnswer(
        id=hook.id,
        url=hook.url,
        index=service.index_name(site, hook),
        events=hook.events,
        by=hook.by,
        created=time(hook.created),
        waiting=service.count(site, hook),
        failures=progress.failures,
        failing_since=time_or_none(progress.failing_since),
        next_try=time(progress.next_try) if progress.next_try else None,
    )


def _attempt(it: Attempt) -> AttemptAnswer:
    return AttemptAnswer(
        when=time(it.when),
        id=it.id,
        event=it.event,
        index=it.of,
        project=it.project,
        version=it.version,
        tries=it.tries,
        outcome=it.outcome,
        status=it.status,
        said=it.said,
        milliseconds=it.milliseconds,
    )
