"""A spool takes an upload to disk once, and leaves nothing behind."""

import hashlib
import random

import pytest

from mypi.staging import Spool

LARGE = random.Random(1).randbytes(3 * 2**20)


@pytest.mark.parametrize("content", [b"", b"x", b"\n\r\0" * 999, LARGE])
def test_digests_are_those_of_all_that_was_written(tmp_path, content):
    with Spool(tmp_path) as spool:
        for start in range(0, len(content), 70_001):
            spool.write(content[start : start + 70_001])
        digests = spool.digests()

    assert digests.md5 == hashlib.md5(content).hexdigest()
    assert digests.sha256 == hashlib.sha256(content).hexdigest()
    assert digests.blake2_256 == hashlib.blake2b(content, digest_size=32).hexdigest()
    assert spool.size == len(content)


def test_what_was_written_can_be_read_by_path_after_a_flush(tmp_path):
    with Spool(tmp_path) as spool:
        spool.write(b"hello")
        spool.flush()

        assert spool.path.read_bytes() == b"hello"


def test_what_was_synced_can_be_read_by_path(tmp_path):
    with Spool(tmp_path) as spool:
        spool.write(b"hello")
        spool.sync()

        assert spool.path.read_bytes() == b"hello"


def test_each_attempt_gets_a_name_of_its_own_for_the_same_bytes(tmp_path):
    with Spool(tmp_path) as spool:
        spool.write(b"hello")
        spool.sync()
        first, second = spool.link(), spool.link()

        first.rename(tmp_path / "taken")

        assert second.read_bytes() == b"hello"
        assert (tmp_path / "taken").samefile(second)


def test_closing_removes_every_name_that_nobody_took(tmp_path):
    spool = Spool(tmp_path)
    spool.write(b"hello")
    spool.link()
    spool.link().rename(tmp_path / "taken")

    spool.close()

    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert (tmp_path / "taken").read_bytes() == b"hello"


def test_closing_twice_is_fine(tmp_path):
    spool = Spool(tmp_path)
    spool.close()

    spool.close()

    assert not list(tmp_path.iterdir())


def test_an_error_inside_leaves_nothing(tmp_path):
    def fail() -> None:
        with Spool(tmp_path) as spool:
            spool.write(b"hello")
            spool.link()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert not list(tmp_path.iterdir())


def test_what_was_asked_for_is_done_when_the_spool_is_closed(tmp_path):
    done: list[str] = []
    spool = Spool(tmp_path)
    spool.on_close(lambda: done.append("first"))
    spool.on_close(lambda: done.append("second"))

    spool.close()

    assert done == ["first", "second"]


def test_two_spools_in_one_folder_do_not_meet(tmp_path):
    with Spool(tmp_path) as one, Spool(tmp_path) as other:
        one.write(b"1")
        other.write(b"2")
        one.flush()
        other.flush()

        assert (one.path.read_bytes(), other.path.read_bytes()) == (b"1", b"2")
