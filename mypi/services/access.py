"""Who may do what: the permissions of indexes and projects, and the site as one reader sees it.

Everything that asks for a permission asks here: the doorways' ``__acl__`` and the lookups that must
not show a private index to strangers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mypi.model import Index, Project, Site
from mypi.permissions import (
    ADMINS,
    EVERYONE,
    EVERYTHING,
    OPERATOR,
    PERMISSIONS,
    USERS,
    WHEN_CLOSED,
    WHEN_OPEN,
    Scope,
)
from mypi.settings import Settings

ALLOW, DENY = "Allow", "Deny"
Ace = tuple[str, str, str]
"""Allow or Deny, principal, permission: a line of a Pyramid ACL."""

ADMINISTER = "administer"
"""The permission to change the site itself: indexes, users, groups, tokens of others."""

CHANGES = ("upload", "promote", "yank", "delete")
OF_OWNERS = ("upload", "yank", "delete")
"""What belongs to a project's owners where the index has ownership."""


@dataclass(frozen=True)
class Identity:
    """Who asks: a name (empty: a stranger), groups, and what the token, if any, limits them to."""

    name: str = ""
    groups: frozenset[str] = frozenset()
    scope: Scope = EVERYTHING
    token: str = ""

    @property
    def principals(self) -> frozenset[str]:
        """The words that policies grant permissions to."""
        if not self.name:
            return frozenset({EVERYONE})
        return frozenset({EVERYONE, USERS, self.name, *("@" + group for group in self.groups)})


STRANGER = Identity()
THE_OPERATOR = Identity(OPERATOR)


def is_site_open(settings: Settings, site: Site) -> bool:
    """Whether nobody needs a login: so set, and there are neither users nor admins yet.

    Admins can be named who are no users; a site that has had some does not open again.
    """
    if not settings.open or settings.htpasswd or site.users:
        return False
    return ADMINS.removeprefix("@") not in site.groups


def groups_of(site: Site, user: str) -> frozenset[str]:
    """The names of the groups that ``user`` is in."""
    return frozenset(group.name for group in site.groups.values() if user in group.members)


def grants(index: Index, *, is_open: bool) -> dict[str, tuple[str, ...]]:
    """Permission -> principals, of every permission; in the open mode policies do not count.

    Where not everyone may read, what the policy does not grant is for those who may.
    """
    if is_open:
        return {**WHEN_OPEN, "delete": (EVERYONE,)} if index.policy.volatile else dict(WHEN_OPEN)
    said = index.policy.grants
    given = {**WHEN_CLOSED, **said}
    if EVERYONE not in given["read"]:
        given.update({it: given["read"] for it in CHANGES if it not in said})
    return given


def site_acl() -> list[Ace]:
    """Operator and admins may do everything, everywhere."""
    return [
        (ALLOW, principal, permission)
        for principal in (OPERATOR, ADMINS)
        for permission in (*PERMISSIONS, ADMINISTER)
    ]


def index_acl(index: Index, *, is_open: bool) -> list[Ace]:
    """What the index's policy grants; who may manage it may do all the rest."""
    given = grants(index, is_open=is_open)
    lines = [
        (ALLOW, principal, permission)
        for permission, principals in given.items()
        for principal in principals
    ]
    lines += [
        (ALLOW, manager, permission) for manager in given["manage"] for permission in PERMISSIONS
    ]
    return lines


def project_acl(index: Index, project: Project | None, *, is_open: bool) -> list[Ace]:
    """Where the index has ownership: owners and managers may, others may not.

    A project that does not exist yet, or has no owners, is anybody's who may upload.
    """
    if project is None or is_open or not index.policy.ownership or not project.owners:
        return []
    managers = (OPERATOR, ADMINS, *grants(index, is_open=False)["manage"])
    lines = [
        (ALLOW, principal, permission)
        for principal in (*managers, *project.owners)
        for permission in OF_OWNERS
    ]
    return lines + [(DENY, EVERYONE, permission) for permission in OF_OWNERS]


class Access:
    """The site as ``identity`` sees it.  Indexes that they may not read do not exist for them."""

    def __init__(self, site: Site, identity: Identity, *, is_open: bool) -> None:
        self.site = site
        self.identity = identity
        self.is_open = is_open
        self._principals = identity.principals

    def may(self, permission: str, index: Index, project: Project | None = None) -> bool:
        """Whether ``identity`` may do that on the index, or to a project of it."""
        if not self.in_scope(permission, index, project):
            return False
        lines = project_acl(index, project, is_open=self.is_open)
        lines += index_acl(index, is_open=self.is_open)
        return self._allowed(permission, lines + site_acl())

    def in_scope(self, permission: str, index: Index, project: Project | None = None) -> bool:
        """Whether the token that was used, if any, has room for that.

        A token of an index reads its bases as well: the index shows what they hold.
        """
        scope = self.identity.scope
        if permission == "read" and scope.indexes:
            return index.name in self._with_bases(scope.indexes) and scope.allows("read", "")
        return scope.allows(permission, index.name, project.name if project is not None else "")

    def may_administer(self) -> bool:
        """Whether ``identity`` may change the site itself; a limited token never may."""
        return self.identity.scope == EVERYTHING and self._allowed(ADMINISTER, site_acl())

    def is_limited(self, permission: str, index: Index | None, project: Project | None) -> bool:
        """Whether the user may do that, and only the limits of their token do not let them.

        Without an ``index``: whether they may administer.
        """
        if self.identity.scope == EVERYTHING:
            return False
        whole = Access(self.site, replace(self.identity, scope=EVERYTHING), is_open=self.is_open)
        if index is None:
            return whole.may_administer()
        return not self.in_scope(permission, index, project) and whole.may(
            permission, index, project
        )

    def index(self, name: str) -> Index | None:
        """The index of that name, if there is one that may be read."""
        index = self.site.indexes.get(name)
        return index if index is not None and self.may("read", index) else None

    def indexes(self) -> list[Index]:
        """All indexes that may be read, by name."""
        return [index for index in self.site.indexes.values() if self.may("read", index)]

    def _with_bases(self, names: Iterable[str]) -> set[str]:
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self.site.indexes:
                seen.add(name)
                waiting += self.site.indexes[name].policy.bases
        return seen

    def _allowed(self, permission: str, lines: Iterable[Ace]) -> bool:
        for verdict, principal, what in lines:
            if what == permission and principal in self._principals:
                return verdict == ALLOW
        return False


def is_public(index: Index, access: Access) -> bool:
    """Whether everyone may read the index."""
    return EVERYONE in grants(index, is_open=access.is_open)["read"]


def full_access(site: Site) -> Access:
    """The site as its operator sees it: everything."""
    return Access(site, THE_OPERATOR, is_open=False)
