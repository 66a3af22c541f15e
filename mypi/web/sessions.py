"""Browser logins: a signed cookie that says who, and under which password.

No session is kept on the server.  The cookie carries a mark that changes with the user's password,
so that a new one, or "log out everywhere", ends every cookie at once.
"""

import time
from typing import Any

from webob.cookies import JSONSerializer, SignedSerializer, make_cookie

from mypi.model import Site
from mypi.services.access import STRANGER, Identity, groups_of

COOKIE = "mypi_login"
_REISSUE = 300
"""Seconds after which a cookie in use is written anew."""


def remember(request: Any, site: Site, user: str) -> list[tuple[str, str]]:
    """The header that logs a browser in as ``user``."""
    mark = request.registry.logins.mark(site, user)
    value = _serializer(site).dumps([user, mark, int(time.time())])
    return [("Set-Cookie", _cookie(request, value.decode("ascii")))]


def forget(request: Any) -> list[tuple[str, str]]:
    """The header that logs a browser out."""
    return [("Set-Cookie", _cookie(request, None))]


def identity(request: Any, site: Site) -> Identity:
    """Who the cookie says it is; a stranger when there is none, or it counts no longer."""
    text = request.cookies.get(COOKIE)
    if not text:
        return STRANGER
    try:
        user, mark, issued = _serializer(site).loads(text.encode())
    except ValueError:
        return STRANGER
    now = time.time()
    if now - issued > request.registry.mypi.login_hours * 3600:
        return STRANGER
    if mark != request.registry.logins.mark(site, user):
        return STRANGER
    if now - issued > _REISSUE:
        headers = remember(request, site, user)
        request.add_response_callback(lambda _request, response: _reissue(response, headers))
    return Identity(user, groups_of(site, user))


def _reissue(response: Any, headers: list[tuple[str, str]]) -> None:
    """Unless the answer itself logs in or out, or may lie in a cache that others ask."""
    lasts = response.headers.get("Cache-Control", "")
    is_for_one = lasts.startswith("private") or "no-store" in lasts
    if is_for_one and not any(COOKIE in it for it in response.headers.getall("Set-Cookie")):
        response.headers.extend(headers)


def _serializer(site: Site) -> Any:
    return SignedSerializer(site.secret, "mypi.login", serializer=JSONSerializer())


def _cookie(request: Any, value: str | None) -> str:
    text: str = make_cookie(
        COOKIE,
        value,
        path=request.environ.get("SCRIPT_NAME", "") + "/",
        max_age=None if value is not None else 0,
        httponly=True,
        secure=request.scheme == "https",
        samesite="Lax",
    )
    return text
