"""Damage is found, and what is derived is made again."""

from pathlib import Path

import pytest

from mypi.model import Index, Link
from mypi.services import lifecycle, soundness, trash
from mypi.services.actor import Actor
from tests.factories import sdist, wheel

ADA = Actor("ada", 5.0)


@pytest.fixture
def six(stable, put, tm):
    """A project of two files, committed: their bytes are where they stay."""
    put(stable, wheel("six", "1.0", requires_python=">=3.9"))
    put(stable, sdist("six", "1.0"))
    tm.commit()
    return stable.project("six")


def look(index: Index, **how):
    project = index.project("six")
    return soundness.check_project(index, project, **{"deep": True, "repair": False, **how})


def whats(index: Index, **how):
    return [problem.what for problem in look(index, **how).problems]


def path_of(project, filename: str) -> Path:
    return Path(project.file(filename).artifact.path)


def test_what_was_just_published_is_sound(stable, six):
    looked = look(stable)

    assert looked.problems == []
    assert looked.files == 2
    assert looked.read == stable.size()
    assert soundness.check_counts(stable, repair=False) == []


def test_yanks_and_signatures_are_no_damage(stable, six, tm):
    lifecycle.yank(stable, "six", "1.0", "old", ADA)
    six.file("six-1.0.tar.gz").signature = b"signed"
    link = Link(*six.links["six-1.0.tar.gz"])
    six.links["six-1.0.tar.gz"] = tuple(link._replace(signed=True))

    assert whats(stable) == []


def test_missing_bytes_are_found_without_hashing(stable, six):
    path_of(six, "six-1.0.tar.gz").unlink()

    assert whats(stable, deep=False) == ["the archive's bytes are missing"]


def test_short_bytes_are_found_without_hashing(stable, six):
    path = path_of(six, "six-1.0.tar.gz")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])

    (what,) = whats(stable, deep=False)
    assert what.startswith("the archive has ")


def test_flipped_bits_are_found_by_hashing(stable, six):
    path = path_of(six, "six-1.0.tar.gz")
    path.chmod(0o600)
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])

    assert whats(stable, deep=False) == []
    (what,) = whats(stable)
    assert what.startswith("the archive is damaged: its SHA-256 is ")


def test_a_link_to_nothing_is_found_and_removed(stable, six):
    six.links["gone-1.0.tar.gz"] = six.links["six-1.0.tar.gz"]

    assert whats(stable) == ["installers are shown a file that is not here"]
    assert [it.repaired for it in look(stable, repair=True).problems] == [True]
    assert whats(stable) == []
    assert list(six.links) == ["six-1.0-py3-none-any.whl", "six-1.0.tar.gz"]


def test_a_missing_link_is_found_and_written_as_it_was(stable, six):
    before = six.links.pop("six-1.0-py3-none-any.whl")

    assert whats(stable) == ["installers are not shown this file"]
    look(stable, repair=True)
    assert six.links["six-1.0-py3-none-any.whl"] == before
    assert whats(stable) == []


def test_a_wrong_link_is_told_by_what_is_wrong_and_mended(stable, six):
    before = six.links["six-1.0.tar.gz"]
    six.links["six-1.0.tar.gz"] = tuple(Link(*before)._replace(size=1, yanked="no"))

    assert whats(stable) == ["wrong for installers: size, yanked"]
    look(stable, repair=True)
    assert six.links["six-1.0.tar.gz"] == before


def test_wrong_counts_are_found_and_set_right(stable, six):
    stable.size.change(5)
    stable.count.change(1)
    size = stable.size() - 5

    found = soundness.check_counts(stable, repair=True)

    assert [it.what for it in found] == [
        "the index's count is 2, there is 1",
        f"the index's size is {size + 5}, there is {size}",
    ]
    assert (stable.count(), stable.size()) == (1, size)


@pytest.mark.parametrize(
    "what",
    [{}, {"version": "1.0"}, {"version": "1.0", "filename": "six-1.0.tar.gz"}],
    ids=["project", "release", "file"],
)
def test_damage_in_the_trash_is_found(stable, six, tm, what):
    path = path_of(six, "six-1.0.tar.gz")
    trash.delete(stable, "six", ADA, **what)
    tm.commit()
    path.unlink()

    (problem,) = soundness.check_trash(stable, deep=False)
    assert problem.filename == "six-1.0.tar.gz"
    assert problem.what == "in the trash: the archive's bytes are missing"
