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

from mypi.staging import is_held

log = logging.getLogger(__name__)

AGE = 60.0
"""Seconds after which a file that nobody holds is not one that is just being made."""

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
