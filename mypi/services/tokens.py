"""Tokens: secrets that act for a user within a scope.  Shown once, kept as digests."""

import hashlib
import hmac
import secrets
import string

from mypi.errors import Missing, NotAllowed, Refused
from mypi.model import Site, Token
from mypi.names import check_project_name, normalise
from mypi.permissions import EVERYTHING, OPERATOR, Scope, check_login, check_permissions
from mypi.services.actor import Actor

PREFIX = "mypi-"
MAX_LABEL = 100
MAX_NAMES = 1_000
"""Projects and indexes that a token is for, together."""
_LETTERS = string.ascii_lowercase + string.digits
_HOUR = 3600


def create(
    site: Site,
    user: str,
    scope: Scope,
    *,
    label: str,
    expires: float | None,
    actor: Actor,
    within: Scope = EVERYTHING,
) -> tuple[Token, str]:
    """A new token of ``user`` and its text, which nobody can tell again.

    ``within`` is the scope of the maker: a token cannot make a wider one.  Raises Refused and
    NotAllowed.
    """
    if user == OPERATOR:
        raise Refused("user: say whose token it is to be; the operator has none.")
    check_login(user)
    label = label.strip()
    if not 0 < len(label) <= MAX_LABEL or not label.isprintable():
        raise Refused(f"label: say in one line of {MAX_LABEL} characters what the token is for.")
    if expires is not None and not expires > actor.now:
        raise Refused("expires: the time has passed already.")
    scope = _checked(site, scope)
    if not _is_within(scope, within):
        raise NotAllowed("A token cannot make one that may do more than itself; log in instead.")
    number = "".join(secrets.choice(_LETTERS) for _ in range(8))
    text = f"{PREFIX}{number}-{secrets.token_urlsafe(32)}"
    token = Token(number, user, _digest(text), scope, label=label, now=actor.now, expires=expires)
    site.tokens[number] = token
    site.journal.append(actor.entry("create token", detail=f"{number} of {user}: {label}"))
    return token, text


def revoke(site: Site, number: str, actor: Actor) -> None:
    """The token counts no longer; raises Missing."""
    token: Token | None = site.tokens.get(number)
    if token is None:
        raise Missing(f"There is no token {number[:80]}.")
    del site.tokens[number]
    site.journal.append(actor.entry("revoke token", detail=f"{number} of {token.user}"))


def is_token(text: str) -> bool:
    """Whether ``text`` looks like a token, so that it is not taken for a password."""
    return text.startswith(PREFIX)


def find(site: Site, text: str, now: float) -> Token | None:
    """The token of that text, unless it is unknown or has expired."""
    number = text.removeprefix(PREFIX).partition("-")[0]
    token: Token | None = site.tokens.get(number)
    kept = token.digest if token is not None else "0" * 64
    right = hmac.compare_digest(kept, _digest(text))
    if token is None or not right:
        return None
    return None if token.expires is not None and token.expires <= now else token


def note_use(token: Token, now: float) -> bool:
    """Whether it is time to write down that the token is in use: once an hour."""
    return token.last_used is None or now - token.last_used > _HOUR


def mark_used(token: Token, now: float) -> None:
    """Write it down."""
    token.last_used = now


def _digest(text: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _checked(site: Site, scope: Scope) -> Scope:
    if len(scope.indexes) + len(scope.projects) > MAX_NAMES:
        raise Refused(f"projects: a token may name {MAX_NAMES:,} at most, with its indexes.")
    for name in scope.indexes:
        if name not in site.indexes:
            raise Refused(f"indexes: there is no index {name[:80]}.")
    return Scope(
        tuple(sorted(set(scope.indexes))),
        tuple(sorted({normalise(check_project_name(name)) for name in scope.projects})),
        check_permissions(scope.permissions),
    )


def _is_within(scope: Scope, limits: Scope) -> bool:
    return all(
        not outer or (inner and set(inner) <= set(outer))
        for inner, outer in (
            (scope.indexes, limits.indexes),
            (scope.projects, limits.projects),
            (scope.permissions, limits.permissions),
        )
    )
