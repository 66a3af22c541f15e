"""What may be permitted, to whom, and the words: ``everyone``, ``users``, ``ada``, ``@team``.

The words of policies and tokens, and their defaults; nothing here knows a database or a request.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mypi.errors import Refused
from mypi.names import normalise

PERMISSIONS = ("read", "upload", "promote", "yank", "delete", "manage")
"""What can be granted on an index; ``promote`` is promotion *into* it."""

EVERYONE = "everyone"
"""Whoever reaches the server, logged in or not."""
USERS = "users"
"""Whoever is logged in."""
OPERATOR = "operator"
"""Who runs the server: the command line beside the database.  May do everything."""
ADMINS = "@admins"
"""The group that may do everything."""

WHEN_OPEN = {
    "read": (EVERYONE,),
    "upload": (EVERYONE,),
    "promote": (EVERYONE,),
    "yank": (EVERYONE,),
    "delete": (),
    "manage": (),
}
"""While nobody has a login.  Deleting is for volatile indexes then, see ``services.access``."""

WHEN_CLOSED = {
    "read": (EVERYONE,),
    "upload": (USERS,),
    "promote": (USERS,),
    "yank": (USERS,),
    "delete": (USERS,),
    "manage": (),
}
"""What holds on an index whose policy says nothing else."""

RESERVED_NAMES = frozenset({EVERYONE, USERS, OPERATOR, "owners", "__token__", "nobody"})
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?", re.ASCII)


def check_login(name: str) -> str:
    """``name`` if a user or a group may be called so; raises Refused."""
    if not _NAME.fullmatch(name) or name.lower() in RESERVED_NAMES:
        raise Refused(
            f"{name[:80]!r} cannot be the name of a user or group: letters, digits, '.', '_' and "
            "'-', 64 characters at most, and none of " + ", ".join(sorted(RESERVED_NAMES)) + "."
        )
    return name


def check_principals(words: Iterable[str]) -> tuple[str, ...]:
    """``words`` if each names everyone, users, a user or an ``@group``; raises Refused."""
    checked = tuple(dict.fromkeys(words))
    for word in checked:
        if word not in (EVERYONE, USERS):
            check_login(word.removeprefix("@"))
    return checked


def check_permissions(words: Iterable[str]) -> tuple[str, ...]:
    """``words`` if each is a permission, in the order of the table; raises Refused."""
    wanted = set(words)
    unknown = sorted(wanted - set(PERMISSIONS))
    if unknown:
        raise Refused(
            f"{unknown[0][:80]!r} is no permission; known are " + ", ".join(PERMISSIONS) + "."
        )
    return tuple(word for word in PERMISSIONS if word in wanted)


@dataclass(frozen=True)
class Scope:
    """What a token is limited to; an empty tuple limits nothing.

    ``projects`` (normal names) limits changes only: whoever builds a project has to install others.
    """

    indexes: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()

    def allows(self, permission: str, index: str = "", project: str = "") -> bool:
        """Whether the scope has room for that act.

        What is not known yet (empty) is judged later.  Managing reaches beyond any project.
        """
        if self.permissions and permission not in self.permissions:
            return False
        if index and self.indexes and index not in self.indexes:
            return False
        if not self.projects or permission == "read":
            return True
        if permission == "manage":
            return False
        return not project or normalise(project) in self.projects


EVERYTHING = Scope()
