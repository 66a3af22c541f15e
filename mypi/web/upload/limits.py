"""The limits that archives are held to, as the settings say."""

from typing import Any

from mypi.archives import Limits


def limits(request: Any) -> Limits:
    """Those of the application that ``request`` came to."""
    settings = request.registry.mypi
    return Limits(
        max_members=settings.max_members,
        max_unpacked=settings.max_unpacked,
        max_ratio=settings.max_ratio,
    )
