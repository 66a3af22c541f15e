"""The journal numbers entries by position, whoever writes at the same time."""

import threading
from itertools import islice
from pathlib import Path

import pytest
import transaction
from ZODB.DB import DB
from ZODB.POSException import ConflictError

from mypi.model.journal import CHUNK, Entry, Journal
from mypi.model.storage import DurableFileStorage


def entry(name: str, when: float = 1.0) -> Entry:
    return Entry(when, "ada", "new release", name, "1.0")


def test_a_new_journal_is_empty():
    journal = Journal()

    assert len(journal) == 0
    assert list(journal.since(0)) == []
    assert list(journal.newest()) == []


def test_serials_are_dense_across_chunks_and_read_in_both_directions():
    journal = Journal()

    for number in range(1, 2 * CHUNK + 51):
        journal.append(entry(f"p{number}"))

    assert len(journal) == 2 * CHUNK + 50
    assert len(journal.chunks) == 3
    forwards = [(serial, line.project) for serial, line in journal.since(CHUNK - 1)]
    assert forwards == [(n, f"p{n}") for n in range(CHUNK, 2 * CHUNK + 51)]
    assert [serial for serial, _line in journal.newest()] == list(range(2 * CHUNK + 50, 0, -1))


def test_reading_after_the_last_serial_gives_nothing():
    journal = Journal()
    journal.append(entry("one"))

    assert list(journal.since(1)) == []
    assert list(journal.since(99)) == []


@pytest.mark.parametrize(
    "before", [1, 2, CHUNK, CHUNK + 1, CHUNK + 2, 2 * CHUNK + 1, 2 * CHUNK + 51]
)
def test_reading_backwards_starts_right_below_a_serial(before):
    journal = Journal()
    for number in range(1, 2 * CHUNK + 51):
        journal.append(entry(f"p{number}"))

    lines = [(serial, line.project) for serial, line in journal.newest(before)]

    assert lines == [(n, f"p{n}") for n in range(before - 1, 0, -1)]


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1])
def test_a_serial_beyond_the_end_starts_at_the_newest(length):
    journal = Journal()
    for number in range(length):
        journal.append(entry(f"p{number}"))

    for before in (0, length + 1, length + 2, 10 * CHUNK):
        assert [serial for serial, _line in journal.newest(before)] == list(range(length, 0, -1))


def test_reading_backwards_bit_by_bit_gives_each_entry_once():
    journal = Journal()
    for number in range(2 * CHUNK + 7):
        journal.append(entry(f"p{number}"))

    read, before = [], 0
    while lines := [serial for serial, _line in islice(journal.newest(before), 3)]:
        read += lines
        before = lines[-1]

    assert read == list(range(2 * CHUNK + 7, 0, -1))


def test_what_is_appended_while_reading_backwards_is_not_met():
    journal = Journal()
    for number in range(CHUNK):
        journal.append(entry(f"p{number}"))

    read = []
    for serial, _line in journal.newest():
        read.append(serial)
        journal.append(entry("later"))

    assert read == list(range(CHUNK, 0, -1))


@pytest.fixture
def db(tmp_path: Path):
    db = DB(DurableFileStorage(tmp_path / "Data.fs", _made(tmp_path / "blobs" / "tmp").parent))
    with db.transaction() as connection:
        connection.root()["journal"] = Journal()
    yield db
    db.close()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_four_writers_number_themselves_densely_and_keep_their_order(db):
    def write(writer: int) -> None:
        manager = transaction.TransactionManager(explicit=True)
        connection = db.open(manager)
        for number in range(150):
            while True:
                try:
                    with manager:
                        connection.root()["journal"].append(entry(f"{writer}", float(number)))
                    break
                except ConflictError:
                    manager.abort()
        connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with db.transaction() as connection:
        lines = list(connection.root()["journal"].since(0))
    assert [serial for serial, _line in lines] == list(range(1, 601))
    for writer in range(4):
        times = [line.when for _serial, line in lines if line.project == str(writer)]
        assert times == [float(number) for number in range(150)]


def test_an_append_that_meets_a_sealed_chunk_is_retried_not_merged(db):
    with db.transaction() as connection:
        for number in range(CHUNK - 1):
            connection.root()["journal"].append(entry(str(number)))
    slow = transaction.TransactionManager(explicit=True)
    connection = db.open(slow)
    slow.begin()
    connection.root()["journal"].append(entry("slow"))
    with db.transaction() as other:
        other.root()["journal"].append(entry("fills the chunk"))
    with db.transaction() as other:
        other.root()["journal"].append(entry("seals it"))

    with pytest.raises(ConflictError):
        slow.commit()

    slow.abort()
    with slow:
        connection.root()["journal"].append(entry("slow"))
    with db.transaction() as other:
        journal = other.root()["journal"]
        assert len(journal) == CHUNK + 2
        assert [serial for serial, _line in journal.since(0)] == list(range(1, CHUNK + 3))
    connection.close()
