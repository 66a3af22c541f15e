"""What takes the room: archives, documentation, the trash, the database itself."""

import contextlib
import os
import shutil
import time
from pathlib import Path
from typing import Any, NamedTuple

from ZODB.blob import BLOB_SUFFIX

from mypi.model import Index, Project, Site

SECONDS = 5.0
"""How long files on the disk are counted."""


class Taken(NamedTuple):
    """What a project takes: its files, their bytes, and the bytes of its documentation."""

    project: str
    files: int
    archives: int
    docs: int


class Disk(NamedTuple):
    """Bytes of the database, of all archives in their folder, and free; None: not known."""

    database: int
    folder: int | None
    free: int | None


def of_project(project: Project) -> Taken:
    """Reads the lines for installers, and of the releases only those with documentation."""
    links = [link for _filename, link in project.pages()]
    releases = (project.releases.get(key) for key in project.documented)
    docs = [project.docs, *(release.docs for release in releases if release is not None)]
    return Taken(
        project.name,
        len(links),
        sum(link.size for link in links),
        sum(it.size for it in docs if it is not None),
    )


def of_trash(holder: Index | Site) -> int:
    """Bytes of the archives that were deleted and can be restored."""
    return sum(trashed.size for trashed in holder.trash.values())


def of_disk(database: Any, folder: Path, *, is_ours: bool, seconds: float = SECONDS) -> Disk:
    """What is on the disk; files are counted for so long at most.

    ``is_ours``: the archives are in ``folder``, which is no mere cache of a database server's.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = None
    counted = _bytes_below(folder, seconds) if is_ours else None
    return Disk(database.getSize(), counted, free)


def _bytes_below(folder: Path, seconds: float) -> int | None:
    """Bytes of all archives below ``folder``; None when there are too many to count them."""
    deadline = time.monotonic() + seconds
    total = 0
    for path, _folders, names in os.walk(folder):
        for name in names:
            if not name.endswith(BLOB_SUFFIX):
                continue
            with contextlib.suppress(OSError):  # gone meanwhile
                total += os.stat(os.path.join(path, name)).st_size
        if time.monotonic() > deadline:
            return None
    return total
