"""Copy a database, transaction by transaction, into another storage: backup, or moving house.

A copy can be stopped at any time and goes on where it ended: a transaction is copied whole, with
its blobs, or not at all.  What is written while it runs comes with it, or with the next one.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from ZODB.blob import is_blob_record
from ZODB.POSException import POSKeyError
from ZODB.utils import p64, u64, z64

NOTHING = z64
"""The last transaction of an empty storage."""


class Copied(NamedTuple):
    """What one call copied; ``bytes`` are those of the blobs.  ``more`` may be left."""

    transactions: int
    blobs: int
    bytes: int
    more: bool


def copy(source: Any, destination: Any, *, seconds: float = 0, until: bytes = b"") -> Copied:
    """Copy what ``destination`` lacks; stop after ``seconds`` (0: never), or after ``until``.

    ``until`` is a transaction id.  Transactions keep their ids, so both storages tell the same
    history; ``destination`` may hold none that ``source`` has not.
    """
    deadline = time.monotonic() + seconds if seconds else float("inf")
    transactions = blobs = size = 0
    for transaction in _after(source, destination.lastTransaction(), until):
        for moved in _copy_one(source, destination, transaction):
            blobs, size = blobs + 1, size + moved
        transactions += 1
        if time.monotonic() > deadline:
            return Copied(transactions, blobs, size, True)
    return Copied(transactions, blobs, size, False)


def keeps_history(storage: Any) -> bool:
    """Whether a storage can be copied while it is written to: it has old states until it is packed.

    RelStorage can be told to have none; what is changed then vanishes from an older transaction.
    """
    return bool(getattr(storage, "keep_history", True))


def _after(source: Any, last: bytes, until: bytes) -> Iterator[Any]:
    start = p64(u64(last) + 1) if last != NOTHING else None
    iterator = source.iterator(start, until or None)
    try:
        # Not "yield from", which crashes Python 3.11 at the end of RelStorage's iterator.
        for transaction in iterator:  # noqa: UP028
            yield transaction
    finally:
        if hasattr(iterator, "close"):  # ZEO's ends by itself
            iterator.close()


def _copy_one(source: Any, destination: Any, transaction: Any) -> Iterator[int]:
    """Copy a transaction; the sizes of its blobs."""
    destination.tpc_begin(transaction, transaction.tid, transaction.status)
    copied: set[bytes] = set()
    try:
        for record in transaction:
            if record.oid in copied:  # ZEO stores the record of each blob twice
                continue
            blob = _blob(source, record)
            if blob is None:
                destination.restore(
                    record.oid, record.tid, record.data, "", record.data_txn, transaction
                )
                continue
            taken = _duplicate(blob, destination.temporaryDirectory())
            size = os.stat(taken).st_size
            copied.add(record.oid)
            destination.restoreBlob(
                record.oid, record.tid, record.data, taken, record.data_txn, transaction
            )
            yield size
        destination.tpc_vote(transaction)
        destination.tpc_finish(transaction)
    except BaseException:
        destination.tpc_abort(transaction)
        raise


def _blob(source: Any, record: Any) -> str | None:
    """The file of a blob record; None for any other, and for a blob that packing has taken."""
    if not is_blob_record(record.data):
        return None
    try:
        path: str = source.loadBlob(record.oid, record.tid)
    except POSKeyError:
        return None
    return path


def _duplicate(path: str, folder: str) -> str:
    """A copy of a file, on the disk for good."""
    number, name = tempfile.mkstemp(prefix="copy-", suffix=".tmp", dir=folder)
    with open(path, "rb") as source, os.fdopen(number, "wb") as target:
        shutil.copyfileobj(source, target, 2**20)
        target.flush()
        os.fsync(target.fileno())
    return name
