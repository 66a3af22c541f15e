"""Users and groups."""

from collections.abc import Iterable

from mypi.errors import Conflict, Missing, Refused
from mypi.model import Group, Site, User
from mypi.permissions import ADMINS, check_login
from mypi.services.actor import Actor
from mypi.services.passwords import hash_password

ADMIN_GROUP = ADMINS.removeprefix("@")


def add(
    site: Site, name: str, password: str | None, actor: Actor, groups: Iterable[str] = ()
) -> User:
    """A new user, who is an admin if there is none yet; from the first one on the site is closed.

    Without a password they log in with tokens, or with what an htpasswd file has of that name.
    Raises Refused and Conflict.
    """
    check_login(name)
    if name in site.users:
        raise Conflict(f"There is a user {name} already; choose another name.")
    joined = {check_login(group) for group in groups}
    if not site.users and not _members(site, ADMIN_GROUP):
        joined.add(ADMIN_GROUP)
    kept = hash_password(password) if password is not None else ""
    user = site.users[name] = User(name, kept, now=actor.now)
    site.journal.append(actor.entry("add user", detail=name))
    for group in sorted(joined):
        set_group(site, group, {*_members(site, group), name}, actor)
    return user


def user(site: Site, name: str) -> User:
    """The user of that name; raises Missing."""
    found: User | None = site.users.get(name)
    if found is None:
        raise Missing(f"There is no user {name[:80]}.")
    return found


def set_password(site: Site, name: str, password: str, actor: Actor) -> None:
    """A new password; it ends every browser session of the user.  Raises Missing and Refused."""
    it = user(site, name)
    it.password = hash_password(password)
    it.session += 1
    site.journal.append(actor.entry("change password", detail=name))


def end_sessions(site: Site, name: str) -> None:
    """Log the user out of every browser; raises Missing."""
    user(site, name).session += 1


def remove(site: Site, name: str, actor: Actor) -> None:
    """Take a user away, with tokens and memberships; what they published or own stays.

    Raises Missing, and Refused when nobody would be left to administer the site.
    """
    user(site, name)
    admins = _members(site, ADMIN_GROUP)
    _keep_an_admin(site, ADMIN_GROUP, tuple(it for it in admins if it != name))
    for group in list(site.groups.values()):
        if name in group.members:
            set_group(site, group.name, set(group.members) - {name}, actor)
    for number in [token.id for token in site.tokens.values() if token.user == name]:
        del site.tokens[number]
    del site.users[name]
    site.journal.append(actor.entry("remove user", detail=name))


def set_group(site: Site, name: str, members: Iterable[str], actor: Actor) -> Group:
    """Make the group, or give it other members; users of an htpasswd file may be among them.

    Raises Refused when nobody would be left to administer the site.
    """
    check_login(name)
    wanted = tuple(sorted({check_login(member) for member in members}))
    _keep_an_admin(site, name, wanted)
    group: Group | None = site.groups.get(name)
    if group is None:
        group = site.groups[name] = Group(name)
    group.members = wanted
    site.journal.append(actor.entry("change group", detail=f"{name}: {', '.join(wanted)}"[:500]))
    return group


def remove_group(site: Site, name: str, actor: Actor) -> None:
    """Take a group away; grants that name it grant nothing then.  Raises Missing and Refused."""
    if name not in site.groups:
        raise Missing(f"There is no group {name[:80]}.")
    _keep_an_admin(site, name, ())
    del site.groups[name]
    site.journal.append(actor.entry("remove group", detail=name))


def _members(site: Site, group: str) -> tuple[str, ...]:
    return site.groups[group].members if group in site.groups else ()


def _keep_an_admin(site: Site, group: str, members: tuple[str, ...]) -> None:
    if group == ADMIN_GROUP and not members and _members(site, group):
        raise Refused("Somebody has to administer the site: name another admin first.")
