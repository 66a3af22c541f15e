"""What an index keeps no longer: look first, then let it go."""

import time
from datetime import UTC, datetime
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError
from mypi.services import retention
from mypi.sizes import size_in_words
from mypi.web import frame
from mypi.web.admin.doors import AdminIndex
from mypi.web.admin.sheets import here_of, sheet
from mypi.web.frame import forms
from mypi.web.frame.forms import Form
from mypi.web.frame.words import moment, plural
from mypi.web.security import actor

MAX_SHOWN = 200
AT_ONCE = 50
"""Releases that one click deletes."""


@view_config(context=AdminIndex, name="retention", request_method="GET", permission="manage")
def show(context: AdminIndex, request: Any, problem: MypiError | None = None) -> Response:
    """What would go, of the index or of one ``?project=``."""
    now, policy = time.time(), context.index.policy
    today = datetime.fromtimestamp(now, UTC).date()
    project = request.GET.get("project", "")[:200]
    going = retention.expired(context.index, now)
    going = [it for it in going if project in ("", it.project)]
    values = {
        "policy": policy,
        "project": project,
        "count": plural(len(going), "release"),
        "rows": [
            (it.project, it.version, size_in_words(it.size), moment(it.uploaded, today), it.reason)
            for it in going[:MAX_SHOWN]
        ],
        "run": Form(
            f"{here_of(context, request)}run",
            f"Move the first {AT_ONCE} to the trash" if len(going) > AT_ONCE else "Let them go",
            tone="danger",
        )
        if going and not project
        else None,
    }
    return sheet(context, request, "retention", "retention", values, problem)


@view_config(
    context=AdminIndex, name="run", request_method="POST", permission="manage", require_csrf=True
)
@forms.or_shown_on(show)
def run(context: AdminIndex, request: Any) -> Response:
    """Move such releases to the trash, some at a time."""
    retention.run(context.index, actor(request), limit=AT_ONCE)
    return frame.go(request, here_of(context, request) + "retention", "ran")
