"""Feeds of new projects and releases, as RSS and Atom.

Below ``+feeds/`` of each index and project, and below ``rss/`` where the public index has them.
"""

from typing import Any

from mypi.web.feeds.doors import Rss


def includeme(config: Any) -> None:
    """The door."""
    config.registry.words["rss"] = Rss
    config.scan("mypi.web.feeds.views")
