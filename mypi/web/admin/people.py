"""Users and groups."""

import time
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError
from mypi.model import Group, Site, User
from mypi.services import users
from mypi.services.access import groups_of
from mypi.web import frame
from mypi.web.admin.doors import AdminUsers
from mypi.web.admin.sheets import sheet
from mypi.web.frame import addresses, forms
from mypi.web.frame.forms import Field, Form
from mypi.web.frame.words import Moment, moment
from mypi.web.security import actor

PASSWORD = "8 characters or more."  # noqa: S105


class Person(NamedTuple):
    """A user with what can be done to them."""

    name: str
    groups: str
    made: Moment
    word: str
    password: Form
    remove: Form


@view_config(context=AdminUsers, request_method="GET", permission="administer")
def show(context: AdminUsers, request: Any, problem: MypiError | None = None) -> Response:
    """All users and groups, and the forms to change them."""
    site = context.access.site
    page = _page(context, request)
    today = datetime.fromtimestamp(time.time(), UTC).date()
    values = {
        "people": [_person(site, user, page, today) for user in site.users.values()],
        "groups": [_group(group, page) for group in site.groups.values()],
        "add": Form(
            f"{page}add",
            "Add the user",
            (
                Field("name", "User name", required=True),
                Field(
                    "password", "Password", "", "password", PASSWORD + " Empty: tokens only."
                )._replace(autocomplete="new-password"),
                Field("groups", "In the groups", hint="Names with blanks between, or empty."),
            ),
        ),
        "set_group": Form(
            f"{page}group",
            "Keep the group",
            (
                Field("group", "Group", hint="A new one, or one of those above.", required=True),
                Field("members", "Members", hint="All of them: user names, blanks between."),
            ),
        ),
        "htpasswd": request.registry.mypi.htpasswd,
    }
    return sheet(context, request, "people", "users/", values, problem)


@view_config(
    context=AdminUsers,
    name="add",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def add(context: AdminUsers, request: Any) -> Response:
    """A new user; without a password only tokens log in."""
    users.add(
        context.access.site,
        forms.text(request, "name"),
        forms.typed(request, "password") or None,
        actor(request),
        groups=forms.words(request, "groups"),
    )
    return frame.go(request, _page(context, request), "added")


@view_config(
    context=AdminUsers,
    name="password",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def set_password(context: AdminUsers, request: Any) -> Response:
    """A new password; the user's browsers are logged out."""
    name, password = forms.text(request, "name"), forms.typed(request, "password")
    users.set_password(context.access.site, name, password, actor(request))
    return frame.go(request, _page(context, request), "password")


@view_config(
    context=AdminUsers,
    name="remove",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def remove(context: AdminUsers, request: Any) -> Response:
    """A user goes, with their tokens; what they published stays."""
    users.remove(context.access.site, forms.text(request, "name"), actor(request))
    return frame.go(request, _page(context, request), "removed")


@view_config(
    context=AdminUsers,
    name="group",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def set_group(context: AdminUsers, request: Any) -> Response:
    """A group has other members, or is new."""
    name, members = forms.text(request, "group"), forms.words(request, "members")
    users.set_group(context.access.site, name, members, actor(request))
    return frame.go(request, _page(context, request), "group")


@view_config(
    context=AdminUsers,
    name="remove-group",
    request_method="POST",
    permission="administer",
    require_csrf=True,
)
@forms.or_shown_on(show)
def remove_group(context: AdminUsers, request: Any) -> Response:
    """What policies grant to the group, nobody has any more."""
    users.remove_group(context.access.site, forms.text(request, "group"), actor(request))
    return frame.go(request, _page(context, request), "removed")


def _page(context: AdminUsers, request: Any) -> str:
    return addresses.of(context, request).admin + "users/"


def _person(site: Site, user: User, page: str, today: date) -> Person:
    hidden = (("name", user.name),)
    label = f"New password of {user.name}"
    password = Field("password", label, "", "password", PASSWORD, autocomplete="new-password")
    return Person(
        user.name,
        ", ".join(sorted(groups_of(site, user.name))),
        moment(user.created, today),
        "" if user.password else "tokens only",
        Form(
            f"{page}password",
            "Set the password",
            (password,),
            hidden=hidden,
            of=user.name,
            user=user.name,
        ),
        Form(f"{page}remove", "Remove", hidden=hidden, of=user.name, tone="danger"),
    )


def _group(group: Group, page: str) -> tuple[str, str, Form]:
    hidden = (("group", group.name),)
    remove = Form(f"{page}remove-group", "Remove", hidden=hidden, of=group.name, tone="danger")
    return group.name, ", ".join(group.members), remove
