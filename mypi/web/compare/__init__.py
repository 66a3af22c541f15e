"""Two releases side by side: what they say, and what is in their archives."""

from typing import Any


def includeme(config: Any) -> None:
    """The door."""
    config.scan(__name__)
