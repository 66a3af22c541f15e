"""Users and groups that a policy names: a word nobody has here grants nothing, and may be a slip.

No mistake for sure: an htpasswd file may get the user tomorrow, and groups may be made afterwards.
"""

from collections.abc import Iterable, Mapping

from mypi.model import Site
from mypi.permissions import EVERYONE, USERS
from mypi.services.logins import Logins


def notes(site: Site, logins: Logins, grants: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """A sentence for each word of ``grants`` that is no user or group here yet."""
    words = dict.fromkeys(word for granted in grants.values() for word in granted)
    return tuple(note for word in words if (note := _note(site, logins, word)))


def _note(site: Site, logins: Logins, word: str) -> str:
    name = word.removeprefix("@")
    if word.startswith("@"):
        return "" if name in site.groups else f"There is no group {name} here yet."
    if word in (EVERYONE, USERS) or logins.knows(site, name):
        return ""
    meant = f" The group of that name is @{name}." if name in site.groups else ""
    return f"There is no user {name} here yet.{meant}"
