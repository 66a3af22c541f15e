"""Applications for tests: configured once, and opened for each on data of its own.

Telling Pyramid of all views takes ten times as long as a test does, and is the same for all that
have the same settings.
"""

from typing import Any

from pyramid.config import Configurator
from pyramid.config.settings import Settings
from pyramid.registry import Registry
from pyramid.router import Router

from mypi import make_app, prepare

OWN = {"zodbconn.uri", "mypi.data"}
"""Settings that are each test's own, and that no view is told of."""

_configured: dict[tuple[tuple[str, str], ...], Any] = {}


def application(ini: dict[str, str]) -> Any:
    """What ``mypi.make_app`` gives."""
    key = tuple(sorted(item for item in ini.items() if item[0] not in OWN))
    if key not in _configured:
        _configured[key] = made = make_app(ini)
        return made
    like = _configured[key].registry
    registry = Registry("mypi")
    registry.adapters, registry.utilities = like.adapters, like.utilities  # views, and all else
    common = {name: value for name, value in like.settings.items() if name not in OWN}
    registry.settings = Settings({**common, **ini})
    registry.words, registry.assets = like.words, like.assets
    registry.package_name, registry.has_listeners = like.package_name, like.has_listeners
    prepare(Configurator(registry=registry), ini)
    return Router(registry)
