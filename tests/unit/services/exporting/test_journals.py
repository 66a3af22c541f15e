"""Journals as files: appended to, and written anew when they are no beginning of the journal."""

import json
import os

import pytest

from mypi.model.journal import Entry, Journal
from mypi.services.exporting.folder import Folder
from mypi.services.exporting.journals import write_journal


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


def journal(count):
    it = Journal()
    for number in range(count):
        it.append(Entry(float(number), "ann", "upload", f"p{number}", detail="\u00e4\nb"))
    return it


def projects(path):
    return [json.loads(line)["project"] for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 120])
def test_every_entry_is_a_line(folder, path, count):
    write_journal(folder, path, journal(count))

    assert projects(path) == [f"p{number}" for number in range(count)]


@pytest.mark.parametrize("before", [1, 50, 99])
def test_what_is_new_is_appended(folder, path, before):
    write_journal(folder, path, journal(before))
    inode = path.stat().st_ino

    write_journal(folder, path, journal(120))

    assert path.stat().st_ino == inode
    assert projects(path) == [f"p{number}" for number in range(120)]


@pytest.mark.parametrize("left", [1, 10, -1, -30], ids=str)
def test_a_line_that_was_interrupted_is_written_anew(folder, path, left):
    write_journal(folder, path, journal(60))
    os.truncate(path, left if left > 0 else path.stat().st_size + left)

    write_journal(folder, path, journal(70))

    assert projects(path) == [f"p{number}" for number in range(70)]
    assert os.listdir(path.parent) == ["journal.jsonl"]


def test_a_longer_file_is_no_beginning(folder, path):
    write_journal(folder, path, journal(60))

    write_journal(folder, path, journal(20))

    assert projects(path) == [f"p{number}" for number in range(20)]
