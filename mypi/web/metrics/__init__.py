"""``/+metrics``: figures for Prometheus.  A route: it answers when the database does not."""

from typing import Any


def includeme(config: Any) -> None:
    """The door."""
    config.add_route("metrics", "/+metrics")
    config.scan("mypi.web.metrics.views")
