"""The JSON API of the public index, which mirrors and recipe makers read.

``doors`` has the doorways below ``pypi/``, ``release`` says what is told of a release, ``files``
what of a file.
"""

from typing import Any

from mypi.web.pypi.doors import Pypi


def includeme(config: Any) -> None:
    """The door."""
    config.registry.words["pypi"] = Pypi
    config.scan("mypi.web.pypi.views")
