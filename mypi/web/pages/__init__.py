"""The pages people read in a browser.

Views turn nouns into plain values (``home``, ``project``), templates show them.  Nothing here loads
anything from another host, and every page works without JavaScript.
"""

from typing import Any

from pyramid.events import BeforeRender

from mypi.web.pages import addresses, assets


def includeme(config: Any) -> None:
    """The pages, their static files, and what every template may use."""
    config.registry.assets = assets.load()
    config.add_subscriber(_frame, BeforeRender)
    config.scan(__name__)


def _frame(event: Any) -> None:
    """Names for all templates: where the application is mounted, and the addresses of assets."""
    request = event["request"]
    root = addresses.root(request)
    event.setdefault("root", root)
    event.setdefault("site_title", request.registry.mypi.title)
    event.setdefault(
        "assets", {name: root + asset.path for name, asset in request.registry.assets.items()}
    )
