"""How the server is: whether it can do its work, and figures for who runs it."""

import logging
import shutil
from pathlib import Path
from typing import Any

import transaction
from ZODB.utils import z64

from mypi.model import Site
from mypi.model.site import ROOT_KEY
from mypi.services import search, serials

log = logging.getLogger(__name__)

UNREADABLE = "The database cannot be read."


def troubles(database: Any, folder: Path, min_free: int) -> list[str]:
    """What keeps the server from its work, one sentence each; empty when it is ready.

    ``folder`` is where archives are stored, ``min_free`` the bytes that must be free there.
    """
    found = []
    if not _is_readable(database):
        found.append(UNREADABLE)
    free = free_bytes(folder)
    if free is None:
        found.append("The folder of the archives cannot be read.")
    elif free < min_free:
        found.append(f"The disk has less than {min_free} bytes free: uploads are refused.")
    return found


def free_bytes(folder: Path) -> int | None:
    """Bytes free on the disk of ``folder``; None when that cannot be told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        log.error("cannot tell how much disk is free: %s", error)
        return None


def figures(site: Site) -> dict[str, Any]:
    """Schema, indexes with their projects, bytes and serials, and how far searching lags behind."""
    indexes = {
        name: {"projects": it.count(), "size": it.size(), "serial": serials.last(it)}
        for name, it in site.indexes.items()
    }
    return {
        "schema": site.schema,
        "indexes": indexes,
        "projects": sum(it["projects"] for it in indexes.values()),
        "lag": search.lag(site),
    }


def _is_readable(database: Any) -> bool:
    """Whether the root object comes from the storage itself, whatever caches may hold."""
    try:
        connected = getattr(database.storage, "is_connected", None)
        if connected is not None and not connected():
            return False
        database.storage.load(z64)
        connection = database.open(transaction.TransactionManager(explicit=True))
        try:
            return ROOT_KEY in connection.root()
        finally:
            connection.close()
    except Exception:  # whatever a storage raises, it cannot be read
        log.exception("the database cannot be read")
        return False
