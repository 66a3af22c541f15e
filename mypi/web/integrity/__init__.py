"""Attestations of files (PEP 740)."""

from typing import Any

from mypi.web.integrity.doors import IntegrityDoor


def includeme(config: Any) -> None:
    """``/integrity/`` of each index."""
    config.registry.words["integrity"] = IntegrityDoor
    config.scan("mypi.web.integrity.views")
