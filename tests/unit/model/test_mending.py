"""A write that fails half-way harms no reader, and the next one that can succeed does.

The kernel refuses to let files grow beyond a size, as a full disk would: after a part was written.
"""

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import transaction
from ZODB.blob import Blob

from mypi.model import mending
from mypi.model.storage import open_database

BIG = "x" * 300_000


def uri(folder: Path) -> str:
    return f"file://{folder}/Data.fs?blobstorage_dir={folder}/blobs"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Any]:
    db = open_database(uri(tmp_path), "", {})
    with db.transaction() as connection:
        connection.root()["before"] = "kept"
    yield db
    db.close()


@contextlib.contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Writing beyond ``size`` fails, after what fits was written."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def write(db: Any, key: str, value: Any) -> None:
    with db.transaction() as connection:
        connection.root()[key] = value


def read(db: Any) -> dict[str, Any]:
    """All there is, from the file itself."""
    connection = db.open(transaction.TransactionManager())
    try:
        connection.cacheMinimize()
        return dict(connection.root())
    finally:
        connection.close()


def end_of(folder: Path) -> int:
    return (folder / "Data.fs").stat().st_size


@pytest.mark.parametrize("room", [0, 10, 5_000, 150_000])
def test_what_could_not_be_written_whole_is_taken_back_at_once(db, tmp_path, room):
    before = end_of(tmp_path)

    with no_file_beyond(before + room), pytest.raises(OSError, match="too large"):
        write(db, "late", BIG)

    assert end_of(tmp_path) == before
    assert read(db) == {"before": "kept"}


def test_reading_goes_on_while_nothing_can_be_written_and_writing_comes_back(db, tmp_path):
    with no_file_beyond(end_of(tmp_path) + 5_000):
        for number in range(5):
            with pytest.raises(OSError, match="too large"):
                write(db, f"late-{number}", BIG)
            assert read(db) == {"before": "kept"}
        write(db, "small", "fits")

    write(db, "after", BIG)
    assert read(db) == {"before": "kept", "small": "fits", "after": BIG}


def test_readers_never_meet_what_was_torn(db, tmp_path):
    """A reader's buffer may reach behind the end of the last transaction."""
    for number in range(20):
        with no_file_beyond(end_of(tmp_path) + 100), pytest.raises(OSError, match="too large"):
            write(db, "late", f"{number}" * 1000)
        read(db)
        write(db, "after", f"{number}" * 10)
        assert read(db)["after"] == f"{number}" * 10


def test_what_was_written_after_a_failure_is_there_at_the_next_start(tmp_path):
    db = open_database(uri(tmp_path), "", {})
    with no_file_beyond(end_of(tmp_path) + 20_000), pytest.raises(OSError, match="too large"):
        write(db, "late", BIG)
    write(db, "after", "kept")
    db.close()
    (tmp_path / "Data.fs.index").unlink()

    db = open_database(uri(tmp_path), "", {})

    assert read(db) == {"after": "kept"}
    assert not list(tmp_path.glob("Data.fs.tr*"))
    db.close()


def test_a_blob_goes_with_the_transaction_that_failed(db, tmp_path):
    spool = tmp_path / "blobs" / "tmp" / "spool"
    spool.write_bytes(b"x" * 100)
    blob = Blob()
    blob.consumeFile(str(spool))

    with no_file_beyond(end_of(tmp_path) + 5_000), pytest.raises(OSError, match="too large"):
        write(db, "late", [blob, BIG])

    assert list((tmp_path / "blobs").rglob("*.blob")) == []


def test_a_failing_disk_at_the_very_end_takes_the_transaction_back(db, tmp_path, monkeypatch):
    """An fsync that fails leaves open what is on the disk, so it must not be read either."""
    before = end_of(tmp_path)
    failing = iter([OSError(5, "Input/output error")])

    def finish_or_fail(tid: bytes, real: Any = db.storage._finish_finish) -> None:
        if error := next(failing, None):
            raise error
        real(tid)

    monkeypatch.setattr(db.storage, "_finish_finish", finish_or_fail)
    with pytest.raises(OSError, match="Input/output"):
        write(db, "late", "lost")

    assert end_of(tmp_path) == before
    assert read(db) == {"before": "kept"}
    write(db, "after", "kept")
    assert read(db) == {"before": "kept", "after": "kept"}


def test_a_file_that_cannot_be_written_is_read_until_it_can_be(db, tmp_path, monkeypatch):
    def read_only(path: str, mode: str) -> Any:
        if mode != "rb":
            raise OSError(30, "Read-only file system", path)
        return open(path, mode)

    monkeypatch.setattr(mending, "open", read_only, raising=False)
    with no_file_beyond(end_of(tmp_path) + 5_000), pytest.raises(OSError, match="too large"):
        write(db, "late", BIG)
    for number in range(3):
        with pytest.raises(OSError, match="Read-only"):
            write(db, f"late-{number}", "refused")
        assert read(db) == {"before": "kept"}
    monkeypatch.undo()

    write(db, "after", "kept")

    assert read(db) == {"before": "kept", "after": "kept"}


def test_a_file_that_lost_its_end_is_not_written_to(db, tmp_path):
    """It would become zeros in the middle, or records in the wrong place."""
    os.truncate(tmp_path / "Data.fs", end_of(tmp_path) - 1)
    before = (tmp_path / "Data.fs").read_bytes()

    for _attempt in range(2):
        with pytest.raises(OSError, match="lost its end"):
            write(db, "late", "refused")

    assert (tmp_path / "Data.fs").read_bytes() == before


def test_packing_still_works_after_a_failure(db, tmp_path):
    with no_file_beyond(end_of(tmp_path) + 5_000), pytest.raises(OSError, match="too large"):
        write(db, "late", BIG)
    write(db, "after", BIG)
    before = end_of(tmp_path)
    with db.transaction() as connection:
        del connection.root()["after"]

    db.pack()

    assert end_of(tmp_path) < before
    write(db, "again", "kept")
    assert read(db) == {"before": "kept", "again": "kept"}


@pytest.mark.parametrize("room", [0, 100, 100_000])
def test_packing_that_finds_no_room_changes_nothing_and_leaves_nothing(db, tmp_path, room):
    spool = tmp_path / "blobs" / "tmp" / "spool"
    spool.write_bytes(b"x" * 100)
    blob = Blob()
    blob.consumeFile(str(spool))
    write(db, "garbage", blob)
    write(db, "kept", BIG)
    with db.transaction() as connection:
        del connection.root()["garbage"]
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    with no_file_beyond(room), pytest.raises(OSError, match="too large"):
        db.pack()

    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before
    write(db, "after", "kept")
    db.pack()
    assert read(db) == {"before": "kept", "kept": BIG, "after": "kept"}
    assert list((tmp_path / "blobs").rglob("*.blob")) == []


def test_an_index_that_cannot_be_saved_does_not_keep_from_starting(tmp_path):
    db = open_database(uri(tmp_path), "", {})
    for number in range(200):
        write(db, f"key-{number}", number)
    db.close()
    (tmp_path / "Data.fs.index").unlink()

    with no_file_beyond(20):
        db = open_database(uri(tmp_path), "", {})
        assert len(read(db)) == 200
    assert not (tmp_path / "Data.fs.index.index_tmp").exists()
    db.close()
