"""Stored archives are read within bounds, and not at all when they are hostile."""

import io
import struct
import tarfile
import zipfile

import pytest

from mypi.archives import reading
from mypi.archives.reading import Bounds, Enough
from mypi.errors import Refused
from tests.factories import EPOCH, egg, sdist, tarred, wheel, zipped


@pytest.fixture
def stored(tmp_path):
    def store(archive):
        filename, content = archive
        (tmp_path / filename).write_bytes(content)
        return tmp_path / filename, filename

    return store


def names(found):
    return [entry.name for entry in found.entries]


@pytest.mark.parametrize(
    ("archive", "member"),
    [
        (wheel("demo"), "demo/__init__.py"),
        (sdist("demo"), "demo-1.0/demo.py"),
        (egg("demo"), "demo.py"),
        (
            ("demo-1.0.zip", zipped({"demo-1.0/demo.py": b'__version__ = "1.0"\n'})),
            "demo-1.0/demo.py",
        ),
    ],
    ids=["wheel", "sdist", "egg", "zip"],
)
def test_every_kind_of_archive_tells_its_members_and_their_bytes(stored, archive, member):
    path, filename = stored(archive)

    found = reading.directory(path, filename)

    assert found.trouble == ""
    entry = next(it for it in found.entries if it.name == member)
    assert reading.read(path, filename, entry, 1000) == b'__version__ = "1.0"\n'
    assert entry.size == 20
    assert reading.read(path, filename, entry, 7) == b"__versi"


def test_folders_end_in_a_slash_and_links_tell_where_they_lead(stored):
    folder, link = tarfile.TarInfo("demo-1.0/docs"), tarfile.TarInfo("demo-1.0/link")
    folder.type, link.type, link.linkname = tarfile.DIRTYPE, tarfile.SYMTYPE, "../../etc/passwd"

    found = reading.directory(*stored(("demo-1.0.tar.gz", tarred({}, [folder, link]))))

    assert [(it.name, it.leads_to) for it in found.entries] == [
        ("demo-1.0/docs/", ""),
        ("demo-1.0/link", "../../etc/passwd"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../up.py",
        "a/../../up.py",
        "/root.py",
        "a\x1b[2J.py",
        "a\\b.py",
        "a/" * 10_000 + "b",
        "n" * 5000,
    ],
    ids=["up", "up later", "absolute", "escape", "backslash", "10,000 levels", "long"],
)
@pytest.mark.parametrize("kind", ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"])
def test_an_archive_with_a_dangerous_name_is_not_shown(stored, name, kind):
    make = zipped if kind.endswith(".whl") else tarred

    found = reading.directory(*stored((kind, make({"fine.py": b"", name: b"x"}))))

    assert found.entries == []
    assert kind in found.trouble


def test_two_members_of_one_name_are_not_shown(stored):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for _twice in range(2):
            tar.addfile(tarfile.TarInfo("demo-1.0/a.py"))

    found = reading.directory(*stored(("demo-1.0.tar.gz", buffer.getvalue())))

    assert found.entries == []
    assert "occurs twice" in found.trouble


def test_an_encrypted_archive_says_so(stored):
    content = bytearray(zipped({"a.py": b"secret"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(signature) + place, 1)

    found = reading.directory(*stored(("demo-1.0-py3-none-any.whl", bytes(content))))

    assert "encrypted" in found.trouble


@pytest.mark.parametrize("archive", [sdist("demo"), wheel("demo")], ids=["tar", "zip"])
def test_a_damaged_archive_says_so(stored, archive):
    filename, content = archive

    found = reading.directory(*stored((filename, content[: len(content) // 2])))

    assert found.entries == []
    assert filename in found.trouble


def test_of_a_bomb_no_more_is_unpacked_than_is_asked_for(stored):
    path, filename = stored(("demo-1.0-py3-none-any.whl", zipped({"bomb": bytes(200 * 2**20)})))

    found = reading.directory(path, filename)

    assert found.entries[0].size == 200 * 2**20
    assert reading.read(path, filename, found.entries[0], 10) == bytes(10)


def test_a_member_that_is_larger_than_it_says_is_damaged(stored):
    content = bytearray(zipped({"a.py": b"x" * 1000}))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", content, content.index(signature) + place, 10)
    path, filename = stored(("demo-1.0-py3-none-any.whl", bytes(content)))
    entry = reading.directory(path, filename).entries[0]

    with pytest.raises(Refused, match="damaged"):
        reading.read(path, filename, entry, 1000)


def test_members_beyond_the_bound_are_left_out_and_that_is_told(stored):
    many = tarred({f"demo-1.0/m{n}.py": b"" for n in range(20)})

    found = reading.directory(*stored(("demo-1.0.tar.gz", many)), Bounds(members=5))

    assert len(found.entries) == 5
    assert found.trouble == "Only the first 5 members were read."
    assert found.lasting


def test_bytes_beyond_the_bound_are_left_out(stored):
    large = tarred({f"demo-1.0/m{n}": bytes(2**20) for n in range(8)})

    found = reading.directory(*stored(("demo-1.0.tar.gz", large)), Bounds(unpacked=2**22))

    assert 0 < len(found.entries) < 8
    assert found.trouble == "Only the first 4 MiB of it were read."


def test_what_a_clock_has_ended_is_not_lasting(stored):
    found = reading.directory(*stored(sdist("demo")), Bounds(seconds=-1))

    assert not found.lasting


def test_reading_a_member_has_a_bound_too(stored):
    path, filename = stored(("demo-1.0.tar.gz", tarred({"d/a": bytes(2**21), "d/b": b"b"})))
    last = reading.directory(path, filename).entries[-1]

    with pytest.raises(Enough):
        reading.read(path, filename, last, 10, Bounds(unpacked=2**19))


def test_other_files_are_no_archives(stored):
    path, filename = stored(("demo-1.0.win32.exe", b"MZ"))

    assert not reading.is_archive(filename)
    assert "can be looked into" in reading.directory(path, filename).trouble


def test_an_archive_in_which_sizes_follow_the_members_can_be_read(stored):
    class Pipe(io.RawIOBase):
        """A stream that cannot go back, so that zipfile writes sizes after each member."""

        def __init__(self):
            self.held = b""

        def writable(self):
            return True

        def write(self, data):
            self.held += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("demo-1.0/a.py", EPOCH), b"x = 1\n")

    found = reading.directory(*stored(("demo-1.0.zip", pipe.held)))

    assert names(found) == ["demo-1.0/a.py"]
