"""Make and revoke one's own tokens."""

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing, Refused
from mypi.model.policy import DAY
from mypi.names import check_project_name, normalise
from mypi.permissions import Scope, check_permissions
from mypi.services import tokens
from mypi.web import frame
from mypi.web.account.doors import OWN, AccountDoor
from mypi.web.account.listing import EXPIRY
from mypi.web.account.me import name_of, show
from mypi.web.frame import forms, snippets
from mypi.web.frame.words import scope_in_words
from mypi.web.security import actor


@view_config(
    context=AccountDoor, name="tokens", request_method="POST", permission=OWN, require_csrf=True
)
@forms.or_shown_on(show)
def make(context: AccountDoor, request: Any) -> Response:
    """A new token; its secret is on this one answer and nowhere else."""
    who = actor(request)
    days = forms.text(request, "expires")
    if days not in EXPIRY:
        raise Refused("expires: choose one of the answers.")
    scope = _scope(context, request)
    token, secret = tokens.create(
        context.access.site,
        name_of(context),
        scope,
        label=forms.text(request, "label"),
        expires=who.now + int(days) * DAY if int(days) else None,
        actor=who,
    )
    index = scope.indexes[0] if scope.indexes else context.index.name
    here = frame.addresses.of_index(request, index)
    values = {
        "label": token.label,
        "secret": secret,
        "scope": scope_in_words(token.scope),
        "snippets": snippets.with_token(here, secret),
    }
    return frame.page(context, request, "token", values)


@view_config(
    context=AccountDoor, name="revoke", request_method="POST", permission=OWN, require_csrf=True
)
@forms.or_shown_on(show)
def revoke(context: AccountDoor, request: Any) -> Response:
    """A token of mine is worth nothing any more; others' are not there."""
    number = forms.text(request, "id")
    token = context.access.site.tokens.get(number)
    if token is None or token.user != name_of(context):
        raise Missing(f"You have no token {number[:80]!r}.")
    tokens.revoke(context.access.site, number, actor(request))
    return frame.go(request, frame.addresses.of(context, request).account, "revoked")


def _scope(context: AccountDoor, request: Any) -> Scope:
    access = context.access
    names = forms.chosen(request, "indexes")
    for name in names:
        index = access.site.indexes.get(name)
        if index is None or not (access.may("read", index) or access.may("upload", index)):
            raise Missing(f"indexes: there is no index {name[:80]}.")
    projects = [normalise(check_project_name(name)) for name in forms.words(request, "projects")]
    permissions = check_permissions(forms.chosen(request, "permissions"))
    return Scope(names, tuple(projects), permissions)
