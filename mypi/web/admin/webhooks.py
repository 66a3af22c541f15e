"""Webhooks: whom the site tells what happens, and how it goes with them."""

import time
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Conflict, MypiError, Refused
from mypi.model import Attempt, Site, Webhook
from mypi.services import webhooks
from mypi.web import frame
from mypi.web.admin.doors import AdminWebhooks
from mypi.web.admin.sheets import sheet
from mypi.web.frame import addresses, forms
from mypi.web.frame.forms import Choice, Field, Form
from mypi.web.frame.words import Moment, listed, moment, number
from mypi.web.security import actor


class Row(NamedTuple):
    """A webhook, how it goes with it in a word and in words, and what can be done."""

    id: str
    url: str
    by: str
    about: str
    word: str
    waiting: str
    trouble: str
    log: str
    test: Form
    remove: Form


class Sent(NamedTuple):
    """A line of a webhook's log."""

    when: Moment
    attempt: Attempt


@view_config(context=AdminWebhooks, request_method="GET", permission="administer")
def show(context: AdminWebhooks, request: Any, problem: MypiError | None = None) -> Response:
    """All webhooks, and the form for another."""
    site = context.access.site
    page = _page(context, request)
    indexes = [Choice("", "all indexes"), *(Choice(it, it) for it in site.indexes)]
    values = {
        "rows": [_row(site, it, page) for it in webhooks.hooks(site)],
        "create": Form(
            page,
            "Add the webhook",
            (
                Field(
                    "url",
                    "Address",
                    kind="url",
                    hint="Where to send to, as https://host/path.",
                    required=True,
                ),
                Field("index", "Index", kind="select", choices=tuple(indexes)),
                Field(
                    "events",
                    "Events",
                    kind="boxes",
                    hint="None ticked: all of them.",
                    choices=forms.boxes(webhooks.EVENTS),
                ),
            ),
        ),
        "events": [(name, it.meaning.replace("``", "")) for name, it in webhooks.EVENTS.items()],
    }
    return sheet(context, request, "webhooks", "webhooks/", values, problem)


@view_config(
    context=AdminWebhooks, request_method="POST", permission="administer", require_csrf=True
)
@forms.or_shown_on(show)
def add(context: AdminWebhooks, request: Any) -> Response:
    """A new webhook; its secret is on this one answer and nowhere else."""
    site = context.access.site
    name = forms.text(request, "index")
    index = site.indexes.get(name)
    if name and index is None:
        raise Refused(f"index: there is no index {name[:80]!r}.")
    hook = webhooks.add(
        site,
        forms.text(request, "url"),
        actor(request),
        events=forms.chosen(request, "events"),
        index=index,
    )
    page = _page(context, request)
    test = Form(f"{page}test", "Send a test", hidden=(("id", hook.id),))
    shown = {"number": hook.id, "url": hook.url, "secret": hook.secret}
    values = {**shown, "test": test, "page": page}
    return sheet(context, request, "webhook", "webhooks/", values)


@view_config(context=AdminWebhooks, name="log", request_method="GET", permission="administer")
def log(context: AdminWebhooks, request: Any) -> Response:
    """What was sent to the webhook ``?id=``, newest first."""
    hook = webhooks.find(context.access.site, request.GET.get("id", ""))
    today = datetime.fromtimestamp(time.time(), UTC).date()
    sent = [_sent(it, today) for it in reversed(hook.progress.attempts)]
    values = {"url": hook.url, "sent": sent, "page": _page(context, request)}
    return sheet(context, request, "webhook_log", "webhooks/", values)


@view_config(
    context=AdminWebhooks,
    name="test",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def test(context: AdminWebhooks, request: Any) -> Response:
    """Send a message now, and say what came of it."""
    hook = webhooks.find(context.access.site, forms.text(request, "id"))
    answer = webhooks.send_test(hook)
    if not answer.is_taken:
        raise Conflict(f"The receiver of {hook.id} did not take the test: {answer.said}.")
    webhooks.try_now(hook, time.time())
    return frame.go(request, _page(context, request), "tested")


@view_config(
    context=AdminWebhooks,
    name="remove",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def remove(context: AdminWebhooks, request: Any) -> Response:
    """Nothing is sent there any more."""
    webhooks.remove(context.access.site, forms.text(request, "id"), actor(request))
    return frame.go(request, _page(context, request), "webhook-removed")


def _page(context: AdminWebhooks, request: Any) -> str:
    return addresses.of(context, request).admin + "webhooks/"


def _row(site: Site, hook: Webhook, page: str) -> Row:
    name = webhooks.index_name(site, hook)
    where = f"of {name}" if name else "of all indexes" if name == "" else "of a deleted index"
    hidden = (("id", hook.id),)
    return Row(
        hook.id,
        hook.url,
        hook.by,
        f"{listed(hook.events) or 'everything'} {where}",
        _word(hook),
        number(webhooks.count(site, hook)),
        _trouble(hook),
        f"{page}log?id={hook.id}",
        Form(f"{page}test", "Send a test", hidden=hidden, of=f"to {hook.id}"),
        Form(f"{page}remove", "Remove", hidden=hidden, of=hook.id, tone="danger"),
    )


def _word(hook: Webhook) -> str:
    if hook.progress.failing_since is not None:
        return "failing"
    return "works" if hook.progress.attempts else "new"


def _trouble(hook: Webhook) -> str:
    """Since when nothing was taken, and what was said last; empty when all is well."""
    progress = hook.progress
    if progress.failing_since is None:
        return ""
    last = Attempt(*progress.attempts[-1]).said if progress.attempts else ""
    return f"since {_clock(progress.failing_since)}: {last}; next try {_clock(progress.next_try)}"


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _sent(stored: tuple[Any, ...], today: date) -> Sent:
    attempt = Attempt(*stored)
    return Sent(moment(attempt.when, today), attempt)
