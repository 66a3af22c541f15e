"""Files among the archives that no transaction knows: nothing can reach them, nothing frees them.

Processes that were killed leave some, which the next start removes (``mypi.model.storage``); others
come from copies that were put back in part.  What the database knows and nothing refers to any more
is not told here: packing frees it.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from ZODB.FileStorage import FileStorage
from ZODB.POSException import POSKeyError
from ZODB.utils import tid_repr

LEVELS = 8
"""Folders that the name of an object is spread over, a byte each."""


class Place(NamedTuple):
    """The folder of an object's archives below that of all, and what is astray there."""

    folder: str
    names: list[str]


def places(storage: Any, after: str = "") -> Iterator[Place]:
    """Every object's folder of ``storage``, in a fixed order, after that one.

    What is being stored meanwhile is passed over.  Nothing for storages that keep archives
    themselves: the folder is a cache of theirs.
    """
    is_here = isinstance(storage, FileStorage) or getattr(storage, "shared_blob_dir", False)
    if not is_here or storage.fshelper.layout_name != "bushy":
        return
    helper = storage.fshelper
    last = storage.lastTransaction()  # who is about to commit comes later
    start = tuple(after.split("/")) if after else ()
    for folder in _leaves(helper.base_dir, start):
        yield Place(folder, [it for it in _names(helper, folder) if is_astray(storage, last, it)])


def is_astray(storage: Any, last: bytes, path: str) -> bool:
    """Whether no transaction up to ``last`` knows the file ``path``."""
    helper = storage.fshelper
    oid, tid = helper.splitBlobFilename(os.path.join(helper.base_dir, path))
    if tid is None or os.path.basename(path) != f"{tid_repr(tid)}.blob":
        return True
    if tid > last:
        return False
    try:
        storage.loadSerial(oid, tid)
    except POSKeyError:
        return True
    return False


def remove(storage: Any, path: str) -> None:
    """Remove a file that is astray; one that is gone already is no error."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(storage.fshelper.base_dir, path))


def size(storage: Any, path: str) -> int:
    """Its bytes."""
    try:
        return os.stat(os.path.join(storage.fshelper.base_dir, path)).st_size
    except FileNotFoundError:
        return 0


def _leaves(base: str, after: tuple[str, ...], folder: str = "", level: int = 0) -> Iterator[str]:
    if level == LEVELS:
        if not after:
            yield folder
        return
    bound = after[0] if after else ""
    for name in sorted(_listed(os.path.join(base, folder))):
        if name.startswith("0x") and name >= bound:
            rest = after[1:] if name == bound else ()
            # The folder itself was the last one of before.
            if not (level == LEVELS - 1 and name == bound):
                yield from _leaves(base, rest, f"{folder}/{name}".lstrip("/"), level + 1)


def _names(helper: Any, folder: str) -> list[str]:
    return [f"{folder}/{it}" for it in sorted(_listed(os.path.join(helper.base_dir, folder)))]


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):  # packed away meanwhile
        return []
