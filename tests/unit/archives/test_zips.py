"""Zip archives record by record (index-api U-34): one unambiguous reading or none."""

import contextlib
import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from mypi.archives import Limits, inspect, inspect_zip
from mypi.archives.zips import CHUNK
from mypi.errors import Refused
from mypi.filenames import parse
from tests.factories import wheel, zipped

TWO = {"demo/a.py": b"first" * 20, "demo/b.py": b"second" * 20}
CENTRAL, END, LOCAL = b"PK\x01\x02", b"PK\x05\x06", b"PK\x03\x04"


def names(folder: Path, content: bytes, limits: Limits | None = None) -> list[str]:
    path = folder / "docs.zip"
    path.write_bytes(content)
    return inspect_zip(path, "docs.zip", limits or Limits())


def put(content: bytes, place: int, form: str, *values: int) -> bytes:
    """``content`` with other numbers at ``place``."""
    changed = bytearray(content)
    struct.pack_into("<" + form, changed, place, *values)
    return bytes(changed)


def member(name: str | zipfile.ZipInfo, content: bytes = b"x", **attributes: int) -> bytes:
    """An archive of one odd member."""
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo(name) if isinstance(name, str) else name
    if isinstance(name, str):
        entry.filename = name  # ZipInfo cuts at NUL and turns backslashes
    for attribute, value in attributes.items():
        setattr(entry, attribute, value)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, content)
    return buffer.getvalue()


class Pipe(io.RawIOBase):
    """Something that cannot seek: zipfile writes data descriptors into it."""

    def __init__(self) -> None:
        self.content = b""

    def writable(self) -> bool:
        return True

    def write(self, chunk) -> int:
        self.content += bytes(chunk)
        return len(chunk)


def streamed(*, wide: bool = False) -> bytes:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in TWO.items():
            with archive.open(name, "w", force_zip64=wide) as file:
                file.write(content)
    return pipe.content


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_honest_archive_is_read(tmp_path, compression):
    assert names(tmp_path, zipped(TWO, compression=compression)) == list(TWO)


def test_an_archive_without_members_is_read(tmp_path):
    assert names(tmp_path, zipped({})) == []


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
@pytest.mark.parametrize("kind", ["zeros", "noise"])
def test_members_of_every_size_around_a_chunk_are_read(tmp_path, size, kind):
    content = bytes(size) if kind == "zeros" else random.Random(size).randbytes(size)

    assert names(tmp_path, zipped({"x": content})) == ["x"]


@pytest.mark.parametrize("wide", [False, True])
def test_sizes_behind_the_members_are_taken_outside_of_wheels(tmp_path, wide):
    assert names(tmp_path, streamed(wide=wide)) == list(TWO)


def test_u34_sizes_behind_the_members_of_a_wheel_are_refused(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(streamed())

    with pytest.raises(Refused, match="data descriptor"):
        inspect(path, parse("demo-1.0-py3-none-any.whl"))


def test_u34_a_descriptor_that_says_something_else_is_refused(tmp_path):
    content = streamed()
    place = content.index(b"PK\x07\x08") + 4

    with pytest.raises(Refused, match="lies behind"):
        names(tmp_path, put(content, place, "L", 0))


def test_64_bit_sizes_are_read(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("x", "w", force_zip64=True) as file:
        file.write(b"content")

    assert names(tmp_path, buffer.getvalue()) == ["x"]


def with_64_bit_end(content: bytes, **said: int) -> bytes:
    """``content`` with a ZIP64 end; ``said`` changes numbers of its record."""
    end = len(content) - 22
    *_head, count, size, start, _comment = struct.unpack("<4s4H2LH", content[end:])
    wide = {
        "here": count,
        "count": count,
        "size": size,
        "start": start,
        "disk": 0,
        "disks": 1,
        **said,
    }
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, wide["disk"], 0,
        wide["here"], wide["count"], wide["size"], wide["start"],
    )  # fmt: skip
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, wide["disks"])
    narrow = said.get("narrow", 0xFFFF)
    tail = struct.pack("<4s4H2LH", END, 0, 0, narrow, narrow, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:end] + record + locator + tail


def test_a_64_bit_end_is_read(tmp_path):
    assert names(tmp_path, with_64_bit_end(zipped(TWO))) == list(TWO)


def test_a_64_bit_end_beside_true_numbers_is_read(tmp_path, monkeypatch):
    """As zipfile writes archives of 2 to 4 GiB; the lower limit of its own makes a small one."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    content = zipped(TWO)

    assert b"PK\x06\x06" in content
    assert names(tmp_path, content) == list(TWO)


@pytest.mark.parametrize(
    "said",
    [{"count": 1, "here": 1}, {"here": 1}, {"size": 7}, {"start": 2**63}, {"disk": 1}, {"disks": 2},
     {"narrow": 1}, {"count": 2**62, "here": 2**62}],
)  # fmt: skip
def test_u34_a_64_bit_end_that_says_something_else_is_refused(tmp_path, said):
    with pytest.raises(Refused):
        names(tmp_path, with_64_bit_end(zipped(TWO), **said))


def test_u34_a_64_bit_end_hidden_in_the_last_entry_is_refused(tmp_path):
    """zipfile believes it, and an installer would see another archive than the index."""
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 0, 0, 0, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    entry = zipfile.ZipInfo("x")
    entry.extra = struct.pack("<2H", 0x9901, len(end + locator)) + end + locator
    content = member(entry)
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == []

    with pytest.raises(Refused, match="64-bit directory"):
        names(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"just text, no archive at all", "not a zip archive"),
        (b"\x1f\x8b\x08\x00" + b"x" * 50, "this is a gzip archive"),
        (b"BZh9" + b"x" * 50, "this is a bzip2 archive"),
        (b"MZ" + b"x" * 50, "this is a Windows program"),
    ],
)
def test_what_is_no_zip_archive_is_called_by_its_name(tmp_path, content, sentence):
    with pytest.raises(Refused, match=rf"^docs\.zip: .*{sentence}"):
        names(tmp_path, content)


@pytest.mark.parametrize("cut", [1, 21, 22, 60, 200])
def test_a_truncated_archive_is_refused(tmp_path, cut):
    with pytest.raises(Refused, match="cut off"):
        names(tmp_path, zipped(TWO)[:-cut])


def test_u34_bytes_before_the_archive_are_refused(tmp_path):
    with pytest.raises(Refused):
        names(tmp_path, b"#!/bin/sh\n" + zipped(TWO))


def test_u34_an_archive_before_the_archive_is_refused(tmp_path):
    with pytest.raises(Refused, match="damaged or ambiguous"):
        names(tmp_path, zipped({"x": b"1"}) + zipped(TWO))


def test_u34_bytes_behind_the_archive_are_refused(tmp_path):
    with pytest.raises(Refused, match="something follows its end"):
        names(tmp_path, zipped(TWO) + b"\n")


def test_u34_a_comment_is_refused(tmp_path):
    content = zipped(TWO)

    with pytest.raises(Refused, match="comment"):
        names(tmp_path, put(content, len(content) - 2, "H", 1))
    with pytest.raises(Refused, match="comment"):
        names(tmp_path, put(content, content.index(CENTRAL) + 32, "H", 1))


def test_u34_a_gap_between_members_is_refused(tmp_path):
    content = zipped(TWO)
    second = content.rindex(LOCAL)
    directory = content.index(CENTRAL)
    place = content.rindex(CENTRAL)
    moved = put(content, place + 42, "L", second + 4)
    moved = put(moved, len(content) - 6, "L", directory + 4)

    with pytest.raises(Refused, match="something lies behind"):
        names(tmp_path, moved[:second] + b"gap!" + moved[second:])


def test_u34_a_gap_before_the_first_member_is_refused(tmp_path):
    content = zipped({"x": b"1"})
    moved = put(content, content.index(CENTRAL) + 42, "L", 30)
    moved = put(moved, len(content) - 6, "L", content.index(CENTRAL) + 30)

    with pytest.raises(Refused, match="before its first member"):
        names(tmp_path, content[:30] + moved)


def test_u34_a_member_that_the_directory_does_not_list_is_refused(tmp_path):
    content = zipped(TWO)
    first, second = content.index(CENTRAL), content.rindex(CENTRAL)
    shorter = content[:first] + content[second:]
    size = len(content) - 22 - second
    shorter = put(shorter, len(shorter) - 14, "HHLL", 1, 1, size, first)

    with pytest.raises(Refused, match="before its first member"):
        names(tmp_path, shorter)


def test_u34_two_entries_of_the_directory_for_one_member_are_refused(tmp_path):
    content = zipped(TWO)
    place = content.rindex(CENTRAL)

    with pytest.raises(Refused, match="disagree"):
        names(tmp_path, put(content, place + 42, "L", 0))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_u34_a_wrong_number_of_members_is_refused(tmp_path, count):
    content = zipped(TWO)

    with pytest.raises(Refused, match="damaged or ambiguous"):
        names(tmp_path, put(content, len(content) - 14, "HH", count, count))


@pytest.mark.parametrize(
    ("offset", "form", "value"),
    [(6, "H", 0x800), (8, "H", 0), (14, "L", 1), (18, "L", 1), (22, "L", 1), (30, "B", 65)],
    ids=["flags", "method", "crc", "packed", "size", "name"],
)
def test_u34_two_headers_that_disagree_are_refused(tmp_path, offset, form, value):
    with pytest.raises(Refused, match="the two headers of demo/a"):
        names(tmp_path, put(zipped(TWO), offset, form, value))


@pytest.mark.parametrize(("field", "value"), [(14, 7), (22, 99), (22, 101)])
def test_u34_a_checksum_or_size_that_both_headers_get_wrong_is_refused(tmp_path, field, value):
    content = zipped(TWO)
    content = put(content, field, "L", value)
    content = put(content, content.index(CENTRAL) + field + 2, "L", value)

    with pytest.raises(Refused, match=r"the member demo/a\.py is damaged"):
        names(tmp_path, content)


def test_damaged_content_is_refused(tmp_path):
    content = zipped(TWO, compression=zipfile.ZIP_STORED)

    with pytest.raises(Refused, match=r"the member demo/b\.py is damaged"):
        names(tmp_path, content.replace(b"second", b"Second", 1))


def both(content: bytes, offset: int, value: int) -> bytes:
    """``content`` with a 16-bit number changed in both headers of its first member."""
    content = put(content, offset, "H", value)
    return put(content, content.index(CENTRAL) + offset + 2, "H", value)


@pytest.mark.parametrize("method", [9, 12, 14, 93, 99])
def test_u34_other_methods_of_compression_are_refused(tmp_path, method):
    with pytest.raises(Refused, match=f"packed by method {method}"):
        names(tmp_path, both(zipped(TWO), 8, method))


@pytest.mark.parametrize("flags", [1, 1 << 6, 1 << 13])
def test_an_encrypted_archive_is_refused(tmp_path, flags):
    with pytest.raises(Refused, match="encrypted"):
        names(tmp_path, both(zipped(TWO), 6, flags))


def test_unknown_flags_are_refused(tmp_path):
    with pytest.raises(Refused, match="unknown flags"):
        names(tmp_path, both(zipped(TWO), 6, 1 << 5))


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def deflated_to_a_whole_chunk() -> bytes:
    """A stream that ends where a chunk of the packed bytes does."""
    size = CHUNK // 4 - 5
    blocks = [struct.pack("<B2H", last, size, size ^ 0xFFFF) for last in (0, 0, 0, 1)]
    return b"".join(block + bytes(size) for block in blocks)


@pytest.mark.parametrize("packed", [deflated(b"hello"), deflated_to_a_whole_chunk()])
def test_bytes_behind_the_end_of_a_deflated_stream_are_refused(tmp_path, packed):
    plain = zlib.decompress(packed, wbits=-15)
    content = zipped({"x": packed + b"hidden"}, compression=zipfile.ZIP_STORED)
    for start, shift in ((0, 0), (content.index(CENTRAL), 2)):
        content = put(content, start + 8 + shift, "H", 8)
        content = put(content, start + 14 + shift, "L", zlib.crc32(plain))
        content = put(content, start + 22 + shift, "L", len(plain))

    with pytest.raises(Refused, match="the member x is damaged"):
        names(tmp_path, content)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../x",
        "a/../x",
        "a//x",
        "./x",
        "a/.",
        "a\\x",
        "C:x",
        "a\nb",
        "a\x7fb",
        "a\x85b",
    ],
)
def test_u34_member_names_that_lead_elsewhere_are_refused(tmp_path, name):
    with pytest.raises(Refused, match="the member"):
        names(tmp_path, member(name))


def test_u34_a_nul_in_a_member_name_is_refused(tmp_path):
    content = zipped({"demo/a.py": b""}).replace(b"demo/a.py", b"demo\0a.py")

    with pytest.raises(Refused, match="control character"):
        names(tmp_path, content)


def test_u34_a_member_name_that_is_not_utf8_is_refused(tmp_path):
    content = member("ä/x").replace("ä".encode(), b"\xff\xfe")

    with pytest.raises(Refused, match="not UTF-8"):
        names(tmp_path, content)


def test_a_member_name_in_utf8_is_taken(tmp_path):
    assert names(tmp_path, member("ä/x")) == ["ä/x"]


def test_a_member_name_of_a_kilobyte_is_the_longest(tmp_path):
    assert names(tmp_path, member("a/" * 511 + "xx"))

    with pytest.raises(Refused, match="more than 1024 bytes"):
        names(tmp_path, member("a/" * 512 + "x"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_u34_two_members_of_one_name_are_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x", b"1")
        archive.writestr("x", b"2")

    with pytest.raises(Refused, match="'x' occurs twice"):
        names(tmp_path, buffer.getvalue())


@pytest.mark.parametrize("other", ["a/b", "a/b/c", "a/"])
def test_a_file_that_is_a_folder_too_is_refused(tmp_path, other):
    with pytest.raises(Refused, match="'a' is a file and a folder at once"):
        names(tmp_path, zipped({"a": b"", "a-b": b"", "a.b": b"", other: b""}))


def test_names_that_only_begin_alike_are_taken(tmp_path):
    assert (
        len(names(tmp_path, zipped({"a": b"", "a-b": b"", "a.b/c": b"", "ab": b"", "b/": b""})))
        == 5
    )


def test_a_folder_with_content_is_refused(tmp_path):
    with pytest.raises(Refused, match="sizes of a/ disagree"):
        names(tmp_path, member("a/", b"hidden"))


def test_a_symbolic_link_is_refused(tmp_path):
    with pytest.raises(Refused, match="symbolic link"):
        names(tmp_path, member("a", b"/etc/passwd", external_attr=0o120777 << 16, create_system=3))


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        (struct.pack("<2H5s", 0x7075, 5, b"\1abcd"), "two names"),
        (struct.pack("<2HQ", 1, 8, 9) * 2, "two sizes"),
        (struct.pack("<2H", 0x5455, 9) + b"short", "cut off"),
    ],
)
def test_u34_extra_fields_that_give_a_second_meaning_are_refused(tmp_path, extra, sentence):
    entry = zipfile.ZipInfo("x")
    entry.extra = extra

    with pytest.raises(Refused, match=sentence):
        names(tmp_path, member(entry))


def test_too_many_members_are_refused_before_they_are_read(tmp_path):
    with pytest.raises(Refused, match=r"mypi\.max_members"):
        names(tmp_path, zipped(TWO), Limits(max_members=1))


def test_too_much_content_is_refused(tmp_path):
    with pytest.raises(Refused, match=r"mypi\.max_unpacked"):
        names(tmp_path, zipped(TWO), Limits(max_unpacked=100))


def test_a_bomb_is_refused_by_what_it_says(tmp_path):
    with pytest.raises(Refused, match=r"mypi\.max_ratio"):
        names(tmp_path, zipped({"x": bytes(65 * 2**20)}))


def test_a_bomb_that_lies_about_its_size_stops_at_what_it_says(tmp_path):
    content = zipped({"x": bytes(2**24)})
    content = put(content, 22, "L", 1000)
    content = put(content, content.index(CENTRAL) + 24, "L", 1000)

    with pytest.raises(Refused, match="the member x is damaged"):
        names(tmp_path, content)


def test_a_hostile_tree_of_folders_costs_no_minutes(tmp_path):
    many = {f"{number}/" + "a/" * 400 + "x": b"" for number in range(3000)}

    assert len(names(tmp_path, zipped(many, compression=zipfile.ZIP_STORED))) == 3000


def test_no_damage_to_a_wheel_is_anything_but_refused(tmp_path):
    filename, content = wheel("demo", "1.0", requires_dist=["six"], description="text " * 40)
    name = parse(filename)
    path = tmp_path / "upload"
    chance = random.Random(7)
    for place in range(len(content)):
        value = chance.choice((0, 0xFF, content[place] ^ 1 << chance.randrange(8)))
        path.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
        with contextlib.suppress(Refused):
            inspect(path, name)
    for end in range(1, len(content)):
        path.write_bytes(content[:end])
        with pytest.raises(Refused):
            inspect(path, name)
