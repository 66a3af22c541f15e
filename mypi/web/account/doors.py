"""The doorways of logins; they hang below the root alone."""

from typing import Any

from mypi.permissions import EVERYONE, USERS
from mypi.services.access import ALLOW
from mypi.web.resources import NOTHING_ELSE, Door

OWN = "own"
"""The permission to change what belongs to oneself: password, logins, tokens."""


class LoginDoor(Door):
    """``/+login``: for everybody."""


class LogoutDoor(Door):
    """``/+logout``: for everybody."""


class AccountDoor(Door):
    """``/+account``: for people who are logged in; a token must not make others."""

    @property
    def __acl__(self) -> list[Any]:
        """Whoever has a name; in the open mode everyone may see that there are no accounts."""
        if self.access.identity.token:
            return [NOTHING_ELSE]
        return [(ALLOW, EVERYONE if self.access.is_open else USERS, OWN), NOTHING_ELSE]
