"""Packing gives the disk back, and a pack that was cut off loses nothing."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob
from ZODB.DB import DB

from mypi.errors import Conflict
from mypi.model import packing
from mypi.model.packing import pack
from mypi.model.storage import open_database

MEGABYTE = 2**20


def opened(folder: Path) -> DB:
    return open_database(f"file://{folder}/Data.fs?blobstorage_dir={folder}/blobs", "", {})


def put(db: DB, folder: Path, name: str, size: int = MEGABYTE) -> None:
    """Store a blob under a name."""
    path = folder / "blobs" / "tmp" / name
    path.write_bytes(os.urandom(size))
    blob = Blob()
    blob.consumeFile(str(path))
    with db.transaction() as connection:
        connection.root()[name] = PersistentMapping({"blob": blob})


def drop(db: DB, name: str) -> None:
    with db.transaction() as connection:
        del connection.root()[name]


def size(folder: Path) -> int:
    """All bytes below the folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def blob_files(folder: Path) -> list[Path]:
    return sorted((folder / "blobs").rglob("*.blob"))


def test_the_disk_has_back_what_nothing_refers_to(tmp_path):
    db = opened(tmp_path)
    put(db, tmp_path, "kept")
    put(db, tmp_path, "gone", 3 * MEGABYTE)
    drop(db, "gone")
    full = size(tmp_path)

    before, after = pack(db, tmp_path / "blobs")

    assert full - size(tmp_path) >= 3 * MEGABYTE
    assert before - after >= 3 * MEGABYTE
    assert [path.stat().st_size for path in blob_files(tmp_path)] == [MEGABYTE]
    assert list(tmp_path.rglob("*.old")) == []
    db.close()


def test_packing_twice_and_packing_nothing_are_fine(tmp_path):
    db = opened(tmp_path)
    put(db, tmp_path, "kept")

    first = pack(db, tmp_path / "blobs")
    second = pack(db, tmp_path / "blobs")

    assert first[1] == second[0] == second[1]
    assert len(blob_files(tmp_path)) == 1
    db.close()


def test_one_pack_at_a_time(tmp_path, monkeypatch):
    db = opened(tmp_path)
    started, goes_on = threading.Event(), threading.Event()

    def slow(**_anything):
        started.set()
        goes_on.wait()

    monkeypatch.setattr(db, "pack", slow)
    first = threading.Thread(target=pack, args=(db, tmp_path / "blobs"), daemon=True)
    first.start()
    started.wait()

    with pytest.raises(Conflict, match="running already"):
        pack(db, tmp_path / "blobs")
    goes_on.set()
    first.join()
    db.close()


def test_after_a_pack_no_folder_is_taken_for_safe(tmp_path):
    db = opened(tmp_path)
    put(db, tmp_path, "gone")
    drop(db, "gone")

    pack(db, tmp_path / "blobs")

    assert db.storage._known_folders == set()
    put(db, tmp_path, "next")
    assert db.storage._known_folders
    db.close()


def test_a_disk_that_fails_stops_the_pack_and_nothing_else(tmp_path, monkeypatch):
    db = opened(tmp_path)
    put(db, tmp_path, "kept")
    put(db, tmp_path, "gone")
    drop(db, "gone")

    def failing(path):
        raise OSError(5, "Input/output error", path)

    monkeypatch.setattr(packing, "_sync_file", failing)
    with pytest.raises(OSError, match="Input/output"):
        pack(db, tmp_path / "blobs")
    monkeypatch.undo()

    assert len(blob_files(tmp_path)) == 2
    put(db, tmp_path, "next")  # the commit lock is free
    pack(db, tmp_path / "blobs")
    assert len(blob_files(tmp_path)) == 2
    db.close()


CUT_OFF = """
import os, sys
from pathlib import Path
from mypi.model import packing
from tests.unit.model.test_packing import drop, opened, put

folder, where = Path(sys.argv[1]), sys.argv[2]
db = opened(folder)
put(db, folder, "kept")
put(db, folder, "gone")
put(db, folder, "also")
drop(db, "gone")
drop(db, "also")

def die(*_anything):
    os._exit(9)

def die_at_second(path, again=[]):
    again.append(path)
    if len(again) == 2:
        os._exit(9)
    rmtree(path)

if where == "before the names change":
    packing._sync_file = die
elif where == "before the first blob goes":
    packing.sync_folder = die
else:
    module = sys.modules["ZODB.FileStorage.FileStorage"]
    rmtree = module.remove_committed_dir
    module.remove_committed_dir = die_at_second
packing.pack(db, folder / "blobs")
"""


@pytest.mark.parametrize(
    ("where", "blobs"),
    [
        ("before the names change", 3),
        ("before the first blob goes", 1),
        ("between two blobs", 1),
    ],
)
def test_a_pack_that_was_cut_off_loses_nothing_and_leaves_nothing(tmp_path, where, blobs):
    died = subprocess.run(
        [sys.executable, "-c", CUT_OFF, str(tmp_path), where],
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert died.returncode == 9

    db = opened(tmp_path)

    with db.transaction() as connection:
        root = connection.root()
        assert list(root) == ["kept"]
        with root["kept"]["blob"].open() as file:
            assert len(file.read()) == MEGABYTE
    assert len(blob_files(tmp_path)) == blobs
    pack(db, tmp_path / "blobs")
    assert len(blob_files(tmp_path)) == 1
    db.close()


def test_a_database_between_two_names_is_taken_back(tmp_path):
    db = opened(tmp_path)
    put(db, tmp_path, "kept")
    db.close()
    (tmp_path / "Data.fs").rename(tmp_path / "Data.fs.old")

    db = opened(tmp_path)

    with db.transaction() as connection:
        assert list(connection.root()) == ["kept"]
    db.close()


def test_the_database_is_for_its_owner_alone_before_and_after_a_pack(tmp_path):
    """It holds password hashes; the archives may be read by a front server."""
    path = tmp_path / "Data.fs"
    db = opened(tmp_path)
    try:
        assert path.stat().st_mode & 0o777 == 0o600
        with db.transaction() as connection:
            connection.root()["x"] = 1
        pack(db, tmp_path / "blobs")
        assert path.stat().st_mode & 0o777 == 0o600
    finally:
        db.close()
