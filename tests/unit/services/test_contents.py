"""Members are found by their path, and by links that lead from one to another."""

import pytest

from mypi.archives.reading import Directory, Entry
from mypi.services import contents

FOUND = Directory(
    [Entry("demo-1.0/README.md", 1), Entry("demo-1.0/docs/a.png", 2), Entry("top.txt", 3)]
)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("demo-1.0/docs/a.png", "demo-1.0/docs/a.png"),
        ("demo-1.0/docs", "demo-1.0/docs/"),
        ("demo-1.0/docs/", "demo-1.0/docs/"),
        ("", ""),
    ],
    ids=["file", "folder", "folder with a slash", "root"],
)
def test_a_path_finds_a_file_or_a_folder(path, name):
    assert contents.find(FOUND, path).name == name


@pytest.mark.parametrize("path", ["demo", "demo-1.0/docs/a", "demo-1.0/docs/a.png/x", "../top.txt"])
def test_other_paths_find_nothing(path):
    assert contents.find(FOUND, path) is None
