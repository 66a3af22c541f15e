"""Whether there is room to publish, on a disk that says what is free."""

import os
from pathlib import Path

import pytest

from mypi.errors import NoRoom
from mypi.services import room
from mypi.services.room import FULL, NO_NAMES, READ_ONLY, TOO_LARGE, Room, apart

MIB = 2**20


class Disk:
    """What the kernel says of a disk; the real one cannot be filled here."""

    def __init__(self) -> None:
        self.f_frsize, self.f_flag = 4096, 0
        self.f_bavail = 100 * MIB // self.f_frsize
        self.f_files, self.f_favail = 10_000, 5_000
        self.asked = 0

    def __call__(self, folder: object) -> "Disk":
        self.asked += 1
        return self


@pytest.fixture
def disk(monkeypatch):
    disk = Disk()
    monkeypatch.setattr(os, "statvfs", disk)
    return disk


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(room.time, "monotonic", lambda: now[0])
    return now


def test_a_disk_with_more_than_its_reserve_takes_what_fits(disk, tmp_path):
    here = Room(tmp_path, 60 * MIB)

    here.demand(40 * MIB)

    assert here.look() == ""
    with pytest.raises(NoRoom, match="upload of that size"):
        here.demand(40 * MIB + 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"f_bavail": 10}, FULL),
        ({"f_flag": os.ST_RDONLY}, READ_ONLY),
        ({"f_favail": 5}, NO_NAMES),
        ({"f_files": 0, "f_favail": 0}, ""),
        ({"f_bavail": 60 * MIB // 4096}, ""),
    ],
    ids=["full", "read-only", "no-names", "uncounted", "just-enough"],
)
def test_what_is_the_matter_is_one_sentence(disk, tmp_path, change, said):
    vars(disk).update(change)

    assert Room(tmp_path, 60 * MIB).look() == said


def test_without_a_reserve_a_full_disk_is_found_by_writing_to_it(disk, tmp_path):
    disk.f_bavail = disk.f_favail = 0

    assert Room(tmp_path, 0).look() == ""
    assert Room(tmp_path, 0).look(1) == TOO_LARGE


def test_pages_ask_the_disk_once_a_second_however_many_they_are(disk, tmp_path, clock, caplog):
    here = Room(tmp_path, 60 * MIB)
    assert {here.trouble for _page in range(1000)} == {""}
    assert disk.asked == 1

    disk.f_bavail = 0
    assert here.trouble == ""
    clock[0] += room.KEPT
    assert here.trouble == FULL
    disk.f_bavail = MIB
    clock[0] += room.KEPT
    assert here.trouble == ""
    assert [record.message for record in caplog.records] == [
        FULL,
        "The server's disk has room again.",
    ]


def test_the_disk_of_the_database_has_its_reserve_as_well(tmp_path, monkeypatch):
    disks = {tmp_path: Disk(), tmp_path / "database": Disk()}
    monkeypatch.setattr(os, "statvfs", disks.__getitem__)
    here = Room(tmp_path, 60 * MIB, tmp_path / "database")

    here.demand(40 * MIB)  # archives go to the other disk
    disks[tmp_path / "database"].f_bavail = 10

    assert here.look() == FULL
    with pytest.raises(NoRoom):
        here.demand(0)


def test_a_database_on_another_disk_is_told_from_one_beside_the_archives(tmp_path):
    (tmp_path / "Data.fs").touch()

    assert apart(tmp_path / "Data.fs", tmp_path) is None
    assert apart(None, tmp_path) is None
    assert apart(Path("/proc/self/stat"), tmp_path) is not None


def test_a_disk_that_cannot_be_asked_is_tried(tmp_path):
    assert Room(tmp_path / "gone", 60 * MIB).look(MIB) == ""
