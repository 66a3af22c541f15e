"""The trash of an index, and that of the site: restore, delete for good, empty."""

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError
from mypi.model import Trashed
from mypi.model.policy import DAY, TRASH_DAYS
from mypi.services import indexes, trash
from mypi.sizes import size_in_words
from mypi.web import frame
from mypi.web.admin.doors import AdminIndex, AdminTrash
from mypi.web.admin.sheets import here_of, sheet
from mypi.web.frame import addresses, forms
from mypi.web.frame.forms import Field, Form
from mypi.web.frame.words import Moment, moment
from mypi.web.security import actor

MAX_SHOWN = 200


class Row(NamedTuple):
    """Something deleted."""

    kind: str
    what: str
    size: str
    by: str
    when: Moment
    reason: str
    until: str
    restore: Form | None
    purge: Form | None


@view_config(context=AdminIndex, name="trash", request_method="GET", permission="delete")
def of_index(context: AdminIndex, request: Any, problem: MypiError | None = None) -> Response:
    """What was deleted from an index, newest first."""
    page = here_of(context, request)
    index = context.index
    may_empty = context.access.may("manage", index)
    rows = _rows(index.trash, index.policy.trash_days, page, may_purge=may_empty)
    empty = _empty(page) if may_empty and rows else None
    return sheet(context, request, "trash", "trash", {"rows": rows, "empty": empty}, problem)


@view_config(
    context=AdminIndex,
    name="restore",
    request_method="POST",
    permission="delete",
    require_csrf=True,
)
@forms.or_shown_on(of_index)
def restore(context: AdminIndex, request: Any) -> Response:
    """Put it back where it was."""
    trash.restore(context.index, forms.text(request, "id"), actor(request))
    return frame.go(request, here_of(context, request) + "trash", "restored")


@view_config(
    context=AdminIndex, name="purge", request_method="POST", permission="manage", require_csrf=True
)
@forms.or_shown_on(of_index)
def purge(context: AdminIndex, request: Any) -> Response:
    """It cannot be restored any more."""
    trash.purge(context.index, forms.text(request, "id"), actor(request))
    return frame.go(request, here_of(context, request) + "trash", "purged")


@view_config(
    context=AdminIndex, name="empty", request_method="POST", permission="manage", require_csrf=True
)
@forms.or_shown_on(of_index)
def empty(context: AdminIndex, request: Any) -> Response:
    """What is over its time goes for good, or everything."""
    trash.empty(context.index, actor(request), everything=forms.ticked(request, "everything"))
    return frame.go(request, here_of(context, request) + "trash", "emptied")


@view_config(context=AdminTrash, request_method="GET", permission="administer")
def of_site(context: AdminTrash, request: Any, problem: MypiError | None = None) -> Response:
    """Deleted indexes, newest first."""
    page = addresses.of(context, request).admin + "trash/"
    rows = _rows(context.access.site.trash, TRASH_DAYS, page, may_purge=False)
    values = {"rows": rows, "empty": _empty(page) if rows else None}
    return sheet(context, request, "trash", "trash/", values, problem)


@view_config(
    context=AdminTrash,
    name="restore",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(of_site)
def restore_index(context: AdminTrash, request: Any) -> Response:
    """Put an index back."""
    made = indexes.restore(context.access.site, forms.text(request, "id"), actor(request))
    return frame.go(request, addresses.of(context, request).managing(made.name), "restored")


@view_config(
    context=AdminTrash,
    name="empty",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(of_site)
def empty_site(context: AdminTrash, request: Any) -> Response:
    """Deleted indexes go for good; their logs stay."""
    everything = forms.ticked(request, "everything")
    indexes.purge(context.access.site, actor(request), everything=everything)
    return frame.go(request, addresses.of(context, request).admin + "trash/", "emptied")


def _rows(held: Any, days: int, page: str, *, may_purge: bool) -> list[Row]:
    newest = sorted(held.values(), key=lambda it: it.when, reverse=True)
    return [_row(it, days, page, may_purge) for it in newest[:MAX_SHOWN]]


def _row(it: Trashed, days: int, page: str, may_purge: bool) -> Row:
    today = datetime.fromtimestamp(time.time(), UTC).date()
    what = " ".join(part for part in (it.project, it.version, it.filename) if part)
    what = what or it.what.name
    hidden = (("id", it.id),)
    return Row(
        it.kind,
        what,
        size_in_words(it.size),
        it.by,
        moment(it.when, today),
        it.reason,
        moment(it.when + days * DAY, today).full[:10],
        Form(f"{page}restore", "Restore", hidden=hidden, of=what),
        Form(f"{page}purge", "Delete for good", hidden=hidden, of=what, tone="danger")
        if may_purge
        else None,
    )


def _empty(page: str) -> Form:
    hint = "Otherwise only what is over its time."
    everything = Field("everything", "Everything", "", "box", hint)
    return Form(f"{page}empty", "Empty the trash", (everything,), tone="danger")
