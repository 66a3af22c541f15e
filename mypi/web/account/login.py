"""Log in and out in a browser."""

import time
from typing import Any
from urllib.parse import quote

from pyramid.csrf import new_csrf_token
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED, forget, remember
from pyramid.view import view_config

from mypi.errors import MypiError, NotLoggedIn, TooManyAttempts
from mypi.services import tokens
from mypi.web import frame, redirects
from mypi.web.account.doors import LoginDoor, LogoutDoor
from mypi.web.frame import forms
from mypi.web.frame.forms import Field, Form

MAX_NEXT = 2000
"""Characters of an address to go on to."""

FOR_TOOLS = "A token is for tools. Log in with your password."


@view_config(context=LoginDoor, request_method="GET", permission=NO_PERMISSION_REQUIRED)
def ask(context: LoginDoor, request: Any, problem: MypiError | None = None) -> Response:
    """The form, which password managers know how to fill in."""
    form = Form(
        frame.addresses.root(request) + "/+login",
        "Log in",
        (
            Field("name", "User name", autocomplete="username", required=True),
            Field("password", "Password", "", "password", autocomplete="current-password"),
        ),
        hidden=(("next", request.params.get("next", "")),),
    )
    values = {"form": forms.refilled(form, request, problem)}
    response = frame.page(context, request, "login", values, problem=problem)
    if isinstance(problem, TooManyAttempts):
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


@view_config(
    context=LoginDoor,
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
    require_csrf=True,
)
@forms.or_shown_on(ask)
def log_in(context: LoginDoor, request: Any) -> Response:
    """Look at name and password, give the browser its cookie, and go on."""
    name, password = forms.text(request, "name"), forms.typed(request, "password")
    if tokens.is_token(password):
        raise NotLoggedIn(FOR_TOOLS)
    logins, address = request.registry.logins, request.remote_addr or ""
    identity = logins.identity(context.access.site, name, password, address, time.time())
    new_csrf_token(request)
    response = redirects.see_other(request, local_path(request, forms.text(request, "next")))
    response.headers.extend(remember(request, identity.name))
    return response


@view_config(context=LogoutDoor, request_method="GET", permission=NO_PERMISSION_REQUIRED)
def ask_to_leave(context: LogoutDoor, request: Any) -> Response:
    """A button: pages that are kept for many readers cannot hold it."""
    values = {"form": Form(frame.addresses.root(request) + "/+logout", "Log out")}
    return frame.page(context, request, "logout", values)


@view_config(
    context=LogoutDoor,
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
    require_csrf=True,
)
def log_out(context: LogoutDoor, request: Any) -> Response:
    """Take the cookie away."""
    response = redirects.see_other(request, "/")
    response.headers.extend(forget(request))
    return response


def local_path(request: Any, text: str) -> str:
    """``text`` if it is an address of ours, without the path we are mounted at; else the root."""
    mounted = quote(request.environ.get("SCRIPT_NAME", ""))
    plain = len(text) <= MAX_NEXT and all("!" <= c <= "~" and c != "\\" for c in text)
    if not plain or not text.startswith(mounted + "/"):
        return "/"
    path = text.removeprefix(mounted)
    return "/" if path.startswith("//") else path
