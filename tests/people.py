"""Users, tokens and policies of an application under test, and the headers that log in."""

import base64
import time
from typing import Any

from mypi.permissions import Scope
from mypi.services import tokens, users
from mypi.services.actor import Actor
from tests.inside import site

PASSWORD = "correct horse"
OPERATOR = Actor("operator", 1.0)


def add_users(wsgi: Any, *names: str, **groups: tuple[str, ...]) -> None:
    """Users with the password that all have here; the first one ever is an admin."""
    with site(wsgi) as it:
        for name in names:
            users.add(it, name, PASSWORD, OPERATOR)
        for group, members in groups.items():
            users.set_group(it, group, members, OPERATOR)


def add_token(
    wsgi: Any, user: str, scope: Scope | None = None, expires: float | None = None
) -> str:
    """The text of a new token of ``user``."""
    with site(wsgi) as it:
        _token, text = tokens.create(
            it,
            user,
            scope or Scope(),
            label="test",
            expires=expires,
            actor=Actor(user, time.time()),
        )
    return text


def secret_of(token: str) -> str:
    """What only its owner knows of a token's text; it may hold dashes itself."""
    _prefix, _number, secret = token.split("-", 2)
    return secret


def set_policy(wsgi: Any, index: str, **values: Any) -> None:
    """Attributes of an index's policy, as they are stored."""
    with site(wsgi) as it:
        for name, value in values.items():
            setattr(it.indexes[index].policy, name, value)


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    """The header of a user name and a password."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {token}"}
