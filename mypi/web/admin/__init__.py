"""The door of those who keep the site or an index: ``/+admin/``."""

from typing import Any

from mypi.web.admin.doors import AdminDoor


def includeme(config: Any) -> None:
    """``/+admin/`` and its views."""
    config.registry.words["+admin"] = AdminDoor
    config.scan(__name__)
