"""The security policy: who asks, and whether the doorways' ``__acl__`` lets them.

What is permitted is said in ``mypi.services.access``; here requests are read.
"""

import base64
import binascii
import hmac
import logging
import time
from typing import Any

from pyramid.authorization import ACLHelper
from pyramid.httpexceptions import HTTPForbidden
from pyramid.security import Denied
from pyramid_zodbconn import get_connection
from transaction.interfaces import TransientError

from mypi.errors import Missing, NotLoggedIn
from mypi.model import Index, Project, Site
from mypi.model.site import ROOT_KEY
from mypi.services import tokens
from mypi.services.access import (
    ADMINISTER,
    STRANGER,
    THE_OPERATOR,
    Access,
    Identity,
    is_site_open,
)
from mypi.services.actor import Actor
from mypi.web import negotiate, sessions
from mypi.web.execution import writes

log = logging.getLogger(__name__)

IN_PROCESS = "mypi.operator"
"""Environ key of a caller in this very process, the command line; no client can set it."""

NO_LOGIN = "Basic Og=="
"""What old tools send when they have neither name nor password."""

LOG_IN = "Log in with a user name and a password, or with a token."
BROKEN = "The Authorization header cannot be read; Basic or Bearer is wanted."

LIMITED = Denied("the token is limited")
"""In place of False where the user may do it, and only the limits of the token are in the way."""


class Policy:
    """Pyramid's security policy; nobody is asked to log in while the site is open."""

    def identity(self, request: Any) -> Identity:
        """Who asks; raises NotLoggedIn when a wrong login came."""
        identity: Identity = request.access.identity
        return identity

    def authenticated_userid(self, request: Any) -> str | None:
        """The name of who asks, or None."""
        return self.identity(request).name or None

    def permits(self, request: Any, context: Any, permission: str) -> Any:
        """Whether the doorway's ACL says so, and the token that was used has room for it."""
        access: Access = request.access
        if permission == ADMINISTER:
            return access.may_administer() or _denied(access, ADMINISTER)
        holder = getattr(context, "holder", None)
        if holder is not None and not access.in_scope(permission, *holder):
            return _denied(access, permission, *holder)
        return bool(ACLHelper().permits(context, access.identity.principals, permission))

    def remember(self, request: Any, userid: str, **kw: Any) -> list[tuple[str, str]]:
        """Headers that log a browser in."""
        return sessions.remember(request, request.access.site, userid)

    def forget(self, request: Any, **kw: Any) -> list[tuple[str, str]]:
        """Headers that log a browser out."""
        return sessions.forget(request)


def demand(request: Any, permission: str, index: Index, project: Project | None = None) -> None:
    """Ask for a permission on something that the request's body names; raises HTTPForbidden."""
    if not request.access.may(permission, index, project):
        raise refusal(request.access, permission, index, project)


def refusal(
    access: Access, permission: str, index: Index | None = None, project: Project | None = None
) -> HTTPForbidden:
    """What to raise where that is not permitted; it knows whether the token's limits are why."""
    return HTTPForbidden(result=_denied(access, permission, index, project))


def _denied(
    access: Access, permission: str, index: Index | None = None, project: Project | None = None
) -> Any:
    return LIMITED if access.is_limited(permission, index, project) else False


def actor(request: Any) -> Actor:
    """Who acts, for the journal."""
    return Actor(
        by=request.access.identity.name,
        now=time.time(),
        client=(request.user_agent or "")[:200],
        address=request.remote_addr or "",
    )


def demand_there(request: Any, index: Index) -> None:
    """Go on only if the index was not deleted since the address was looked up (``take_turn``)."""
    if request.access.site.indexes.get(index.name) is not index:
        raise no_such_index(request.access, index.name)


def no_such_index(access: Access, name: str) -> Exception:
    """What to raise for an index that does not exist, or that may not be known to exist.

    A stranger is asked to log in for either; who has logged in is told that there is none.
    """
    if access.is_open or access.identity.name:
        return Missing(f"There is no index {name[:80]} here.")
    return NotLoggedIn(LOG_IN)


def access_of(request: Any) -> Access:
    """The site as the one who asks sees it, on today's state; ``request.access``, once a request.

    Raises NotLoggedIn or TooManyAttempts when a wrong login came.
    """
    connection = get_connection(request)
    if not writes(request):
        # No transaction begins that would bring a pooled connection up to date.
        connection.newTransaction(None)
    site: Site = connection.root()[ROOT_KEY]
    is_open = is_site_open(request.registry.mypi, site)
    identity = _identity(request, site, is_open)
    if identity.token:
        _note_use(request, site, identity.token)
    return Access(site, identity, is_open=is_open)


def _identity(request: Any, site: Site, is_open: bool) -> Identity:
    environ = request.environ
    if environ.get(IN_PROCESS):
        return THE_OPERATOR
    header = environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, text = header.partition(" ")
    if scheme.lower() == "bearer" and _is_operator_key(request.registry, text):
        return THE_OPERATOR
    if is_open:
        return STRANGER
    if not header or header == NO_LOGIN:
        return _browser(request, site)
    logins, address, now = request.registry.logins, request.remote_addr or "", time.time()
    if scheme.lower() == "bearer":
        return logins.bearer(site, text.strip(), now, address)
    if scheme.lower() == "basic":
        name, password = _basic(text)
        return logins.identity(site, name, password, address, now)
    raise NotLoggedIn(BROKEN)


def _browser(request: Any, site: Site) -> Identity:
    """Who a session cookie says it is; the API takes none, its clients have headers."""
    if negotiate.is_for_the_api(request.environ):
        return STRANGER
    return sessions.identity(request, site)


def _basic(text: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise NotLoggedIn(BROKEN) from None
    if not colon:
        raise NotLoggedIn(BROKEN)
    return name, password


def _is_operator_key(registry: Any, text: str) -> bool:
    key: str = getattr(registry, "operator_key", "")
    return bool(key) and hmac.compare_digest(key.encode(), text.strip().encode("utf-8", "replace"))


def _note_use(request: Any, site: Site, number: str) -> None:
    """Write down, once an hour, that a token is in use: in a transaction of its own."""
    now = time.time()
    if not tokens.note_use(site.tokens[number], now):
        return
    try:
        with request.registry.database.transaction(note="token used") as connection:
            tokens.mark_used(connection.root()[ROOT_KEY].tokens[number], now)
    except (TransientError, KeyError, OSError) as error:
        log.info("use of token %s not noted: %s", number, error)
