"""Tokens: one's own, and for administrators everybody's."""

from typing import Annotated, Any

from msgspec import Meta, structs
from pyramid.httpexceptions import HTTPForbidden

from mypi.errors import Missing, NotAllowed
from mypi.model import Token
from mypi.model.policy import DAY
from mypi.permissions import EVERYTHING, Scope
from mypi.services import tokens as service
from mypi.services.access import ADMINISTER, Access
from mypi.web.api.operations import ANYBODY, operation
from mypi.web.api.resources import ApiToken, ApiTokens
from mypi.web.api.wire import Answer, Asked, Done, Time, time, time_or_none
from mypi.web.security import LIMITED, actor, refusal

Words = tuple[str, ...]


class TokenAnswer(Answer):
    """A token, without its secret; what it is limited to, empty lists limiting nothing."""

    id: str
    user: str
    label: str
    indexes: Words
    projects: Words
    permissions: Words
    created: Time
    expires: Time | None
    last_used: Annotated[Time | None, Meta(description="Right to the hour.")]


class NewTokenAnswer(TokenAnswer):
    """A new token; ``token`` is told this once and never again."""

    token: str


class TokenList(Answer):
    """Tokens, oldest first."""

    tokens: list[TokenAnswer]


class TokenQuery(Asked):
    """Whose."""

    user: Annotated[str, Meta(description="Empty: one's own; an administrator's: all.")] = ""


class NewToken(Asked):
    """What the token is for, and what it may do; empty lists limit nothing."""

    user: Annotated[str, Meta(description="For whom; empty: for who asks.")] = ""
    label: str = ""
    indexes: Words = ()
    projects: Words = ()
    permissions: Words = ()
    expires_days: Annotated[int, Meta(ge=0, le=36500, description="0: never.")] = 0


@operation(
    "GET",
    ApiTokens,
    permission=ANYBODY,
    query=TokenQuery,
    answer=TokenList,
    summary="List one's tokens, or everybody's.",
)
def list_tokens(context: ApiTokens, request: Any, query: TokenQuery) -> TokenList:
    """One's own tokens; an administrator gets those of all, or of the ``user`` asked for."""
    access = context.access
    _demand_self(access, query.user or access.identity.name)
    shown = [
        _shown(it)
        for it in access.site.tokens.values()
        if query.user in ("", it.user) and _is_self(access, it.user)
    ]
    return TokenList(sorted(shown, key=lambda it: it.created))


@operation(
    "POST",
    ApiTokens,
    permission=ANYBODY,
    body=NewToken,
    answer=NewTokenAnswer,
    status=201,
    summary="Create a token.",
)
def create_token(context: ApiTokens, request: Any, body: NewToken) -> NewTokenAnswer:
    """Create a token for oneself; for another user it takes an administrator.

    Who comes with a limited token cannot make others, who comes with one that expires none that
    outlives it.
    """
    access, who = context.access, actor(request)
    user = body.user or access.identity.name
    _demand_self(access, user)
    if request.registry.logins.mark(access.site, user) is None:
        raise Missing(f"There is no user {user[:80]!r}.")
    token, text = service.create(
        access.site,
        user,
        Scope(body.indexes, body.projects, body.permissions),
        label=body.label,
        expires=_expiry(access, body.expires_days, who.now),
        actor=who,
    )
    return NewTokenAnswer(**structs.asdict(_shown(token)), token=text)


@operation("DELETE", ApiToken, permission=ANYBODY, answer=Done, summary="Revoke a token.")
def revoke_token(context: ApiToken, request: Any) -> Done:
    """The token is worth nothing any more; an administrator may revoke everybody's."""
    access, number = context.access, context.__name__
    token = access.site.tokens.get(number)
    if token is None or not _is_self(access, token.user):
        raise Missing(f"You have no token {number[:80]!r}.")
    service.revoke(access.site, number, actor(request))
    return Done()


def _is_self(access: Access, user: str) -> bool:
    """Whether one's own tokens are meant, or the asker is an administrator."""
    identity = access.identity
    if user == identity.name:
        return bool(user) and identity.scope == EVERYTHING
    return access.may_administer()


def _demand_self(access: Access, user: str) -> None:
    if not _is_self(access, user):
        is_own = bool(user) and user == access.identity.name
        raise HTTPForbidden(result=LIMITED) if is_own else refusal(access, ADMINISTER)


def _expiry(access: Access, days: int, now: float) -> float | None:
    """When a new token expires; not after the one that the asker came with."""
    wanted = now + days * DAY if days else None
    came_with = access.site.tokens.get(access.identity.token)
    limit = came_with.expires if came_with is not None else None
    if limit is not None and (wanted is None or wanted > limit):
        raise NotAllowed("A token cannot make one that outlives it; say expires_days, or log in.")
    return wanted


def _shown(it: Token) -> TokenAnswer:
    return TokenAnswer(
        id=it.id,
        user=it.user,
        label=it.label,
        indexes=it.scope.indexes,
        projects=it.scope.projects,
        permissions=it.scope.permissions,
        created=time(it.created),
        expires=time_or_none(it.expires),
        last_used=time_or_none(it.last_used),
    )
