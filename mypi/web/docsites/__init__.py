"""Documentation that projects have uploaded."""

from typing import Any

from mypi.web.docsites.doors import DocsDoor


def includeme(config: Any) -> None:
    """``/docs/`` of each index."""
    config.registry.words["docs"] = DocsDoor
    config.scan("mypi.web.docsites.views")
    config.scan("mypi.web.docsites.bar")
