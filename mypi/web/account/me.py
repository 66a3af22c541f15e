"""What people know and change of themselves: groups, password, logins."""

import time
from datetime import UTC, datetime
from typing import Any

from pyramid.response import Response
from pyramid.security import forget, remember
from pyramid.view import view_config

from mypi.errors import MypiError, NotAllowed, NotLoggedIn, Refused
from mypi.services import users
from mypi.web import frame, redirects
from mypi.web.account import listing
from mypi.web.account.doors import OWN, AccountDoor
from mypi.web.frame import forms
from mypi.web.frame.forms import Field, Form
from mypi.web.security import actor

NOTICES = {
    "password": "The password is changed. Your other browsers are logged out.",
    "sessions": "Every browser of yours is logged out.",
    "revoked": "The token is revoked: it is worth nothing any more.",
}
NO_ACCOUNTS = "This index is open: there are no accounts."


@view_config(context=AccountDoor, request_method="GET", permission=OWN)
def show(context: AccountDoor, request: Any, problem: MypiError | None = None) -> Response:
    """Who I am, my tokens, my password."""
    access = context.access
    identity = access.identity
    has_password = identity.name in access.site.users
    here = frame.addresses.of(context, request)
    password = Form(
        f"{here.account}/password", "Change the password", _PASSWORDS, user=identity.name
    )
    today = datetime.fromtimestamp(time.time(), UTC).date()
    values = {
        "groups": sorted(identity.groups),
        "tokens": [] if access.is_open else listing.own(access, here, today),
        "new_token": forms.refilled(listing.form(access, here), request, problem),
        "new_password": forms.refilled(password, request, problem) if has_password else None,
        "end_sessions": Form(f"{here.account}/sessions", "Log out everywhere", tone="danger")
        if has_password
        else None,
    }
    return frame.page(context, request, "account", values, problem=problem, notices=NOTICES)


@view_config(
    context=AccountDoor, name="password", request_method="POST", permission=OWN, require_csrf=True
)
@forms.or_shown_on(show)
def change_password(context: AccountDoor, request: Any) -> Response:
    """A new password for who knows the old one; this browser stays logged in."""
    me = name_of(context)
    password = forms.typed(request, "new")
    if password != forms.typed(request, "again"):
        raise Refused("again: this is not what you typed before.")
    _check_current(context, request, me)
    users.set_password(context.access.site, me, password, actor(request))
    return _logged_in(request, me, "password")


@view_config(
    context=AccountDoor, name="sessions", request_method="POST", permission=OWN, require_csrf=True
)
@forms.or_shown_on(show)
def end_sessions(context: AccountDoor, request: Any) -> Response:
    """End every login of mine in a browser."""
    users.end_sessions(context.access.site, name_of(context))
    response = redirects.see_other(request, "/+login")
    response.headers.extend(forget(request))
    return response


def name_of(context: AccountDoor) -> str:
    """Who is logged in; raises Refused in the open mode."""
    if context.access.is_open or not context.access.identity.name:
        raise Refused(NO_ACCOUNTS)
    return context.access.identity.name


def _check_current(context: AccountDoor, request: Any, me: str) -> None:
    """A browser left alone must not cost its owner the account."""
    logins, address = request.registry.logins, request.remote_addr or ""
    current = forms.typed(request, "current")
    try:
        logins.identity(context.access.site, me, current, address, time.time())
    except NotLoggedIn:
        raise NotAllowed("current: this is not your password.") from None


def _logged_in(request: Any, me: str, done: str) -> Response:
    response = frame.go(request, frame.addresses.root(request) + "/+account", done)
    response.headers.extend(remember(request, me))
    return response


_PASSWORDS = (
    Field("current", "Current password", "", "password", autocomplete="current-password"),
    Field(
        "new",
        "New password",
        "",
        "password",
        "8 characters or more; a sentence is easier to keep than a riddle.",
        autocomplete="new-password",
    ),
    Field("again", "New password, once more", "", "password", autocomplete="new-password"),
)
