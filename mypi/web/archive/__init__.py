"""Archives for people: the page about a file, its members, their text, their bytes."""

from typing import Any


def includeme(config: Any) -> None:
    """The door."""
    config.scan(__name__)
