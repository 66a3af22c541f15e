"""Two archives are compared, within limits."""

import pytest

from mypi.services.comparing import work
from tests.factories import tarred, wheel, wheel_files, zipped


@pytest.fixture
def compare(tmp_path):
    def compared(old, new):
        question = []
        for place, (filename, content) in enumerate((old, new)):
            (tmp_path / str(place)).write_bytes(content)
            question.append([str(tmp_path / str(place)), filename])
        return work.compare(question)

    return compared


def source(version, files):
    """An sdist of these files, below its top folder."""
    top = f"demo-{version}"
    return f"{top}.tar.gz", tarred({f"{top}/{name}": content for name, content in files.items()})


def packed(version, files):
    """A wheel with these files in its package."""
    return wheel("demo", version, files=files)


def changed(found, name):
    return next(it for it in found["changed"] if it[0] == name)


@pytest.mark.parametrize(("make", "prefix"), [(source, ""), (packed, "demo/")], ids=["tar", "zip"])
def test_members_are_added_removed_moved_changed_or_the_same(compare, make, prefix):
    old = {"a.py": b"a = 1\n", "same.py": b"s = 1\n", "gone.py": b"g = 1\n", "old.py": b"moved\n"}
    new = {"a.py": b"a = 2\n", "same.py": b"s = 1\n", "came.py": b"c = 1\n", "new.py": b"moved\n"}

    found = compare(make("1.0", old), make("2.0", new))

    assert [it[0] for it in found["added"]] == [f"{prefix}came.py"]
    assert [it[0] for it in found["removed"]] == [f"{prefix}gone.py"]
    assert [tuple(it) for it in found["moved"]] == [(f"{prefix}old.py", f"{prefix}new.py")]
    lines = [tuple(line) for line in changed(found, f"{prefix}a.py")[4]]
    assert lines == [("@", "@@ -1,2 +1,2 @@"), ("-", "a = 1"), ("+", "a = 2"), (" ", "")]


def test_the_folder_that_holds_the_version_is_the_same_one(compare):
    found = compare(packed("1.0", {}), packed("2.0", {}))

    assert found["added"] == found["removed"] == []
    assert changed(found, "*.dist-info/METADATA")[1] == "demo-2.0.dist-info/METADATA"


def test_public_python_names_are_told(compare):
    old = {"api.py": b"def kept(): pass\ndef lost(): pass\nclass C:\n  def m(self): pass\n"}
    new = {
        "api.py": b"def kept(): pass\ntry:\n  X = 1\nexcept E: X = 2\n"
        b"def _p(): pass\nclass C:\n  def n(self): pass\n"
    }

    found = compare(packed("1.0", old), packed("2.0", new))

    assert found["new_names"] == ["demo.api.C.n", "demo.api.X"]
    assert found["lost_names"] == ["demo.api.C.m", "demo.api.lost"]


def test_what_is_no_part_of_the_package_defines_no_names(compare):
    old = {"tests/test_a.py": b"", "setup.py": b"", "src/demo/a.py": b"", "src/demo/_in.py": b""}
    new = dict.fromkeys(old, b"def f(): pass\n")

    found = compare(source("1.0", old), source("2.0", new))

    assert found["new_names"] == ["demo.a.f"]


@pytest.mark.parametrize(
    "hostile",
    [
        b"(" * 5000,
        b"-" * 200_000 + b"1",
        b"x = \0",
        b"print 'old'\n",
        b"[" * 90 + b"]" * 90 + b"if",
    ],
    ids=["brackets", "signs", "zero byte", "python 2", "both"],
)
def test_source_that_python_cannot_read_is_told_and_hurts_nothing(compare, hostile):
    old = {"bad.py": b"", "good.py": b""}
    new = {"bad.py": hostile, "good.py": b"def f(): pass\n"}

    found = compare(packed("1.0", old), packed("2.0", new))

    assert found["new_names"] == ["demo.good.f"]
    assert found["notes"] == ["The Python names of 1 modules could not be read."]


def test_binary_and_large_members_are_not_compared_by_line(compare):
    old = {"b.so": b"\x7fELF\0\1", "large.txt": b"a\n" * 200_000}
    new = {"b.so": b"\x7fELF\0\2", "large.txt": b"b\n" * 200_000}

    found = compare(source("1.0", old), source("2.0", new))

    assert [(it[0], it[7]) for it in found["changed"]] == [
        ("b.so", "Not text."),
        ("large.txt", "Larger than 256 KiB."),
    ]


def test_lines_are_cut_and_that_is_told(compare, monkeypatch):
    monkeypatch.setattr(work, "MAX_LINES", 20)
    old = {f"m{n}.py": b"\n".join(b"a%d" % i for i in range(30)) for n in range(3)}
    new = {name: content.replace(b"a", b"b") for name, content in old.items()}

    found = compare(source("1.0", old), source("2.0", new))

    assert sum(len(it[4]) for it in found["changed"]) == 20
    assert found["changed"][0][7] == "41 more lines differ."
    assert found["changed"][1][7] == "Beyond the limits of this page."
    assert "at most 100 files" in found["notes"][0]


def test_texts_made_to_be_slow_are_given_up(compare, monkeypatch):
    monkeypatch.setattr(work, "OF_ONE", 0.01)
    old = {"slow.txt": b"\n".join(b"%d" % (n % 150) for n in range(40_000))}
    new = {"slow.txt": b"\n".join(b"%d" % (n * 7 % 151) for n in range(40_000))}

    found = compare(source("1.0", old), source("2.0", new))

    assert found["changed"][0][7] == "Comparing its lines took too long."


def test_large_archives_are_compared_at_their_beginning(compare, monkeypatch):
    from mypi.archives.reading import Bounds
    from mypi.services.comparing import sides

    monkeypatch.setattr(sides, "BOUNDS", Bounds(members=1))
    old = {"a.py": b"1", "b.py": b"1"}

    found = compare(source("1.0", old), source("2.0", {"a.py": b"2", "c.py": b"1"}))

    assert [it[0] for it in found["changed"]] == ["a.py"]
    assert found["added"] == found["removed"] == []
    assert "only their beginnings" in found["notes"][0]


def test_a_hostile_archive_is_not_compared(compare):
    files = {**wheel_files("demo", "2.0"), "../up.py": b""}

    found = compare(packed("1.0", {}), ("demo-2.0-py3-none-any.whl", zipped(files)))

    assert "not a plain path" in found["trouble"]
    assert found["changed"] == []
