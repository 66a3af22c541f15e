"""What processes left behind that were killed while they took an upload.

A spool is locked by the process that fills it (``mypi.staging``), and the kernel takes the lock
back from one that is gone; so a process that starts can tell its neighbours' spools from leftovers.
"""

import contextlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from persistent.TimeStamp import TimeStamp

from mypi.staging import is_held

log = logging.getLogger(__name__)

AGE = 60.0
"""Seconds after which a file that nobody holds is not one that is just being made."""

LOST_ITS_END = (
    "the database ends at %s UTC, and there are %d archives of %d later transactions: it lost its "
    "end. They are left alone; recover a backup (mypi recover) if it is newer"
)

OURS = ("upload-", "BUC")
"""How names of spools begin, and those of blobs that wait for their transaction."""


def clear(folder: Path) -> None:
    """Empty the ``folder`` of a file storage that is being opened, but for what others hold.

    Others there are when the storage is behind a ZEO server: they spool there themselves.
    """
    for path in list(folder.iterdir()):
        if path.is_dir():  # of a savepoint
            shutil.rmtree(path, ignore_errors=True)
        else:
            _remove(path)


def clear_old(folder: Path) -> None:
    """Remove old leftovers from the ``folder`` of a storage that others have open."""
    for path in _old(folder):
        log.warning("removing what a killed process left behind: %s", path)
        _remove(path)


def drop_unfinished(storage: Any) -> None:
    """Remove archives of the file ``storage`` whose transaction was never finished.

    Commits are serialised, so whatever a crash cut off has a later transaction id than anything
    that was finished; only the last id is in doubt, since FileStorage counts a torn transaction it
    has just truncated.  Linear in the number of archives, after a crash only.

    It is one transaction at most.  Archives of several were acknowledged: the database itself lost
    its end, and they may be all that is left.
    """
    last = storage.lastTransaction()
    unknown: dict[bytes, list[str]] = {}
    for _oid, folder in storage.fshelper.listOIDs():
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            oid, tid = storage.fshelper.splitBlobFilename(path)
            if tid is None:
                _drop(path)
            elif tid >= last and not storage.knows(oid, tid):
                unknown.setdefault(tid, []).append(path)
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    paths = [path for some in unknown.values() for path in some]
    if len(unknown) > 1:
        log.error(LOST_ITS_END, TimeStamp(last), len(paths), len(unknown))
        return
    for path in paths:
        _drop(path)
        with contextlib.suppress(OSError):
            os.rmdir(os.path.dirname(path))


def _drop(path: str) -> None:
    log.warning("removing what a crash left behind: %s", path)
    os.unlink(path)


def _old(folder: Path) -> Iterator[Path]:
    before = time.time() - AGE
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            with contextlib.suppress(OSError):  # gone by now: another process clears up as well
                if path.name.startswith(OURS) and path.is_file() and path.stat().st_mtime < before:
                    yield path


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if not is_held(path):
            os.unlink(path)
