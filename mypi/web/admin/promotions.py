"""What came into an index by promotion, and the way back."""

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError
from mypi.model import Promotion
from mypi.model.policy import DAY
from mypi.services import promote
from mypi.web import frame
from mypi.web.admin.doors import AdminIndex
from mypi.web.admin.sheets import here_of, sheet
from mypi.web.frame import forms
from mypi.web.frame.forms import Form
from mypi.web.frame.words import Moment, moment, plural
from mypi.web.security import actor

MAX_SHOWN = 100


class Row(NamedTuple):
    """A promotion."""

    what: list[str]
    files: str
    source: str
    by: str
    when: Moment
    note: str
    undone: Moment | None
    undo: Form | None


@view_config(context=AdminIndex, name="promotions", request_method="GET", permission="promote")
def show(context: AdminIndex, request: Any, problem: MypiError | None = None) -> Response:
    """The promotions into an index, newest first."""
    done = sorted(context.index.promotions.values(), key=lambda it: it.when, reverse=True)
    page, now = here_of(context, request), time.time()
    days = context.index.policy.trash_days
    visible = {index.name for index in context.access.indexes()}
    rows = [_row(it, page, now, days, visible) for it in done[:MAX_SHOWN]]
    return sheet(
        context, request, "promotions", "promotions", {"rows": rows, "days": days}, problem
    )


@view_config(
    context=AdminIndex, name="undo", request_method="POST", permission="promote", require_csrf=True
)
@forms.or_shown_on(show)
def undo(context: AdminIndex, request: Any) -> Response:
    """Take out again what a promotion brought."""
    promote.undo(context.index, forms.text(request, "id"), actor(request))
    return frame.go(request, here_of(context, request) + "promotions", "undone")


def _row(it: Promotion, page: str, now: float, days: int, visible: set[str]) -> Row:
    today = datetime.fromtimestamp(now, UTC).date()
    releases = list(dict.fromkeys(f"{moved.project} {moved.version}" for moved in it.files))
    open_still = it.undone is None and now <= it.when + days * DAY
    return Row(
        releases,
        plural(len(it.files), "file"),
        it.source if it.source in visible else "",
        it.by,
        moment(it.when, today),
        it.note,
        moment(it.undone, today) if it.undone is not None else None,
        Form(
            f"{page}undo", "Undo", hidden=(("id", it.id),), of=f"promotion of {', '.join(releases)}"
        )
        if open_still
        else None,
    )
