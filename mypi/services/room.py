"""Whether there is room to publish: the disks of archives and database have their reserve.

The reserve is for what makes room: deleting, emptying the trash, packing go on within it.
"""

import logging
import os
import threading
import time
from pathlib import Path

from mypi.errors import NoRoom

log = logging.getLogger(__name__)

KEPT = 1.0
"""Seconds for which an answer holds: every page asks, and some disks are far away."""

READ_ONLY = "The server's disk cannot be written to: nothing can be published until it is repaired."
FULL = "The server's disk is almost full: nothing can be published until its keeper makes room."
NO_NAMES = "The server's disk has no room for more files: nothing can be published until it has."
TOO_LARGE = "The server's disk has no room for an upload of that size; ask its keeper to make room."

FEWEST_NAMES = 100
"""Files that can still be made: an upload takes a folder or two, and its archive."""


def apart(database: Path | None, archives: Path) -> Path | None:
    """The folder of the file ``database`` if it is on another disk than ``archives``."""
    if database is None:
        return None
    folder = database.resolve().parent
    return folder if folder.stat().st_dev != archives.stat().st_dev else None


class Room:
    """The disk of the archives' ``folder``, of which ``reserve`` bytes are kept free.

    So are those of the folder ``database``, which is named if it is on a disk of its own.
    """

    def __init__(self, folder: Path, reserve: int, database: Path | None = None) -> None:
        self.folder = folder
        self.reserve = reserve
        self.database = database
        self._looked = float("-inf")
        self._found = ""
        self._lock = threading.Lock()

    @property
    def trouble(self) -> str:
        """Why nothing can be published, in one sentence; empty when it can."""
        now = time.monotonic()
        if now - self._looked >= KEPT:
            found = self.look()
            with self._lock:
                if found != self._found:
                    log.warning("%s", found or "The server's disk has room again.")
                self._looked, self._found = now, found
        return self._found

    def look(self, size: int = 0) -> str:
        """As ``trouble``, at this moment, and with ``size`` bytes taken from what is free."""
        found = self._look(self.folder, size)
        if not found and self.database is not None:
            found = self._look(self.database, 0)
        return found

    def _look(self, folder: Path, size: int) -> str:
        try:
            disk = os.statvfs(folder)
        except OSError as error:
            log.error("cannot tell how much disk is free: %s", error)
            return ""
        free = disk.f_bavail * disk.f_frsize
        if disk.f_flag & os.ST_RDONLY:
            return READ_ONLY
        if free < self.reserve:
            return FULL
        # Some file systems do not count: they say that they hold none at all.
        if self.reserve and disk.f_files and disk.f_favail < FEWEST_NAMES:
            return NO_NAMES
        return TOO_LARGE if free < self.reserve + size else ""

    def demand(self, size: int) -> None:
        """Raise NoRoom when ``size`` more bytes would touch the reserve."""
        if found := self.look(size):
            raise NoRoom(found)
