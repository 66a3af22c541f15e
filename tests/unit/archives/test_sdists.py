"""Source archives, eggs and installers (index-api U-33, U-35, U-37, U-38; decision 14)."""

import bz2
import contextlib
import gzip
import io
import random
import struct
import tarfile
from pathlib import Path

import pytest

from mypi.archives import Inspection, Limits, inspect
from mypi.errors import Refused
from mypi.filenames import parse
from tests.factories import egg, sdist, sdist_files, tarred, zipped

SDIST = "demo-1.0.tar.gz"
TOP = "demo-1.0"


def look(
    folder: Path, content: bytes, filename: str = SDIST, limits: Limits | None = None
) -> Inspection:
    path = folder / "upload"
    path.write_bytes(content)
    return inspect(path, parse(filename), limits or Limits())


def odd(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member


def with_odd(*members: tarfile.TarInfo) -> bytes:
    return tarred(sdist_files("demo", "1.0"), members)


def blocks(*parts: bytes) -> bytes:
    """A packed tar of raw parts, each filled up to whole blocks, and its end."""
    filled = (part + bytes(-len(part) % 512) for part in parts)
    return gzip.compress(b"".join(filled) + bytes(1024))


def header(kind: bytes, size: int, name: str = "x") -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


def extended(records: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    """A sound sdist, but for an extended header of its own making."""
    described = sdist_files("demo", "1.0")[f"{TOP}/PKG-INFO"]
    file = header(b"0", len(described), f"{TOP}/PKG-INFO")
    return blocks(header(kind, len(records)), records, file, described)


def pax(**records: str) -> bytes:
    return tarfile.TarInfo._create_pax_generic_header(records, tarfile.XHDTYPE, "utf-8")


def test_an_honest_sdist_is_read(tmp_path):
    found = look(tmp_path, sdist("demo", "1.0")[1])

    assert found.metadata == sdist_files("demo", "1.0")[f"{TOP}/PKG-INFO"]
    assert found.members == 3
    assert not found.metadata_final


@pytest.mark.parametrize(
    ("version", "final"), [("1.0", False), ("2.1", False), ("2.2", True), ("2.4", True)]
)
def test_decision_14_metadata_of_an_sdist_is_final_from_2_2_on(tmp_path, version, final):
    assert look(tmp_path, sdist(metadata_version=version)[1]).metadata_final is final


@pytest.mark.parametrize(
    ("field", "final"),
    [
        ("Requires-Dist", False),
        ("requires-dist", False),
        ("Requires-Python", False),
        ("Provides-Extra", False),
        ("License-File", True),
        ("Summary", True),
    ],
)
def test_metadata_that_a_build_may_change_what_to_install_is_not_final(tmp_path, field, final):
    content = sdist(metadata_version="2.2", headers=[f"Dynamic: {field}"])[1]

    assert look(tmp_path, content).metadata_final is final


@pytest.mark.parametrize("filename", ["demo-1.0.tar.gz", "demo-1.0.tgz", "My.Demo-1.0.tar.gz"])
def test_n8_the_folder_of_an_sdist_may_be_called_otherwise(tmp_path, filename):
    assert look(tmp_path, sdist()[1], filename).metadata


def test_a_bzip2_sdist_is_read(tmp_path):
    content = bz2.compress(gzip.decompress(sdist()[1]))

    assert look(tmp_path, content, "demo-1.0.tar.bz2").members == 3


def test_a_zip_sdist_is_read(tmp_path):
    found = look(tmp_path, zipped(sdist_files("demo", "1.0")), "demo-1.0.zip")

    assert (found.members, found.metadata_final) == (3, False)


@pytest.mark.parametrize("prefix", ["./", ""])
def test_folders_and_a_leading_dot_are_taken(tmp_path, prefix):
    files = {prefix + path: content for path, content in sdist_files("demo", "1.0").items()}
    members = [odd(f"{prefix}{TOP}/docs", tarfile.DIRTYPE), odd(".", tarfile.DIRTYPE)]

    assert look(tmp_path, tarred(files, members)).members == 4


def test_the_pkg_info_at_the_top_is_read_not_that_of_an_egg_info_folder(tmp_path):
    files = {f"{TOP}/demo.egg-info/PKG-INFO": b"other", **sdist_files("demo", "1.0")}

    assert look(tmp_path, tarred(files)).metadata == files[f"{TOP}/PKG-INFO"]


@pytest.mark.parametrize(
    ("filename", "pack"), [(SDIST, tarred), ("demo-1.0.zip", zipped)], ids=["tar", "zip"]
)
class TestBothForms:
    def test_u35_two_folders_at_the_top_are_refused(self, tmp_path, filename, pack):
        with pytest.raises(Refused, match="2 entries at the top"):
            look(tmp_path, pack({**sdist_files("demo", "1.0"), "other/x": b""}), filename)

    def test_u35_a_missing_pkg_info_is_refused(self, tmp_path, filename, pack):
        with pytest.raises(Refused, match=f"has no {TOP}/PKG-INFO"):
            look(tmp_path, pack({f"{TOP}/setup.py": b"", f"{TOP}/x/PKG-INFO": b"x"}), filename)

    def test_u37_a_promised_licence_file_is_found(self, tmp_path, filename, pack):
        files = sdist_files("demo", "1.0", metadata_version="2.4", headers=["License-File: a/L"])
        with pytest.raises(Refused, match="licence file a/L"):
            look(tmp_path, pack(files), filename)

        assert look(tmp_path, pack({**files, f"{TOP}/a/L": b"MIT"}), filename).metadata_final

    def test_too_many_members_are_refused(self, tmp_path, filename, pack):
        with pytest.raises(Refused, match=r"mypi\.max_members"):
            look(tmp_path, pack(sdist_files("demo", "1.0")), filename, Limits(max_members=1))

    def test_a_bomb_is_refused(self, tmp_path, filename, pack):
        files = {**sdist_files("demo", "1.0"), f"{TOP}/zeros": bytes(80 * 2**20)}

        with pytest.raises(Refused, match=r"mypi\.max_ratio"):
            look(tmp_path, pack(files), filename)

    def test_a_large_pkg_info_is_refused(self, tmp_path, filename, pack):
        files = sdist_files("demo", "1.0", description="x" * 2000)

        with pytest.raises(Refused, match="PKG-INFO is larger than 1000 bytes"):
            look(tmp_path, pack(files), filename, Limits(max_metadata=1000))


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes_are_refused(tmp_path, kind):
    with pytest.raises(Refused, match="device or pipe"):
        look(tmp_path, with_odd(odd(f"{TOP}/x", kind)))


@pytest.mark.parametrize("target", ["setup.py", "docs/readme", "../setup.py"])
def test_a_link_within_the_sdist_is_taken_as_pbr_makes_them(tmp_path, target):
    assert look(tmp_path, with_odd(odd(f"{TOP}/docs/x", tarfile.SYMTYPE, target))).members == 4


@pytest.mark.parametrize(
    "target",
    ["/etc/passwd", "../../x", "a/../../../x", "..", "", "a\\b", "C:x", "../..", "x" * 2000],
)
def test_u38_a_link_that_may_lead_out_is_refused(tmp_path, target):
    with pytest.raises(Refused, match="leads to"):
        look(tmp_path, with_odd(odd(f"{TOP}/x", tarfile.SYMTYPE, target)))


def test_u38_writing_through_a_link_is_refused(tmp_path):
    with pytest.raises(Refused, match="a file and a folder at once"):
        look(tmp_path, with_odd(odd(f"{TOP}/x", tarfile.SYMTYPE, "docs"), odd(f"{TOP}/x/y")))


def test_a_pkg_info_that_is_a_link_is_refused(tmp_path):
    files = sdist_files("demo", "1.0")
    files[f"{TOP}/other"] = files.pop(f"{TOP}/PKG-INFO")

    with pytest.raises(Refused, match="has no demo-1\\.0/PKG-INFO"):
        look(tmp_path, tarred(files, [odd(f"{TOP}/PKG-INFO", tarfile.SYMTYPE, "other")]))


def test_a_hard_link_to_an_earlier_file_is_taken(tmp_path):
    assert (
        look(tmp_path, with_odd(odd(f"{TOP}/x", tarfile.LNKTYPE, f"{TOP}/setup.py"))).members == 4
    )


@pytest.mark.parametrize("target", ["/etc/passwd", "setup.py", f"{TOP}/later", f"{TOP}/../x"])
def test_u38_a_hard_link_to_anything_else_is_refused(tmp_path, target):
    with pytest.raises(Refused, match="hard link"):
        look(tmp_path, with_odd(odd(f"{TOP}/x", tarfile.LNKTYPE, target), odd(f"{TOP}/later")))


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x", f"{TOP}/../x", f"{TOP}//x", f"{TOP}/a\\b", f"{TOP}/a\nb", "C:x"]
)
def test_u38_members_that_lead_elsewhere_are_refused(tmp_path, name):
    with pytest.raises(Refused, match="the member"):
        look(tmp_path, with_odd(odd(name)))


def test_a_member_name_that_is_not_utf8_is_refused(tmp_path):
    with pytest.raises(Refused, match="not UTF-8"):
        look(tmp_path, blocks(tarfile.TarInfo(f"{TOP}/ä").tobuf(tarfile.USTAR_FORMAT, "latin-1")))


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE])
def test_two_members_of_one_name_are_refused(tmp_path, kind):
    with pytest.raises(Refused, match="occurs twice"):
        look(tmp_path, with_odd(odd(f"{TOP}/x", kind, "y"), odd(f"{TOP}/x", kind, "y")))


@pytest.mark.parametrize(
    "records",
    [
        {"GNU.sparse.map": "0,1", "GNU.sparse.size": "1"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9"},
        {"GNU.sparse.size": "9", "GNU.sparse.numblocks": "1"},
        {"GNU.sparse.name": f"{TOP}/PKG-INFO"},
        {"GNU.sparse.realsize": "1024"},
    ],
)
def test_u35_sparse_members_are_refused_before_their_map_is_read(tmp_path, records):
    content = blocks(pax(**records), header(b"0", 512, f"{TOP}/x"), bytes(512))

    with pytest.raises(Refused, match="sparse"):
        look(tmp_path, content)


def test_u35_old_sparse_members_are_refused(tmp_path):
    with pytest.raises(Refused, match="sparse"):
        look(tmp_path, blocks(header(tarfile.GNUTYPE_SPARSE, 0, f"{TOP}/x")))


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_of_megabytes_is_refused_before_it_is_read(tmp_path, kind):
    with pytest.raises(Refused, match="header is too large"):
        look(tmp_path, blocks(header(kind, 2**30)))


def test_an_honest_extended_header_is_taken(tmp_path):
    records = f"26 path={TOP}/PKG-INFO\n13 k=a=b\nc d\n5 e=\n".encode()

    assert look(tmp_path, extended(records)).members == 1


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE])
@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        (b"1" * 1000, "number that is too long"),
        (b"2 " * 1000 + b"=", "header is damaged"),
        (b"5 path=demo-1.0/other\n", "header is damaged"),
        (b"99 path=demo-1.0/other\n", "header is damaged"),
        (b"0 a=b\n", "header is damaged"),
        (b"6 a=b\n\0\0", "header is damaged"),
        (b"6 a=b ", "header is damaged"),
        (b"nonsense", "header is damaged"),
    ],
)
def test_an_extended_header_that_can_be_read_in_two_ways_is_refused(
    tmp_path, kind, records, sentence
):
    with pytest.raises(Refused, match=sentence):
        look(tmp_path, extended(records, kind))


@pytest.mark.parametrize(("own", "said"), [(0, 1024), (1024, 0), (512, 8**11)])
def test_two_sizes_of_a_member_are_refused(tmp_path, own, said):
    inner = header(b"0", 0, f"{TOP}/hidden.py")
    content = blocks(pax(size=str(said)), header(b"0", own, f"{TOP}/x"), inner, bytes(512))

    with pytest.raises(Refused, match="two sizes"):
        look(tmp_path, content)


@pytest.mark.parametrize("own", [0, 8**11 - 1])
def test_a_size_that_only_an_extended_header_can_tell_is_taken(tmp_path, own):
    content = blocks(pax(size=str(8**11)), header(b"0", own, f"{TOP}/x"), bytes(512))

    with pytest.raises(Refused, match=r"ends in the middle|unexpected end of data"):
        look(tmp_path, content)


def test_a_file_that_others_take_for_a_folder_is_refused(tmp_path):
    named = [pax(path=f"{TOP}/x/"), header(b"0", 0, "x")]

    for content in (with_odd(odd(f"{TOP}/x/")), blocks(*named)):
        with pytest.raises(Refused, match="name of a folder"):
            look(tmp_path, content)


def test_global_headers_cannot_pile_up(tmp_path):
    one = tarfile.TarInfo._create_pax_generic_header({"k": "v" * 30_000}, tarfile.XGLTYPE, "utf-8")

    with pytest.raises(Refused, match="global headers are too large"):
        look(tmp_path, blocks(one, one, one))


def test_headers_that_announce_headers_without_end_are_refused(tmp_path):
    with pytest.raises(Refused, match="damaged"):
        look(tmp_path, blocks(*[pax(a="b")] * 5000))


@pytest.mark.parametrize("size", ["-1", "-512", "-100000", "x"])
def test_a_size_that_is_none_is_refused(tmp_path, size):
    with pytest.raises(Refused):
        look(tmp_path, blocks(pax(size=size), header(b"0", 0, f"{TOP}/PKG-INFO")))


@pytest.mark.parametrize(
    ("content", "filename", "sentence"),
    [
        (b"", SDIST, "the file is empty"),
        (b"", "demo-1.0-py3-none-any.whl", "the file is empty"),
        (b"", "demo-1.0.win32.exe", "the file is empty"),
        (b"nonsense" * 99, SDIST, "not a gzip or bzip2 archive"),
        (zipped({"x": b""}), SDIST, "zip archive"),
        (b"PK\x03\x04" + bytes(99), SDIST, "this is a zip archive"),
        (bz2.compress(b"x"), SDIST, "this is a bzip2 archive"),
        (gzip.compress(b"x", mtime=0), "demo-1.0.tar.bz2", "this is a gzip archive"),
        (sdist()[1], "demo-1.0-py3-none-any.whl", "this is a gzip archive"),
        (sdist()[1], "demo-1.0.zip", "this is a gzip archive"),
    ],
)
def test_u33_what_the_name_does_not_say_is_called_by_its_name(
    tmp_path, content, filename, sentence
):
    with pytest.raises(Refused, match=sentence):
        look(tmp_path, content, filename)


def test_u33_a_tar_that_pip_would_take_for_a_zip_is_refused(tmp_path):
    plain = gzip.decompress(tarred({**sdist_files("demo", "1.0"), f"{TOP}/z": zipped({"x": b"1"})}))
    content = gzip.compress(plain, compresslevel=0)

    with pytest.raises(Refused, match="as a tar and as a zip"):
        look(tmp_path, content)


def test_u33_a_tar_that_ends_as_one_of_several_zips_is_refused(tmp_path):
    end = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 2) + b"PK\x05\x06" + bytes(18)

    with pytest.raises(Refused, match="as a tar and as a zip"):
        look(tmp_path, sdist()[1] + end)


@pytest.mark.parametrize("garbage", [b"x", b"\0", gzip.compress(b"more", mtime=0)])
def test_bytes_behind_the_gzip_stream_are_refused(tmp_path, garbage):
    with pytest.raises(Refused, match="something follows its end"):
        look(tmp_path, sdist()[1] + garbage)


@pytest.mark.parametrize("size", [0, 100_000])
def test_bytes_behind_the_end_of_the_tar_are_refused(tmp_path, size):
    plain = gzip.decompress(sdist()[1]) + bytes(size) + b"x" + bytes(511)

    with pytest.raises(Refused, match="something follows its end"):
        look(tmp_path, gzip.compress(plain))


def test_members_behind_an_empty_block_are_refused(tmp_path):
    content = blocks(header(b"0", 0, f"{TOP}/x"), bytes(512), header(b"0", 0, f"{TOP}/hidden"))

    with pytest.raises(Refused, match="something follows its end"):
        look(tmp_path, content)


def test_a_gzip_stream_with_a_wrong_checksum_is_refused(tmp_path):
    content = bytearray(sdist()[1])
    content[-6] ^= 1

    with pytest.raises(Refused, match="damaged or cut off"):
        look(tmp_path, bytes(content))


def test_a_tar_that_ends_in_the_middle_of_a_member_is_refused(tmp_path):
    plain = gzip.decompress(sdist(description="x" * 5000)[1])

    for end in (700, 1500, 4000):
        with pytest.raises(Refused, match="damaged or cut off"):
            look(tmp_path, gzip.compress(plain[:end]))


def test_no_damage_to_an_sdist_is_anything_but_refused(tmp_path):
    content = sdist(description="text " * 40)[1]
    plain = gzip.decompress(content)[:4096]
    chance = random.Random(7)
    for place in range(len(content)):
        damaged = content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
        with contextlib.suppress(Refused):
            look(tmp_path, damaged)
        with pytest.raises(Refused):
            look(tmp_path, content[:place])
    for place in range(0, len(plain), 7):
        damaged = plain[:place] + bytes([chance.randrange(256)]) + plain[place + 1 :]
        with contextlib.suppress(Refused):
            look(tmp_path, gzip.compress(damaged, 1))


def test_an_egg_is_read(tmp_path):
    filename, content = egg()
    found = look(tmp_path, content, filename)

    assert found.metadata is not None
    assert (found.members, found.metadata_final) == (5, False)


def test_an_egg_without_pkg_info_is_refused(tmp_path):
    with pytest.raises(Refused, match="has no EGG-INFO/PKG-INFO"):
        look(tmp_path, zipped({"demo.py": b""}), "demo-1.0-py2.7.egg")


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("demo-1.0.win32.exe", b"MZ stub" + zipped({"PURELIB/demo.py": b""})),
        ("demo-1.0.win32.msi", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 more"),
        ("demo-1.0-1.noarch.rpm", b"\xed\xab\xee\xdb more"),
    ],
)
def test_installers_of_old_are_taken_by_their_magic_and_have_no_metadata(
    tmp_path, filename, content
):
    found = look(tmp_path, content, filename)

    assert (found.metadata, found.described, found.metadata_final) == (None, None, False)
    with pytest.raises(Refused, match="is not a bdist_"):
        look(tmp_path, b"x" + content, filename)


def test_the_directory_of_a_windows_installer_is_not_read(tmp_path):
    """It may be as large as the file, and nothing of it is shown."""
    content = b"MZ stub" + zipped({f"PURELIB/{number}.py": b"" for number in range(9)})

    assert look(tmp_path, content, "demo-1.0.win32.exe").members == 0


def test_a_windows_installer_without_its_archive_is_refused(tmp_path):
    with pytest.raises(Refused, match="holds no archive"):
        look(tmp_path, b"MZ" + bytes(100), "demo-1.0.win32.exe")


def test_a_huge_bomb_stops_early_and_in_little_memory(tmp_path):
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as file:
        file.write(header(b"0", 2**33 - 1, f"{TOP}/zeros"))
        for _ in range(100):
            file.write(bytes(2**20))

    with pytest.raises(Refused, match=r"mypi\.max_ratio"):
        look(tmp_path, buffer.getvalue())
