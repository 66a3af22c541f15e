"""A database that lacks what every start needs: one sentence says so."""

import pytest
from ZODB.Connection import TransactionMetaData
from ZODB.FileStorage import FileStorage

from mypi import make_app
from mypi.errors import CannotStart
from tests.commandline import Keeper
from tests.factories import wheel


@pytest.fixture
def mypi(tmp_path):
    """An index whose database has lost an object: the one that counts the projects."""
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", wheel("six", "1.0"))
    said = keeper("shell -e 'print(site.indexes[\"stable\"].count._p_oid.hex())'").out
    forget(keeper.data, bytes.fromhex(said))
    return keeper


def forget(data, oid):
    """Take an object out of the file storage in ``data``."""
    storage = FileStorage(str(data / "Data.fs"), blob_dir=str(data / "blobs"))
    record = TransactionMetaData()
    storage.tpc_begin(record)
    storage.deleteObject(oid, storage.load(oid)[1], record)
    storage.tpc_vote(record)
    storage.tpc_finish(record)
    storage.close()


@pytest.mark.on_files
def test_commands_say_that_the_database_is_damaged(mypi):
    said = mypi.refused(3, "list")

    assert "is damaged: POSKeyError" in said
    assert "recover a backup" in said


@pytest.mark.on_files
def test_a_server_does_not_start_on_it(mypi):
    with pytest.raises(CannotStart, match="is damaged"):
        make_app(mypi.settings)
