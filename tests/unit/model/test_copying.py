"""A copy tells the same history, blobs and all, and goes on where it ended."""

import os

import pytest
import transaction
from BTrees.OOBTree import OOBTree
from ZODB.blob import Blob
from ZODB.DB import DB
from ZODB.utils import z64

from mypi.model.copying import copy
from mypi.model.storage import DurableFileStorage


def storage(folder):
    (folder / "blobs" / "tmp").mkdir(parents=True, exist_ok=True)
    return DurableFileStorage(folder / "Data.fs", folder / "blobs")


@pytest.fixture
def source(tmp_path):
    database = DB(storage(tmp_path / "source"))
    for number in range(5):
        write(database, number)
    yield database
    database.close()


@pytest.fixture
def target(tmp_path):
    it = storage(tmp_path / "target")
    yield it
    it.close()


def write(database, number):
    with database.transaction() as connection:
        held = connection.root().setdefault("held", OOBTree())
        held[number] = Blob(b"bytes of %d" % number)


def contents(it):
    """Number -> bytes, as a database on that storage reads them."""
    database = DB(it)
    manager = transaction.TransactionManager()
    connection = database.open(manager)
    try:
        held = connection.root()["held"]
        return {number: blob.open().read() for number, blob in held.items()}
    finally:
        connection.close()


def test_everything_is_copied(source, target):
    copied = copy(source.storage, target)

    assert (copied.blobs, copied.bytes, copied.more) == (5, 5 * len(b"bytes of 0"), False)
    assert target.lastTransaction() == source.lastTransaction()
    assert contents(target) == {number: b"bytes of %d" % number for number in range(5)}


def test_a_second_copy_brings_what_is_new_alone(source, target):
    copy(source.storage, target)
    write(source, 5)

    assert copy(source.storage, target)[:2] == (1, 1)
    assert copy(source.storage, target)[:2] == (0, 0)
    assert contents(target)[5] == b"bytes of 5"


def test_a_copy_that_was_stopped_goes_on_where_it_ended(source, target):
    calls = 1
    while copy(source.storage, target, seconds=1e-9).more:
        calls += 1
        assert calls < 100
    assert contents(target).keys() == set(range(5))


def test_history_up_to_a_moment_can_be_had(source, target):
    middle = source.lastTransaction()
    write(source, 5)

    copy(source.storage, target, until=middle)

    assert target.lastTransaction() == middle
    assert contents(target).keys() == set(range(5))


def test_packing_between_two_copies_does_no_harm(source, target):
    copy(source.storage, target)
    with source.transaction() as connection:
        del connection.root()["held"][0]
    write(source, 6)
    source.pack()
    write(source, 7)

    copy(source.storage, target)

    assert contents(target).keys() == {1, 2, 3, 4, 6, 7}


def test_a_blob_that_fails_to_copy_leaves_a_whole_number_of_transactions(source, target):
    last = source.storage.lastTransaction()
    paths = sorted((os.path.getmtime(p), p) for p in blob_files(source))
    os.unlink(paths[-1][1])
    os.mkdir(paths[-1][1])

    with pytest.raises(OSError, match="directory"):
        copy(source.storage, target)

    assert z64 < target.lastTransaction() < last
    assert contents(target).keys() == set(range(4))


def blob_files(database):
    for folder, _folders, names in os.walk(database.storage.fshelper.base_dir):
        yield from (os.path.join(folder, name) for name in names if name.endswith(".blob"))
