"""Searching, suggestions while one types, and the list of all projects."""

from typing import Any


def includeme(config: Any) -> None:
    """The door."""
    config.scan("mypi.web.search.views")
