"""Open the database that ``zodbconn.uri`` names; for a file storage, close its durability gaps.

``file://`` goes to :class:`DurableFileStorage`; every other scheme (``zeo://``, ``postgresql://``,
``zconfig://``) is resolved by zodburi, with the options of :mod:`mypi.model.addresses`.
"""

import contextlib
import errno
import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import zc.lockfile
from ZODB.blob import LAYOUT_MARKER
from ZODB.DB import DB
from ZODB.FileStorage.FileStorage import packed_version
from ZODB.FileStorage.format import CorruptedError
from ZODB.POSException import StorageError

from mypi.errors import CannotStart, InUse
from mypi.model import leftovers
from mypi.model.journal import APPENDED, Entry
from mypi.model.mending import MendingFileStorage
from mypi.model.packing import sync_folder
from mypi.model.servers import open_server

log = logging.getLogger(__name__)


CACHE_BYTES = 2 * 2**20
"""Of records, as stored, that each connection keeps objects of; in memory they are about four times
as large.  Their number alone is no bound: a bucket holds the links of thirty files."""


_SYNCERS = 15
"""Folders that are synced at once, besides the one that the committing thread syncs itself."""


class DurableFileStorage(MendingFileStorage):
    """ZODB's file storage with its own blob folder, and two repairs besides those below it.

    * New blob folders are fsynced before the transaction is: FileStorage syncs Data.fs only, so a
      power cut could leave a committed record without its blob's directory entry.
    * After a crash, blob files of the transaction that never finished are removed at start.

    zodburi wraps a plain FileStorage in ``ZODB.blob.BlobStorage`` instead, whose abort forgets
    *another thread's* blobs: it works on a shared list after the commit lock has been released.

    ``on_commit`` is called after each transaction, in its thread, with its note and the journals'
    entries of it, as far as its context tells (see ``APPENDED``).
    """

    on_commit: Callable[[str, list[Entry]], None] | None = None

    def __init__(self, path: Path, blobs: Path, **options: Any) -> None:
        self._known_folders: set[str] = set()
        self._syncers = ThreadPoolExecutor(_SYNCERS, thread_name_prefix="sync")
        self._marker = path.with_name(path.name + ".open")
        _begin(path, blobs)
        super().__init__(path, blobs, **options)
        crashed = self._marker.exists()
        self._marker.touch()
        leftovers.clear(blobs / "tmp")
        if crashed:
            self._finish_removal()
            leftovers.drop_unfinished(self)

    def close(self) -> None:
        """Close; a later start knows by the missing marker that nothing was cut off."""
        super().close()
        self._syncers.shutdown()
        self._marker.unlink(missing_ok=True)

    def tpc_vote(self, transaction: Any) -> Any:
        """Vote, then make sure that the folders of this transaction's blobs are on the disk.

        Returns the ids of objects whose conflicts were resolved: what the connection has of them is
        not what was stored.
        """
        resolved = super().tpc_vote(transaction)
        leaves = {self.fshelper.getPathForOID(oid) for oid, _tid in self.dirty_oids}
        folders = {folder for leaf in leaves for folder in self._changed_folders(leaf)}
        self._sync(*folders)
        # Only now: had a sync failed, the next upload must not take the folder for safe.
        if not self._is_removing:
            self._known_folders |= folders - leaves
        return resolved

    def tpc_finish(self, transaction: Any, f: Any = None) -> Any:
        """Finish, and tell who wants to know."""
        tid = super().tpc_finish(transaction, f)
        if self.on_commit is not None:
            appended = APPENDED.get()
            entries = [] if appended is None else appended.take()
            self.on_commit(transaction.description.decode(errors="replace"), entries)
        return tid

    def _sync(self, *folders: str) -> None:
        """Two of a blob, as a rule: on a busy disk, together they take half the time.

        A hundred of an imported batch: one after the other they took a sixth of the whole import.
        """
        begun = [self._syncers.submit(sync_folder, folder) for folder in folders[1:]]
        for folder in folders[:1]:
            sync_folder(folder)
        for each in begun:
            each.result()

    def _forget_folders(self) -> None:
        self._known_folders = set()

    def _changed_folders(self, folder: str) -> Iterator[str]:
        """A blob's ``folder``, and each folder above it that may have gained an entry."""
        base = self.fshelper.base_dir.rstrip(os.sep)
        yield folder
        while folder != base:
            folder = os.path.dirname(folder)
            yield folder
            if folder in self._known_folders and not self._is_removing:
                break


def open_database(uri: str, dbname: str, dbmap: dict[str, Any]) -> DB:
    """Open the database of ``uri``; the signature is what pyramid_zodbconn calls.

    Raises CannotStart with one sentence when the data is locked, missing or not writable.
    """
    storage, options = open_storage(uri)
    options = {"cache_size_bytes": CACHE_BYTES, **options, "database_name": dbname}
    return DB(storage, databases=dbmap, **options)


def open_storage(uri: str) -> tuple[Any, dict[str, Any]]:
    """The storage of ``uri``, which may be empty, and options for the database on it.

    Raises CannotStart as :func:`open_database` does.
    """
    if not uri.startswith("file://"):
        return open_server(uri)
    path, blobs, options = parse_file_uri(uri)
    try:
        storage = _open_files(path, blobs)
    except zc.lockfile.LockError:
        raise InUse(str(path.parent), _holder(path)) from None
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise CannotStart(
            f"The data folder {path.parent} cannot be used: {error.strerror or error} "
            f"({error.filename or path}). "
            + ("Make room on its disk." if is_full else "Check its owner and permissions.")
        ) from error
    except (StorageError, CorruptedError, UnicodeDecodeError) as error:
        raise CannotStart(
            f"The database {path} is damaged, or is none: {type(error).__name__}: {error}. Keep a "
            "copy of its folder, and recover a backup (mypi recover)."
        ) from error
    return storage, options


def parse_file_uri(uri: str) -> tuple[Path, Path, dict[str, Any]]:
    """Data file, blob folder and DB options of a ``file://`` URI as zodburi writes it."""
    path, _, query = uri.removeprefix("file://").partition("?")
    words = dict(parse_qsl(query))
    blobs = words.pop("blobstorage_dir", None) or str(Path(path).parent / "blobs")
    known = {"connection_pool_size": "pool_size", "connection_cache_size": "cache_size"}
    options = {}
    for word, text in words.items():
        if word not in known or not text.isdecimal():
            raise CannotStart(
                f"zodbconn.uri: {word}={text} is not understood; file:// takes blobstorage_dir, "
                + " and ".join(known)
                + "."
            )
        options[known[word]] = int(text)
    return Path(path).absolute(), Path(blobs).absolute(), options


def file_uri(data: str) -> str:
    """The URI of a file storage in the folder ``data``: what holds when zodbconn.uri is not set.

    Eight connections: one a thread of the server, and some to spare.
    """
    folder = Path(data).absolute()
    return (
        f"file://{folder}/Data.fs?blobstorage_dir={folder}/blobs"
        "&connection_pool_size=8&connection_cache_size=20000"
    )


def data_file(uri: str) -> Path | None:
    """The file of a file storage's database; None for any other storage."""
    return parse_file_uri(uri)[0] if uri.startswith("file://") else None


def data_folder(uri: str) -> Path | None:
    """The folder of that file."""
    file = data_file(uri)
    return file.parent if file else None


def spool_folder(db: DB) -> Path:
    """Where uploads are spooled: on the blobs' own file system, so that they need only a rename."""
    return Path(db.storage.temporaryDirectory())


def _open_files(path: Path, blobs: Path) -> DurableFileStorage:
    for folder in (path.parent, blobs, blobs / "tmp"):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        is_read_only = os.statvfs(path.parent).f_flag & os.ST_RDONLY
        number = errno.EROFS if is_read_only else errno.EACCES
        raise OSError(number, os.strerror(number), str(path.parent))
    storage = DurableFileStorage(path, blobs)
    sync_folder(str(path.parent))
    return storage


def _begin(path: Path, blobs: Path) -> None:
    """Make the file of a database that is not there yet; raises CannotStart when it should be.

    FileStorage would do so as well, but removes the folder of the archives before: it may be a disk
    of its own, and when the database alone is lost, it holds all that is left.
    """
    layout = blobs / LAYOUT_MARKER
    if not layout.exists() or not layout.stat().st_size:
        # ZODB takes a folder that holds anything for one of its older, flat layout.
        layout.write_text("bushy")
    if _is_there(path):
        return
    check_not_lost(path, blobs)
    if not path.exists() or not path.stat().st_size:
        path.write_bytes(packed_version)


def _is_there(path: Path) -> bool:
    former = path.with_name(path.name + ".old")  # of a pack that was cut off
    return former.exists() or (path.exists() and path.stat().st_size > len(packed_version))


def check_not_lost(path: Path, blobs: Path) -> None:
    """Raise CannotStart when there are archives, and no database that knows them."""
    if not _is_there(path) and any(blobs.glob("0x*")):
        raise CannotStart(
            f"There are archives in {blobs}, and no database that knows them: {path} is missing or "
            "empty. Put it back, or recover a backup into another folder (mypi recover)."
        )


def _holder(path: Path) -> str:
    """``" (process 4711)"`` as the lock file says, or nothing."""
    with contextlib.suppress(OSError):
        pid = path.with_name(path.name + ".lock").read_text().strip()
        if pid.isdecimal():
            return f" (process {pid})"
    return ""
