"""A spool takes an upload to disk once, and leaves nothing behind."""

import contextlib
import hashlib
import os
import random
import threading

import pytest

from mypi.staging import Digests, Spool

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


def test_two_spools_in_one_folder_do_not_meet(tmp_path):
    with Spool(tmp_path) as one, Spool(tmp_path) as other:
        one.write(b"1")
        other.write(b"2")
        one.flush()
        other.flush()

        assert (one.path.read_bytes(), other.path.read_bytes()) == (b"1", b"2")


def threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("spool")}


def test_large_files_share_a_few_threads(tmp_path):
    """An import brings a hundred at once, and closes them at the end."""
    with contextlib.ExitStack() as stack:
        spools = [stack.enter_context(Spool(tmp_path)) for _ in range(20)]
        for spool in spools:
            spool.write(LARGE)
            spool.begin()

        assert {spool.digests().md5 for spool in spools} == {hashlib.md5(LARGE).hexdigest()}
        for spool in spools:
            spool.sync()
        assert 0 < len(threads()) <= 8


def test_a_large_file_is_hashed_while_more_of_it_comes(tmp_path):
    content = random.Random(1).randbytes(20 * 2**20 + 7)
    with Spool(tmp_path) as spool:
        for start in range(0, len(content), 65_521):
            spool.write(content[start : start + 65_521])

        assert spool.digests() == Digests(
            md5=hashlib.md5(content).hexdigest(),
            sha256=hashlib.sha256(content).hexdigest(),
            blake2_256=hashlib.blake2b(content, digest_size=32).hexdigest(),
        )


def test_a_large_file_that_is_given_up_leaves_nothing(tmp_path):
    with Spool(tmp_path) as spool:
        for _ in range(9):
            spool.write(LARGE)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [5, len(LARGE)], ids=["small", "large"])
def test_a_disk_that_fails_is_told_by_whoever_waits_for_it(tmp_path, size):
    spool = Spool(tmp_path)
    spool.write(LARGE[:size])
    spool.flush()
    out, into = os.pipe()
    os.dup2(into, spool._file.fileno())  # a pipe cannot be synced
    spool.begin()

    with pytest.raises(OSError, match="Invalid"):
        spool.sync()
    with pytest.raises(OSError, match="Invalid"):  # the next attempt as well
        spool.sync()
    spool.close()
    assert not list(tmp_path.iterdir())
    os.close(out)
    os.close(into)
