"""A second copy of everything in a folder of its own: kept up while the index serves, verified, and
put back.

The folder is a file storage like that of a server: ``Data.fs`` and ``blobs/``.  It can be put back
as it was at any moment since the first backup, or since what :func:`forget` left.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import transaction
import zc.lockfile
from persistent.TimeStamp import TimeStamp
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage
from ZODB.serialize import referencesf
from ZODB.utils import z64

from mypi.errors import CannotStart, Conflict, Refused
from mypi.model import Index, Site
from mypi.model.copying import Copied, copy, keeps_history
from mypi.model.site import ROOT_KEY
from mypi.model.storage import DurableFileStorage, open_storage
from mypi.model.troubles import told_when_full
from mypi.services import soundness
from mypi.services.soundness import Problem

MARK = "mypi-backup.json"
"""The file that makes a folder a backup: nothing else is ever written into."""

_one_at_a_time = threading.Lock()


class Looked(NamedTuple):
    """What one project of a backup was found to be; ``files`` and ``read`` bytes were looked at."""

    problems: list[Problem]
    files: int
    read: int


def newest(database: DB) -> str:
    """The last transaction of the database: how far a backup that begins now has to come."""
    last: bytes = database.storage.lastTransaction()
    return last.hex()


EMPTY_AGAIN = "make room, move away what was written, and recover again"


def step(database: DB, folder: Path, seconds: float, until: str) -> Copied:
    """Bring the backup in ``folder`` nearer to the ``database``, for about ``seconds``.

    Call it until nothing is left up to the transaction ``until`` (:func:`newest`): who publishes
    faster than the backup copies would keep it going for ever.  Raises Refused when the folder is
    no place for a backup, and Conflict when another backup runs.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise Conflict("Another backup is running; wait until it is done.")
    try:
        check_folder(folder)
        source, of = database.storage, _name_of(database)
        if not keeps_history(source):
            raise Refused(
                "The database keeps no history (keep_history=false in zodbconn.uri), so it cannot "
                "be copied while it is written to; use PostgreSQL's own pg_dump."
            )
        with told_when_full(f"{folder} cannot be written"), _opened(folder) as target:
            if _said(folder).get("of", of) != of:
                raise Refused(f"{folder} is the backup of another index.")
            if target.lastTransaction() > source.lastTransaction():
                raise Refused(f"{folder}: the backup is newer than the index, which has gone back.")
            copied = copy(source, target, seconds=seconds, until=_read(until))
            _mark(folder, target.lastTransaction(), of=of)
            return copied
    finally:
        _one_at_a_time.release()


def check_folder(folder: Path) -> None:
    """Raise Refused when ``folder`` holds something that is no backup, or cannot be written."""
    if not folder.is_absolute():
        raise Refused(f"{folder}: name the folder from the root on, with a leading slash.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.listdir(folder) and not (folder / MARK).exists():
            raise Refused(f"{folder} holds other things; name an empty folder, or an older backup.")
        (folder / "blobs" / "tmp").mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch(mode=0o600)
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}.") from None


def forget(folder: Path, before: float) -> None:
    """Drop from the backup what was deleted before a time, in seconds since the epoch.

    It cannot be put back as of a moment before that any more.  Raises Refused and Conflict.
    """
    taken(folder)
    with _opened(folder) as storage:
        storage.pack(before, referencesf)
        since = datetime.fromtimestamp(before, UTC)
        _mark(folder, storage.lastTransaction(), since=since.isoformat())


def verify(folder: Path, since: float = 0.0) -> Iterator[Looked]:
    """Compare every file of the backup with its archive, project by project.

    The size of all; the SHA-256 of those uploaded after ``since`` (seconds since the epoch).
    """
    with _site(folder) as site:
        for index in site.indexes.values():
            for project in index.projects.values():
                newest = max((link.uploaded for _, link in project.pages()), default=0.0)
                found = soundness.check_project(index, project, deep=newest > since, repair=False)
                yield Looked(_within(index, found.problems), found.files, found.read)
            lost = soundness.check_trash(index, deep=False)
            yield Looked(_within(index, lost), 0, 0)


def count(folder: Path) -> int:
    """The number of projects in the backup."""
    with _site(folder) as site:
        return sum(index.count() for index in site.indexes.values())


def taken(folder: Path) -> float:
    """The time of the last transaction in the backup, seconds since the epoch; raises Refused."""
    try:
        return datetime.fromisoformat(_said(folder)["until"]).timestamp()
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{folder} is no finished backup: it has no readable {MARK}.") from None


def restore(folder: Path, uri: str, *, at: float | None = None) -> Iterator[Copied]:
    """Put the backup into the empty storage of ``uri``, as it was at the time ``at`` if given.

    Yields now and then how much was copied.  Raises Refused when the storage is not empty, or the
    backup has nothing of that time.
    """
    until = _transaction_id(at) if at is not None else b""
    taken(folder)
    since = _said(folder).get("since")
    if at is not None and since and at < datetime.fromisoformat(since).timestamp():
        raise Refused(f"{folder} goes back to {since[:16]} UTC; what was before is forgotten.")
    source = FileStorage(str(folder / "Data.fs"), blob_dir=str(folder / "blobs"), read_only=True)
    try:
        if until:
            _check_begun(source, until)
        target, _options = open_storage(uri)
        try:
            if target.lastTransaction() not in (z64, None):
                raise Refused("There is data already; a backup is only put where there is none.")
            more = True
            while more:
                with told_when_full("The database cannot be written", EMPTY_AGAIN):
                    copied = copy(source, target, seconds=1.0, until=until)
                more = copied.more
                yield copied
        finally:
            target.close()
    finally:
        source.close()


def _check_begun(source: FileStorage, until: bytes) -> None:
    first = next(source.iterator(), None)
    if first is None or first.tid > until:
        began = f" began at {TimeStamp(first.tid)} UTC" if first else " is empty"
        raise Refused(f"There was nothing at that time: what is in this backup{began}.")


@contextmanager
def _opened(folder: Path) -> Iterator[DurableFileStorage]:
    try:
        storage = DurableFileStorage(folder / "Data.fs", folder / "blobs")
    except zc.lockfile.LockError:
        raise Conflict(f"Another program works on the backup in {folder}.") from None
    try:
        yield storage
    finally:
        storage.close()


@contextmanager
def _site(folder: Path) -> Iterator[Site]:
    """The site in a backup, for reading."""
    taken(folder)
    storage = FileStorage(str(folder / "Data.fs"), blob_dir=str(folder / "blobs"), read_only=True)
    database = DB(storage)
    manager = transaction.TransactionManager()
    connection = database.open(manager)
    try:
        site = connection.root().get(ROOT_KEY)
        if site is None:
            raise CannotStart(f"{folder}: the backup holds no index.")
        yield site
    finally:
        manager.abort()
        connection.close()
        database.close()


def _read(until: str) -> bytes:
    try:
        transaction_id = bytes.fromhex(until)
    except ValueError:
        transaction_id = b""
    if len(transaction_id) != len(z64):
        raise Refused(f"until: {until[:80]!r} is no transaction; leave it out to begin.")
    return transaction_id


def _name_of(database: DB) -> str:
    """What tells this index from any other; nothing can be learned from it."""
    with database.transaction() as connection:
        secret: bytes = connection.root()[ROOT_KEY].secret
    return hashlib.blake2b(secret, digest_size=8, person=b"mypi backup").hexdigest()


def _mark(folder: Path, last: bytes, **more: str) -> None:
    until = datetime.fromtimestamp(TimeStamp(last).timeTime(), UTC)
    draft = folder / (MARK + ".new")
    said = {**_said(folder), **more, "until": until.isoformat()}
    draft.write_text(json.dumps(said) + "\n")
    draft.replace(folder / MARK)


def _said(folder: Path) -> dict[str, str]:
    """What the mark says; nothing before the first copy has ended."""
    try:
        said: dict[str, str] = json.loads((folder / MARK).read_text())
    except (OSError, ValueError):
        return {}
    return said


def _transaction_id(seconds: float) -> bytes:
    # Times are told in microseconds, transactions are finer: one that was then is meant too.
    when = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=1)
    stamp = TimeStamp(
        when.year,
        when.month,
        when.day,
        when.hour,
        when.minute,
        when.second + when.microsecond / 1e6,
    )
    return stamp.raw()


def _within(index: Index, problems: list[Problem]) -> list[Problem]:
    return [it._replace(project=f"{index.name}/{it.project}") for it in problems]
