"""Move everything from one storage to another, and prove that it arrived.

From files to PostgreSQL, or back.  A move that was interrupted goes on where it was.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ZODB.blob import is_blob_record
from ZODB.utils import z64

from mypi.errors import Refused
from mypi.model.copying import Copied, copy
from mypi.model.storage import open_storage
from mypi.model.troubles import told_when_full

SECONDS = 1.0
"""Between two reports."""


def move(source_uri: str, target_uri: str) -> Iterator[Copied]:
    """Copy what the storage of ``target_uri`` lacks; yields now and then how much that was.

    Nobody may publish meanwhile.  Raises Refused when the target holds another index, or
    its disk is full.
    """
    if target_uri.startswith("zeo:"):
        raise Refused(
            "A ZEO server opens the data folder itself, nothing has to be moved: name the folder "
            "in its configuration, and the server in zodbconn.uri."
        )
    with _both(source_uri, target_uri) as (source, target):
        if source.lastTransaction() in (None, z64):
            raise Refused("There is nothing to move: the database is empty.")
        _check(source, target)
        more = True
        while more:
            with told_when_full("The database at URI cannot be written"):
                copied = copy(source, target, seconds=SECONDS)
            more = copied.more
            yield copied


def digests(source_uri: str, target_uri: str) -> tuple[str, str]:
    """Digests of both storages; they are equal when every object and every archive is."""
    with _both(source_uri, target_uri) as (source, target):
        return digest(source), digest(target)


def digest(storage: Any) -> str:
    """SHA-256 over all objects as they are now, in the order of their ids, and their blobs."""
    hashed = hashlib.sha256()
    position = None
    while True:
        oid, tid, data, position = storage.record_iternext(position)
        hashed.update(oid + tid + hashlib.sha256(data).digest())
        if is_blob_record(data):
            with open(storage.loadBlob(oid, tid), "rb") as blob:
                hashed.update(hashlib.file_digest(blob, "sha256").digest())
        if position is None:
            return hashed.hexdigest()


@contextmanager
def _both(source_uri: str, target_uri: str) -> Iterator[tuple[Any, Any]]:
    with _opened(source_uri) as source, _opened(target_uri) as target:
        yield source, target


@contextmanager
def _opened(uri: str) -> Iterator[Any]:
    storage, _options = open_storage(uri)
    try:
        yield storage
    finally:
        storage.close()


def _check(source: Any, target: Any) -> None:
    """Raise Refused unless the target is empty, or a part of the source."""
    last = target.lastTransaction()
    if last in (None, z64):
        return
    ids = {it.tid for it in source.iterator(last, last)}
    if last not in ids:
        raise Refused("The place to move to holds another index; name an empty one.")
