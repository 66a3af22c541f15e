"""What is laid out for a front server, and taken away whatever else fails."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mypi.model import Entry, Journal
from mypi.services.front import Front, file_place, page_place
from mypi.services.front.following import Following

PAGE = page_place("six", "stable", 2, is_json=False)
YANKED = [Entry(1.0, "ada", "yank", "Six")]


@pytest.fixture
def front(tmp_path):
    return Front(tmp_path / "front")


@contextmanager
def at_most(limit: int, number: int) -> Iterator[None]:
    """This process may have or write no more than that."""
    soft, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (number, hard))
    try:
        yield
    finally:
        resource.setrlimit(limit, (soft, hard))


def test_what_was_changed_meanwhile_is_not_laid_out(front):
    before = front.changes()
    front.put(PAGE, b"old", before)
    assert (front.folder / PAGE.path).read_bytes() == b"old"

    front.changed(YANKED)
    front.put(PAGE, b"old", before)

    assert not (front.folder / PAGE.path).exists()


def test_a_page_is_taken_away_though_no_file_can_be_opened(front):
    front.put(PAGE, b"page", front.changes())

    with at_most(resource.RLIMIT_NOFILE, 0):
        front.changed(YANKED)

    assert not (front.folder / PAGE.path).exists()


def test_a_page_is_taken_away_though_nothing_can_be_written(front):
    front.put(PAGE, b"page", front.changes())

    with at_most(resource.RLIMIT_FSIZE, 0), pytest.raises(OSError, match="too large"):
        front.changed(YANKED)

    assert not (front.folder / PAGE.path).exists()


def test_what_a_killed_process_was_about_to_lay_out_goes_at_the_next_start(front, tmp_path):
    archive = tmp_path / "six.blob"
    archive.write_bytes(b"bytes")
    left = front.folder / "new" / "left"
    left.hardlink_to(archive)

    front.forget_all()
    front.sweep()

    assert archive.stat().st_nlink == 1
    place = file_place("six", "stable", "six-1.0.zip", str(archive))
    front.put(place, b"", front.changes())
    assert (front.folder / place.path).samefile(archive)


def test_other_processes_share_what_is_counted(front):
    other = Front(front.folder)
    before = other.changes()
    front.changed(YANKED)

    assert other.changes() == before + 1
    assert Front(front.folder).changes() == before + 1


# What other processes commit


def is_there(front: Front) -> bool:
    return (front.folder / PAGE.path).exists()


@pytest.fixture
def following(front, site_db):
    """It has seen all there is."""
    following = Following(site_db, front)
    following()
    return following


@pytest.mark.parametrize("project", ["six", "attrs"])
def test_what_another_process_changed_is_taken_away(front, following, site, tm, project):
    front.put(PAGE, b"page", front.changes())
    site.indexes["stable"].journal.append(Entry(1.0, "ada", "yank", project))
    tm.commit()
    following()

    assert is_there(front) == (project != "six")


def test_after_a_site_was_imported_nothing_is_known_of_what_came_then(front, following, site, tm):
    front.put(PAGE, b"page", front.changes())
    site.journal = Journal()
    site.journal.append(Entry(1.0, "ada", "change index stable", ""))
    tm.commit()
    following()

    assert not is_there(front)


def test_what_could_not_be_taken_away_is_the_next_time(front, following, site, tm):
    site.indexes["stable"].journal.append(YANKED[0])
    tm.commit()
    with at_most(resource.RLIMIT_FSIZE, 0), pytest.raises(OSError, match="too large"):
        following()
    front.put(PAGE, b"page", front.changes())

    following()

    assert not is_there(front)
