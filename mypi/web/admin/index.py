"""One index: what it allows, its name, its end."""

from collections.abc import Mapping
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing, MypiError, Refused
from mypi.services import grantees, indexes, policies
from mypi.services.access import grants
from mypi.sizes import size_in_words
from mypi.web import frame
from mypi.web.admin import policy
from mypi.web.admin.doors import AdminIndex
from mypi.web.admin.sheets import here_of, sheet
from mypi.web.frame import addresses, forms
from mypi.web.frame.forms import Field, Form
from mypi.web.frame.words import plural
from mypi.web.security import actor


@view_config(context=AdminIndex, request_method="GET", permission="manage")
def show(context: AdminIndex, request: Any, problem: MypiError | None = None) -> Response:
    """The policy, each of its attributes with a sentence of what it means."""
    index, access = context.index, context.access
    page = here_of(context, request)
    names = [it.name for it in access.indexes() if it is not index]
    is_default = index.name == request.registry.mypi.default_index
    may_end = access.may_administer() and not is_default
    values = {
        "name": index.name,
        "is_default": is_default,
        "projects": plural(index.count(), "project"),
        "size": size_in_words(index.size()),
        "sentence": policy.in_words(grants(index, is_open=access.is_open)),
        "notes": grantees.notes(access.site, request.registry.logins, index.policy.grants),
        "change": Form(
            f"{page}change",
            "Keep this",
            groups=policy.groups(policies.policy_of(index), grants(index, is_open=False), names),
        ),
        "rename": Form(f"{page}rename", "Rename", (Field("name", "New name", required=True),))
        if may_end
        else None,
        "delete": _delete(page, index.name) if may_end else None,
    }
    return sheet(context, request, "index", "", values, problem)


@view_config(
    context=AdminIndex,
    name="change",
    request_method="POST",
    permission="manage",
    require_csrf=True,
)
@forms.or_shown_on(show)
def change(context: AdminIndex, request: Any) -> Response:
    """Another policy."""
    values = policy.read(request)
    _check_bases(context, values)
    indexes.change(context.access.site, context.index, values, actor(request))
    return frame.go(request, here_of(context, request), "changed")


@view_config(
    context=AdminIndex,
    name="rename",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def rename(context: AdminIndex, request: Any) -> Response:
    """Another name; those who use it have to be told."""
    name, default = forms.text(request, "name"), request.registry.mypi.default_index
    site, who = context.access.site, actor(request)
    indexes.rename(site, context.index, name, default=default, actor=who)
    return frame.go(request, addresses.of(context, request).managing(name), "renamed")


@view_config(
    context=AdminIndex,
    name="delete",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def delete(context: AdminIndex, request: Any) -> Response:
    """Move the index with all it holds to the site's trash."""
    if forms.text(request, "confirm") != context.index.name:
        raise Refused(f"confirm: type {context.index.name} to delete it; nothing was deleted.")
    indexes.delete(
        context.access.site,
        context.index,
        default=request.registry.mypi.default_index,
        force=forms.ticked(request, "force"),
        actor=actor(request),
    )
    here = addresses.of_index(request, request.registry.mypi.default_index)
    return frame.go(request, here.admin + "trash/", "index-deleted")


def _delete(page: str, name: str) -> Form:
    return Form(
        f"{page}delete",
        "Delete the index",
        (
            Field(
                "force",
                "Take it out of the bases of other indexes first",
                "",
                "box",
                "Otherwise an index that others have as their base is not deleted.",
            ),
            Field("confirm", f"Type {name} to confirm", required=True),
        ),
        tone="danger",
    )


def _check_bases(context: AdminIndex, values: Mapping[str, Any]) -> None:
    """New bases that the asker may not read do not exist for them."""
    for name in values["bases"]:
        if name not in context.index.policy.bases and context.access.index(name) is None:
            raise Missing(f"bases: there is no index {name[:80]}.")
