"""The API door: all that people do in their browsers, as JSON for programs, at ``/+api/v1/``.

Importing the modules below fills the table of operations.
"""

from typing import Any

from mypi.web.api import (
    backup,
    checks,
    deleted_indexes,
    downloads,
    exports,
    imports,
    indexes,
    journal,
    people,
    projects,
    promotions,
    releases,
    retention,
    search,
    site,
    soundness,
    space,
    strays,
    tokens,
    trash,
    webhooks,
)
from mypi.web.api.operations import OPERATIONS, add_views
from mypi.web.api.resources import ApiRoot

__all__ = [
    "OPERATIONS",
    "backup",
    "checks",
    "deleted_indexes",
    "downloads",
    "exports",
    "imports",
    "indexes",
    "journal",
    "people",
    "projects",
    "promotions",
    "releases",
    "retention",
    "search",
    "site",
    "soundness",
    "space",
    "strays",
    "tokens",
    "trash",
    "webhooks",
]


def includeme(config: Any) -> None:
    """``/+api/`` and its views."""
    config.registry.words["+api"] = ApiRoot
    add_views(config)
