"""Users and groups."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.model import Group, Site, User
from mypi.services import users as service
from mypi.services.access import groups_of
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiGroup, ApiGroups, ApiUser, ApiUsers
from mypi.web.api.wire import Answer, Asked, Done, Time, time
from mypi.web.security import actor


class UserAnswer(Answer):
    """Someone who logs in."""

    name: str
    groups: list[str]
    created: Time
    password: Annotated[bool, Meta(description="Whether there is one; else only tokens work.")]


class UserList(Answer):
    """All users, by name; those of an htpasswd file are not among them."""

    users: list[UserAnswer]


class NewUser(Asked):
    """A user to add; without a password only tokens work."""

    name: str
    password: str | None = None
    groups: tuple[str, ...] = ()


class NewPassword(Asked):
    """A new password."""

    password: str


class GroupAnswer(Answer):
    """Users under one name; policies grant permissions to ``@name``."""

    name: str
    members: tuple[str, ...]


class GroupList(Answer):
    """All groups, by name."""

    groups: list[GroupAnswer]


class Members(Asked):
    """Who is in a group."""

    members: tuple[str, ...]


@operation("GET", ApiUsers, permission="administer", answer=UserList, summary="List the users.")
def list_users(context: ApiUsers, request: Any) -> UserList:
    """All users that mypi knows itself."""
    site = context.access.site
    return UserList([_user(site, it) for it in site.users.values()])


@operation(
    "POST",
    ApiUsers,
    permission="administer",
    body=NewUser,
    answer=UserAnswer,
    status=201,
    summary="Add a user.",
)
def add_user(context: ApiUsers, request: Any, body: NewUser) -> UserAnswer:
    """Add a user.  The first one closes an open site, and is made an administrator."""
    site = context.access.site
    it = service.add(site, body.name, body.password, actor(request), groups=body.groups)
    return _user(site, it)


@operation("GET", ApiUser, permission="administer", answer=UserAnswer, summary="Show a user.")
def show_user(context: ApiUser, request: Any) -> UserAnswer:
    """One user."""
    site = context.access.site
    return _user(site, service.user(site, context.__name__))


@operation(
    "PATCH",
    ApiUser,
    permission="administer",
    body=NewPassword,
    answer=UserAnswer,
    summary="Change a user's password.",
)
def change_password(context: ApiUser, request: Any, body: NewPassword) -> UserAnswer:
    """Set a new password; every browser of the user is logged out."""
    site, name = context.access.site, context.__name__
    service.set_password(site, name, body.password, actor(request))
    return _user(site, site.users[name])


@operation("DELETE", ApiUser, permission="administer", answer=Done, summary="Remove a user.")
def remove_user(context: ApiUser, request: Any) -> Done:
    """Remove a user and their tokens; what they published stays, and so does their name on it."""
    service.remove(context.access.site, context.__name__, actor(request))
    return Done()


@operation("GET", ApiGroups, permission="administer", answer=GroupList, summary="List the groups.")
def list_groups(context: ApiGroups, request: Any) -> GroupList:
    """All groups; ``admins`` may do everything."""
    return GroupList([_group(it) for it in context.access.site.groups.values()])


@operation(
    "PUT",
    ApiGroup,
    permission="administer",
    body=Members,
    answer=GroupAnswer,
    summary="Say who is in a group.",
)
def set_group(context: ApiGroup, request: Any, body: Members) -> GroupAnswer:
    """Make a group, or give it other members."""
    site, name = context.access.site, context.__name__
    return _group(service.set_group(site, name, body.members, actor(request)))


@operation("DELETE", ApiGroup, permission="administer", answer=Done, summary="Remove a group.")
def remove_group(context: ApiGroup, request: Any) -> Done:
    """Remove a group; what policies grant to it, nobody has any more."""
    service.remove_group(context.access.site, context.__name__, actor(request))
    return Done()


def _user(site: Site, it: User) -> UserAnswer:
    return UserAnswer(
        it.name, sorted(groups_of(site, it.name)), time(it.created), bool(it.password)
    )


def _group(it: Group) -> GroupAnswer:
    return GroupAnswer(it.name, it.members)
