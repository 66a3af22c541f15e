"""How the server is, for machines: ``/+status`` and, by its other name, ``/+health``.

Routes and not doorways: these must answer when the database, from which doorways come, does not.
"""

from typing import Any

WORDS = ("status", "health")
PARTS = {"": "whole", "/live": "live", "/ready": "ready"}


def includeme(config: Any) -> None:
    """The door."""
    for word in WORDS:
        for part, name in PARTS.items():
            config.add_route(
                f"{word} {name}", f"/+{word}{part}", factory="mypi.web.status.views.Status"
            )
    config.scan("mypi.web.status.views")
