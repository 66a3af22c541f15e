"""Everybody's tokens: who has which, and the way to end one."""

import time
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError
from mypi.model import Token
from mypi.services import tokens
from mypi.web import frame
from mypi.web.admin.doors import AdminTokens
from mypi.web.admin.sheets import sheet
from mypi.web.frame import addresses, forms
from mypi.web.frame.forms import Form
from mypi.web.frame.words import Moment, moment, scope_in_words
from mypi.web.security import actor

MAX_SHOWN = 500


class Row(NamedTuple):
    """A token as administrators see it: never its secret."""

    id: str
    user: str
    label: str
    scope: str
    made: Moment
    expires: str
    used: str
    revoke: Form


@view_config(context=AdminTokens, request_method="GET", permission="administer")
def show(context: AdminTokens, request: Any, problem: MypiError | None = None) -> Response:
    """All tokens, by user."""
    page = addresses.of(context, request).admin + "tokens/"
    today = datetime.fromtimestamp(time.time(), UTC).date()
    held = sorted(context.access.site.tokens.values(), key=lambda it: (it.user, it.created))
    values = {"rows": [_row(it, page, today) for it in held[:MAX_SHOWN]], "count": len(held)}
    return sheet(context, request, "tokens", "tokens/", values, problem)


@view_config(
    context=AdminTokens,
    name="revoke",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def revoke(context: AdminTokens, request: Any) -> Response:
    """The token is worth nothing any more."""
    tokens.revoke(context.access.site, forms.text(request, "id"), actor(request))
    return frame.go(request, addresses.of(context, request).admin + "tokens/", "revoked")


def _row(it: Token, page: str, today: date) -> Row:
    of = f"{it.label} of {it.user}"
    return Row(
        it.id,
        it.user,
        it.label,
        scope_in_words(it.scope),
        moment(it.created, today),
        moment(it.expires, today).full[:10] if it.expires is not None else "never",
        moment(it.last_used, today).age if it.last_used is not None else "never",
        Form(f"{page}revoke", "Revoke", hidden=(("id", it.id),), of=of, tone="danger"),
    )
