"""The pages people read in a browser.

Views turn nouns into plain values (``home``, ``project``), templates show them.  Nothing here loads
anything from another host, and every page works without JavaScript.
"""

from typing import Any

from mypi.web.pages import assets


def includeme(config: Any) -> None:
    """The pages and their static files."""
    config.registry.assets = assets.load()
    config.registry.words["+static"] = assets.AssetDoor
    config.scan(__name__)
