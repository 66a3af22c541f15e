"""Packing: give the disk back what nothing refers to any more."""

import binascii
import contextlib
import logging
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zc.lockfile
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage
from ZODB.POSException import POSKeyError

from mypi.errors import Conflict

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()


def pack(db: DB, blobs: Path, days: int = 0) -> tuple[int, int]:
    """Pack the database, and drop blobs that are not referred to; bytes on disk before and after.

    What went less than ``days`` ago stays.  Raises Conflict while another pack runs.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise Conflict("A pack is running already; wait until it is done.")
    try:
        before = size_on_disk(db, blobs)
        db.pack(days=days)
        return before, size_on_disk(db, blobs)
    finally:
        _one_at_a_time.release()


def size_on_disk(db: DB, blobs: Path) -> int:
    """Bytes of the database file and of all files below ``blobs``."""
    return db.getSize() + sum(_sizes(str(blobs)))


def _sizes(folder: str) -> Iterator[int]:
    for path, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # an upload's spool, just closed
                yield os.stat(os.path.join(path, name)).st_size


class PackingFileStorage(FileStorage):
    """ZODB's file storage, whose packing frees the disk at once and survives a power cut.

    FileStorage keeps the former database, and a second name of every blob, as ``.old``.  Told not
    to, it drops them before the packed database is surely on the disk; and what a crash cut off, a
    database between two names or garbage half removed, stays as it is.
    """

    def __init__(self, path: Path, blobs: Path, **options: Any) -> None:
        self._is_removing = False
        _finish_renaming(path)
        super().__init__(
            str(path), blob_dir=str(blobs), pack_keep_old=False, packer=_pack_to_disk, **options
        )
        _hide(str(path))

    def _remove_blob_files_tagged_for_removal_during_pack(self) -> None:
        # The packed database has its name for good before the first archive goes.
        sync_folder(os.path.dirname(self._file_name))
        self._is_removing = True
        try:
            super()._remove_blob_files_tagged_for_removal_during_pack()
        finally:
            self._forget_folders()
            self._is_removing = False

    def _forget_folders(self) -> None:
        """Folders that became empty are gone; whoever trusts in some has to look again."""

    def _finish_removal(self) -> None:
        """Remove what a pack had found to be garbage when it was cut off, unless it is still used.

        Before the packed database has its name, all that it will lack is still used.
        """
        listed = Path(self.blob_dir) / ".removed"
        if not listed.exists():
            return
        for line in listed.read_bytes().split():
            identity = binascii.unhexlify(line) if len(line) in (16, 32) else b""
            oid, tid = identity[:8], identity[8:]
            folder = self.fshelper.getPathForOID(oid)
            if oid and not tid and oid not in self._index:
                shutil.rmtree(folder, ignore_errors=True)
            elif tid and not self.knows(oid, tid):
                Path(self.fshelper.getBlobFilename(oid, tid)).unlink(missing_ok=True)
        listed.unlink()

    def knows(self, oid: bytes, tid: bytes) -> bool:
        """Whether that transaction wrote that object, and both are still here."""
        try:
            self.loadSerial(oid, tid)
        except POSKeyError:
            return False
        return True


def sync_folder(folder: str) -> None:
    """Return when the entries of ``folder`` are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pack_to_disk(storage: Any, references: Any, stop: Any, gc: Any) -> Any:
    """ZODB's packer; returns when the packed copy is on the disk, still holding the commit lock."""
    try:
        packed = FileStorage.packer(storage, references, stop, gc)
    except OSError:
        (Path(storage.blob_dir) / ".removed").unlink(missing_ok=True)  # nothing is garbage yet
        raise
    if packed is not None:
        try:
            _hide(storage._file_name + ".pack")
            _sync_file(storage._file_name + ".pack")
        except OSError:
            storage._commit_lock.release()
            raise
    return packed


def _sync_file(path: str) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _hide(path: str) -> None:
    """For its owner alone: the database holds password hashes and the secret of the cookies."""
    os.chmod(path, 0o600)


def _finish_renaming(path: Path) -> None:
    """Take the former database back when a pack was cut off before the new one had its name."""
    former = path.with_name(path.name + ".old")
    if path.exists() or not former.exists():
        return
    lock = zc.lockfile.LockFile(f"{path}.lock")
    try:
        if not path.exists() and former.exists():
            log.warning("a pack was cut off; taking %s back", former)
            former.rename(path)
    finally:
        lock.close()
