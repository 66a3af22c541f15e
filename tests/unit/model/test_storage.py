"""The file storage keeps what it acknowledged, forgets the rest, and says why it cannot start."""

import os
import threading
import time
from pathlib import Path

import pytest
import transaction
from BTrees.OOBTree import OOBTree
from persistent.TimeStamp import TimeStamp
from ZODB.blob import Blob
from ZODB.POSException import ConflictError

from mypi.errors import CannotStart
from mypi.model import storage
from mypi.model.storage import open_database, parse_file_uri


def uri(folder: Path) -> str:
    return f"file://{folder}/Data.fs?blobstorage_dir={folder}/blobs"


def blob_files(folder: Path) -> list[Path]:
    return sorted((folder / "blobs").rglob("*.blob"))


def new_blob(folder: Path, name: str) -> Blob:
    path = folder / "blobs" / "tmp" / name
    path.write_bytes(b"x" * 1000)
    blob = Blob()
    blob.consumeFile(str(path))
    return blob


def test_a_conflict_after_a_blob_was_stored_leaves_no_blob_file(tmp_path):
    db = open_database(uri(tmp_path), "", {})
    with db.transaction() as connection:
        connection.root()["hot"] = 0
    late = transaction.TransactionManager(explicit=True)
    connection = db.open(late)
    late.begin()
    blob = new_blob(tmp_path, "late")
    connection.add(blob)
    connection.root()["late"] = blob
    with db.transaction() as other:
        other.root()["hot"] = 1

    with pytest.raises(ConflictError):
        late.commit()
    late.abort()

    assert blob_files(tmp_path) == []
    connection.close()
    db.close()


def test_eight_writers_that_keep_conflicting_lose_no_blob_and_leave_none(tmp_path):
    """With zodburi's wrapper around FileStorage this loses some in a hundred."""
    db = open_database(uri(tmp_path) + "&connection_pool_size=9", "", {})
    with db.transaction() as connection:
        connection.root()["files"] = OOBTree()
        connection.root()["hot"] = 0

    def write(writer: int) -> None:
        manager = transaction.TransactionManager(explicit=True)
        connection = db.open(manager)
        for number in range(15):
            attempt = 0
            while True:
                attempt += 1
                try:
                    with manager:
                        blob = new_blob(tmp_path, f"{writer}-{number}-{attempt}")
                        connection.add(blob)
                        connection.root()["hot"] += 1
                        connection.root()["files"][f"{writer}-{number}"] = blob
                    break
                except ConflictError:
                    manager.abort()
        connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with db.transaction() as connection:
        files = connection.root()["files"]
        assert len(files) == 120
        for blob in files.values():
            with blob.open("r") as file:
                assert len(file.read()) == 1000
    assert len(blob_files(tmp_path)) == 120
    db.close()


def test_what_a_crash_left_is_removed_at_the_next_start_and_nothing_else(tmp_path):
    db = open_database(uri(tmp_path), "", {})
    with db.transaction() as connection:
        connection.root()["kept"] = new_blob(tmp_path, "kept")
    kept = blob_files(tmp_path)
    helper = db.storage.fshelper
    later = helper.getBlobFilename(4711, int.from_bytes(db.storage.lastTransaction()) + 1)
    Path(later).parent.mkdir(parents=True)
    Path(later).write_bytes(b"never acknowledged")
    (tmp_path / "blobs" / "tmp" / "upload-cut-off").write_bytes(b"half")
    marker = (tmp_path / "Data.fs.open").read_bytes()
    db.close()
    (tmp_path / "Data.fs.open").write_bytes(marker)  # as if the process had been killed

    db = open_database(uri(tmp_path), "", {})

    assert blob_files(tmp_path) == kept
    assert list((tmp_path / "blobs" / "tmp").iterdir()) == []
    db.close()


def test_a_second_server_on_the_same_data_is_told_who_holds_it(tmp_path):
    db = open_database(uri(tmp_path), "", {})

    with pytest.raises(CannotStart, match=r"in use by another server \(process \d+\)"):
        open_database(uri(tmp_path), "", {})

    db.close()


def test_a_folder_counts_as_synced_only_once_a_sync_succeeded(tmp_path, monkeypatch):
    db = open_database(uri(tmp_path), "", {})
    synced = []

    def failing(folder):
        raise OSError(5, "the disk fails", folder)

    monkeypatch.setattr(storage, "sync_folder", failing)
    with pytest.raises(OSError, match="the disk fails"), db.transaction() as connection:
        connection.root()["first"] = new_blob(tmp_path, "first")
    monkeypatch.setattr(storage, "sync_folder", synced.append)
    with db.transaction() as connection:
        connection.root()["second"] = new_blob(tmp_path, "second")

    assert str(tmp_path / "blobs") in synced
    assert len(blob_files(tmp_path)) == 1
    db.close()


def test_what_a_savepoint_left_does_not_stop_the_start(tmp_path):
    left = tmp_path / "blobs" / "tmp" / "savepoints-cut-off"
    left.mkdir(parents=True)
    (left / "blob").write_bytes(b"half")

    open_database(uri(tmp_path), "", {}).close()

    assert not left.exists()


def test_an_unusable_folder_is_named(tmp_path):
    (tmp_path / "var").write_text("not a folder")

    with pytest.raises(CannotStart, match=r"var.*cannot be used"):
        open_database(uri(tmp_path / "var"), "", {})


@pytest.fixture
def three_changes(tmp_path):
    """A database closed after three transactions; each of them changed ``number``."""
    db = open_database(uri(tmp_path), "", {})
    for number in range(3):
        with db.transaction() as connection:
            connection.root()["number"] = number
    db.close()
    (tmp_path / "Data.fs.index").unlink()
    return tmp_path / "Data.fs"


def number_in(folder: Path) -> int:
    db = open_database(uri(folder), "", {})
    try:
        with db.transaction() as connection:
            return int(connection.root()["number"])
    finally:
        db.close()


@pytest.mark.parametrize(
    "tail", [b"\0" * 7, b"\0" * 5000, b"\x03" * 10], ids=["few", "many", "cut"]
)
def test_what_a_power_cut_left_at_the_end_is_cut_off(three_changes, tmp_path, tail):
    before = three_changes.stat().st_size
    with three_changes.open("ab") as file:
        file.write(tail)

    assert number_in(tmp_path) == 2
    assert three_changes.stat().st_size == before


def test_a_torn_transaction_of_the_future_does_not_count(three_changes, tmp_path):
    """Whatever came later would have to be later than that."""
    with three_changes.open("ab") as file:
        file.write(b"\xff" * 8 + b"\0\xff" * 4 + b" " * 100)

    db = open_database(uri(tmp_path), "", {})

    assert TimeStamp(db.lastTransaction()).timeTime() <= time.time()
    db.close()


def test_half_a_transaction_at_the_end_is_cut_off(three_changes, tmp_path):
    os.truncate(three_changes, three_changes.stat().st_size - 1)

    assert number_in(tmp_path) == 1


@pytest.mark.parametrize("where", [0, 100], ids=["at the beginning", "in the middle"])
def test_a_damaged_database_is_told_and_left_as_it_is(three_changes, tmp_path, where):
    content = bytearray(three_changes.read_bytes())
    content[where : where + 200] = b"\xff" * 200
    three_changes.write_bytes(content)

    with pytest.raises(CannotStart, match=r"Data\.fs is damaged.*recover a backup"):
        open_database(uri(tmp_path), "", {})

    assert three_changes.read_bytes() == content


@pytest.mark.parametrize("content", [None, b"", b"FS21"], ids=["gone", "empty", "as new"])
def test_archives_whose_database_is_lost_are_left_alone(tmp_path, content):
    db = open_database(uri(tmp_path), "", {})
    with db.transaction() as connection:
        connection.root()["kept"] = new_blob(tmp_path, "kept")
    kept = blob_files(tmp_path)
    db.close()
    for path in tmp_path.glob("Data.fs*"):
        path.unlink()
    if content is not None:
        (tmp_path / "Data.fs").write_bytes(content)
        (tmp_path / "Data.fs.open").touch()

    for _attempt in range(2):
        with pytest.raises(CannotStart, match=r"archives in .*blobs, and no database"):
            open_database(uri(tmp_path), "", {})

    assert blob_files(tmp_path) == kept


def test_archives_of_a_database_that_lost_its_end_are_left_alone(tmp_path, caplog):
    db = open_database(uri(tmp_path), "", {})
    sizes = []
    for name in ("first", "second", "third"):
        with db.transaction() as connection:
            connection.root()[name] = new_blob(tmp_path, name)
        sizes.append((tmp_path / "Data.fs").stat().st_size)
    db.close()
    kept = blob_files(tmp_path)
    os.truncate(tmp_path / "Data.fs", sizes[0] + 10)
    (tmp_path / "Data.fs.open").touch()

    open_database(uri(tmp_path), "", {}).close()

    assert blob_files(tmp_path) == kept
    assert "2 archives of 2 later transactions" in caplog.text


@pytest.mark.parametrize("content", [None, ""], ids=["gone", "empty"])
def test_the_layout_of_archives_is_known_without_its_mark(tmp_path, content):
    """Copying by hand easily leaves out a name that begins with a dot."""
    db = open_database(uri(tmp_path), "", {})
    with db.transaction() as connection:
        connection.root()["kept"] = new_blob(tmp_path, "kept")
    db.close()
    mark = tmp_path / "blobs" / ".layout"
    mark.unlink()
    if content is not None:
        mark.write_text(content)

    db = open_database(uri(tmp_path), "", {})

    with db.transaction() as connection:
        assert len(connection.root()["kept"].open().read()) == 1000
    db.close()


def test_the_folder_of_archives_may_be_a_disk_of_its_own(tmp_path):
    """It is not made anew for a new database; what is mounted there cannot be removed."""
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "blobs").symlink_to(tmp_path / "disk")

    open_database(uri(tmp_path / "var"), "", {}).close()

    assert (tmp_path / "disk" / "lost+found").exists()
    assert (tmp_path / "disk" / ".layout").read_text() == "bushy"


def test_an_unknown_option_of_the_uri_is_named():
    with pytest.raises(CannotStart, match="blob_dir=/x"):
        parse_file_uri("file:///data/Data.fs?blob_dir=/x")
