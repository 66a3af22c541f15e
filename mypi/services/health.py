"""How the server is: whether it can do its work, and figures for who runs it."""

import logging
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import transaction
from ZODB.utils import z64

from mypi.model import Site
from mypi.model.site import ROOT_KEY
from mypi.model.troubles import Trouble, trouble_of
from mypi.services import search, serials
from mypi.services.room import Room

log = logging.getLogger(__name__)

UNREADABLE = "The database cannot be read."
NO_FOLDER = "The folder of the archives cannot be read."


class Health(NamedTuple):
    """What is the matter, one sentence each: what keeps from reading, and what from publishing."""

    reading: list[str]
    publishing: list[str]


def examine(database: Any, room: Room) -> Health:
    """Look whether the database can be read, and archives be read and written."""
    reading = [] if _is_readable(database) else [UNREADABLE]
    if free_bytes(room.folder) is None:
        return Health([*reading, NO_FOLDER], [])
    return Health(reading, [found] if (found := room.look()) else [])


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
        connection = database.open(transaction.TransactionManager(explicit=True))
        try:
            connection.newTransaction(None)
            # On this connection's part of the storage: the whole one's, with PostgreSQL, is not for
            # several threads, and stays in a transaction, which keeps from cleaning up there.
            connection._storage.load(z64)
            return ROOT_KEY in connection.root()
        finally:
            connection.close()
    except Exception as error:  # whatever a storage raises, it cannot be read
        is_news = trouble_of(error) is not Trouble.AWAY  # a server that stops tells that itself
        log.error("the database cannot be read: %s", error, exc_info=error if is_news else None)
        return False
