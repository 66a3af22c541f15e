"""A folder that is kept like what is exported."""

import hashlib
import io
import os

import pytest

from mypi.errors import Conflict, Refused
from mypi.services.exporting.folder import Folder, Original, check_segment, locked

CONTENT = b"an archive"
WHEN = 1_300_000_000.123456


def original(content=CONTENT, told=None, when=WHEN):
    sha256 = hashlib.sha256(told if told is not None else content).hexdigest()
    return Original(len(content), sha256, when, lambda: io.BytesIO(content))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "a\0b", "a" * 251, "\u00e4" * 126], ids=repr
)
def test_a_name_that_leads_elsewhere_is_refused(name, tmp_path):
    with pytest.raises(Refused):
        check_segment(name)
    with pytest.raises(Refused):
        Folder(tmp_path).path("indexes", name)


def test_a_file_comes_with_its_time(tmp_path):
    folder = Folder(tmp_path)
    folder.take(tmp_path / "a" / "file", original())

    assert (tmp_path / "a" / "file").read_bytes() == CONTENT
    assert (tmp_path / "a" / "file").stat().st_mtime_ns == 1_300_000_000_123_456_000
    assert (folder.files, folder.bytes) == (1, len(CONTENT))


def test_a_file_that_is_there_is_not_opened(tmp_path):
    Folder(tmp_path).take(tmp_path / "file", original())

    def refuse():
        raise AssertionError

    folder = Folder(tmp_path)
    folder.take(tmp_path / "file", original()._replace(open=refuse))

    assert folder.files == 0


def test_a_file_of_another_time_is_hashed_and_stays(tmp_path):
    Folder(tmp_path).take(tmp_path / "file", original())
    before = (tmp_path / "file").stat()

    folder = Folder(tmp_path)
    folder.take(tmp_path / "file", original(when=WHEN + 1))

    after = (tmp_path / "file").stat()
    assert (folder.files, after.st_ino) == (0, before.st_ino)
    assert after.st_mtime > before.st_mtime


def test_damaged_bytes_are_never_put_under_the_name(tmp_path):
    folder = Folder(tmp_path)
    folder.take(tmp_path / "file", original(told=b"an Archive"))

    assert os.listdir(tmp_path) == []
    assert "damaged in the index" in folder.problems[0].what


def test_a_damaged_file_gets_no_second_name(tmp_path):
    Folder(tmp_path).take(tmp_path / "one", original())
    (tmp_path / "one").write_bytes(b"an Archive")
    os.utime(tmp_path / "one", ns=(1_300_000_000_123_456_000,) * 2)

    Folder(tmp_path).take(tmp_path / "two", original(), [tmp_path / "one"])

    assert (tmp_path / "two").read_bytes() == CONTENT


def test_what_is_not_kept_goes_and_links_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("")
    inside = tmp_path / "inside"
    (inside / "old" / "deep").mkdir(parents=True)
    (inside / "link").symlink_to(outside)
    (inside / "kept").write_text("")

    folder = Folder(inside)
    folder.keep(inside, ["kept"])

    assert os.listdir(inside) == ["kept"]
    assert folder.removed == 2
    assert (outside / "file").exists()


def test_two_exports_do_not_write_to_one_folder(tmp_path):
    root = tmp_path / "export"
    with (
        locked(root, "mark.json", 0o700),
        pytest.raises(Conflict, match="Another export"),
        locked(root, "mark.json", 0o700),
    ):
        pass
    with locked(root, "mark.json", 0o700):
        assert root.stat().st_mode & 0o777 == 0o700
