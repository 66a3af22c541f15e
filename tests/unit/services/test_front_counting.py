"""Downloads that the front server answered are counted once each, and the log takes no room."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from mypi.services.downloads import Counter
from mypi.services.front.counting import AT_ONCE, LOG, POSITION, LogCounter
from mypi.services.front.holes import punch
from tests.factories import wheel

NAME = "six-1.0-py3-none-any.whl"
LONG = 2**18


def line(**more: str) -> bytes:
    said = {"at": "9.5", "index": "stable", "project": "six", "file": NAME, "agent": "pip/26"}
    return json.dumps({**said, **more}).encode() + b"\n"


class Log:
    """nginx's end of the log: it appends, and holds the file open."""

    def __init__(self, folder, site_db):
        self.database = site_db
        self.counter = Counter(400)
        self.read = LogCounter(site_db, self.counter, folder, LONG)
        self.file = (folder / LOG).open("ab", buffering=0)

    def write(self, times=1, **more):
        self.file.write(line(**more) * times)

    def counted(self):
        """Read to the end; how many downloads that were."""
        while self.read():
            pass
        return self.counter.flush(self.database)

    @property
    def room(self):
        """Bytes on the disk."""
        os.fsync(self.file.fileno())  # until then some file systems do not know
        return os.fstat(self.file.fileno()).st_blocks * 512


@pytest.fixture
def log(tmp_path, site_db, stable, put):
    put(stable, wheel("six", "1.0"))
    log = Log(tmp_path, site_db)
    yield log
    log.file.close()


def test_each_line_counts_once(log):
    log.write(3)
    assert log.counted() == 3
    assert log.counted() == 0

    log.write(2)

    assert log.counted() == 2


def test_lines_of_nothing_known_do_not_count(log):
    log.write(project="seven")
    log.write(index="elsewhere")
    log.file.write(b"no JSON\n")
    log.write()

    assert log.counted() == 1


def test_half_a_line_is_waited_for(log):
    log.file.write(line()[:20])
    assert log.counted() == 0

    log.file.write(line()[20:])

    assert log.counted() == 1


def test_the_room_of_what_was_counted_is_given_back_and_writing_goes_on(log):
    written = 0
    while written * len(line()) < 3 * LONG:
        log.write(500)
        written += 500
        assert log.counted() == 500
        assert log.room <= LONG
    log.write(7)

    assert log.counted() == 7


def test_nothing_is_lost_of_what_is_written_while_room_is_given_back(log):
    """The writer never looks whether somebody reads."""
    written, counted = 30_000, 0
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(lambda: [log.write() for _ in range(written)])
        while not done.done():
            counted += log.counted()
    counted += log.counted()

    assert counted == written
    assert log.room <= LONG


def test_after_the_position_was_lost_what_was_not_counted_is(log, tmp_path):
    log.write(2 * AT_ONCE // len(line()))
    log.counted()
    (tmp_path / POSITION).unlink()
    log.write(3)

    assert log.counted() >= 2  # one may lie across the end of what was skipped
    log.write()
    assert log.counted() == 1


def test_a_log_that_somebody_began_anew_is_read_from_its_start(log, tmp_path):
    log.write(9)
    log.counted()
    os.truncate(tmp_path / LOG, 0)
    log.write(2)

    assert log.counted() == 2


def test_what_can_have_no_holes_is_told():
    reading, writing = os.pipe()
    with open(reading, "rb"), open(writing, "wb") as pipe:
        assert not punch(pipe, 9)
