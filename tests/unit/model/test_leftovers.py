"""What a killed process left is removed, and what a neighbour is filling is not."""

import os
import time
from pathlib import Path

from mypi.model import leftovers
from mypi.staging import Spool

LONG_AGO = time.time() - 2 * leftovers.AGE


def left(folder: Path, name: str, when: float = LONG_AGO) -> Path:
    path = folder / name
    path.write_bytes(b"half")
    os.utime(path, (when, when))
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_who_opens_the_storage_empties_its_folder(tmp_path):
    left(tmp_path, "upload-1", time.time())
    left(tmp_path, "savepoint.tmp")
    (tmp_path / "savepoints").mkdir()
    left(tmp_path / "savepoints", "0x01")

    leftovers.clear(tmp_path)

    assert names(tmp_path) == set()


def test_what_another_process_is_filling_stays_however_old(tmp_path):
    with Spool(tmp_path) as spool:
        spool.write(b"whole")
        spool.flush()
        link = spool.link()
        os.utime(spool.path, (LONG_AGO, LONG_AGO))

        leftovers.clear(tmp_path)
        leftovers.clear_old(tmp_path)

        assert names(tmp_path) == {spool.path.name, link.name}
    assert names(tmp_path) == set()


def test_of_a_storage_that_others_have_open_only_old_files_of_ours_go(tmp_path):
    left(tmp_path, "upload-old")
    left(tmp_path, "BUCold")
    left(tmp_path, "upload-new", time.time())
    left(tmp_path, "of-somebody-else")

    leftovers.clear_old(tmp_path)

    assert names(tmp_path) == {"upload-new", "of-somebody-else"}


def test_a_folder_that_is_not_there_is_nothing_to_clear(tmp_path):
    leftovers.clear_old(tmp_path / "gone")
