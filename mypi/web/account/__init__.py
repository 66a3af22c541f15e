"""The door for people's logins: ``/+login``, ``/+logout`` and ``/+account`` with its tokens."""

from typing import Any

from mypi.web.account.doors import AccountDoor, LoginDoor, LogoutDoor


def includeme(config: Any) -> None:
    """The three addresses and their views."""
    config.registry.words.update(
        {"+login": LoginDoor, "+logout": LogoutDoor, "+account": AccountDoor}
    )
    config.scan(__name__)
