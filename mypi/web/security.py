"""The security policy.  Open mode: nobody logs in, whatever credentials come are ignored."""

from typing import Any

from pyramid.authorization import ACLHelper, Everyone


class OpenPolicy:
    """Everyone is a stranger; what strangers may do is said by the doorways' ``__acl__``."""

    def identity(self, request: Any) -> None:
        """Nobody."""

    def authenticated_userid(self, request: Any) -> None:
        """Nobody."""

    def permits(self, request: Any, context: Any, permission: str) -> Any:
        """Whether the doorway or one above it allows everyone to do that."""
        return ACLHelper().permits(context, [Everyone], permission)

    def remember(self, request: Any, userid: str, **kw: Any) -> list[tuple[str, str]]:
        """Nothing to remember."""
        return []

    def forget(self, request: Any, **kw: Any) -> list[tuple[str, str]]:
        """Nothing to forget."""
        return []
