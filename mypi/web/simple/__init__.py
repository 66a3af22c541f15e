"""The Simple API door: what installers read (PEP 503, 592, 629, 658, 691, 700, 714, 792).

At ``simple/`` and ``+simple/`` of every index, and at the index's root for all but browsers.
"""

from typing import Any


def includeme(config: Any) -> None:
    """The Simple API door."""
    config.scan("mypi.web.simple.views")
