"""Downloads: pages, plots, CSV and JSON."""

from typing import Any


def includeme(config: Any) -> None:
    """The door."""
    config.scan("mypi.web.statistics.views")
