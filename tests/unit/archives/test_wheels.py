"""Wheels: .dist-info, RECORD, entry points, licence files (index-api U-36, U-37)."""

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from mypi.archives import Inspection, Limits, inspect
from mypi.errors import Refused
from mypi.filenames import parse
from tests.factories import record, wheel, wheel_files, zipped

INFO = "demo-1.0.dist-info"
WHEEL = "demo-1.0-py3-none-any.whl"


def look(
    folder: Path, content: bytes, filename: str = WHEEL, limits: Limits | None = None
) -> Inspection:
    path = folder / "upload"
    path.write_bytes(content)
    return inspect(path, parse(filename), limits or Limits())


@pytest.fixture
def files() -> dict[str, bytes]:
    return wheel_files("demo", "1.0")


def sealed(files: dict[str, bytes]) -> bytes:
    """A wheel of ``files`` whose RECORD is right."""
    kept = {path: content for path, content in files.items() if path != f"{INFO}/RECORD"}
    return zipped({**kept, f"{INFO}/RECORD": record(kept, INFO)})


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_honest_wheel_is_read(tmp_path, files, compression):
    found = look(tmp_path, zipped(files, compression=compression))

    assert found.metadata == files[f"{INFO}/METADATA"]
    assert found.described is not None
    assert found.described.name == "demo"
    assert found.metadata_final
    assert found.members == 4
    assert found.unpacked == sum(map(len, files.values()))


def test_a_record_of_python_2_that_says_sha256_in_capitals_is_taken(tmp_path, files):
    files[f"{INFO}/RECORD"] = files[f"{INFO}/RECORD"].replace(b"sha256=", b"SHA256=")

    assert look(tmp_path, zipped(files)).members == 4


def test_the_same_factory_call_gives_the_same_bytes():
    assert wheel("demo", "2.0", build="1") == wheel("demo", "2.0", build="1")


@pytest.mark.parametrize(
    "folder", ["Demo-1.0.dist-info", "demo-1.0.0.dist-info", "DEMO-v1.dist-info"]
)
def test_the_folder_may_spell_name_and_version_otherwise(tmp_path, files, folder):
    renamed = {path.replace(INFO, folder): content for path, content in files.items()}
    kept = {path: content for path, content in renamed.items() if not path.endswith("RECORD")}

    found = look(tmp_path, zipped({**kept, f"{folder}/RECORD": record(kept, folder)}))

    assert found.metadata == files[f"{INFO}/METADATA"]


@pytest.mark.parametrize(
    "folder",
    ["other-1.0.dist-info", "demo-1.1.dist-info", "demo.dist-info", f"demo-{'9' * 900}.dist-info"],
)
def test_u36_the_folder_of_another_release_is_refused(tmp_path, files, folder):
    renamed = {path.replace(INFO, folder): content for path, content in files.items()}

    with pytest.raises(Refused, match=r"is not the folder of demo 1\.0"):
        look(tmp_path, zipped(renamed))


def test_u36_two_dist_info_folders_are_refused(tmp_path, files):
    with pytest.raises(Refused, match="this one has 2"):
        look(tmp_path, sealed({**files, "x-1.dist-info/METADATA": b""}))


def test_u36_no_dist_info_folder_is_refused(tmp_path):
    with pytest.raises(Refused, match="this one has 0"):
        look(tmp_path, zipped({"demo/__init__.py": b""}))


@pytest.mark.parametrize("name", ["WHEEL", "METADATA", "RECORD"])
def test_u36_each_required_file_is_missed(tmp_path, files, name):
    del files[f"{INFO}/{name}"]
    content = zipped(files) if name == "RECORD" else sealed(files)

    with pytest.raises(Refused, match=f"the wheel has no {INFO}/{name}"):
        look(tmp_path, content)


@pytest.mark.parametrize(
    "text", [b"Wheel-Version: 2.0\n", b"Wheel-Version: 10\n", b"", b"nonsense"]
)
def test_a_wheel_of_another_format_version_is_refused(tmp_path, files, text):
    files[f"{INFO}/WHEEL"] = text

    with pytest.raises(Refused, match=r"1\.x is known"):
        look(tmp_path, sealed(files))


def test_a_file_that_differs_from_its_record_is_refused(tmp_path, files):
    files["demo/__init__.py"] += b"evil()\n"

    with pytest.raises(Refused, match=r"demo/__init__\.py is not what its RECORD says"):
        look(tmp_path, zipped(files))


def test_a_size_that_differs_from_the_record_is_refused(tmp_path, files):
    name = f"{INFO}/RECORD"
    size = str(len(files["demo/__init__.py"])).encode()
    files[name] = files[name].replace(b"," + size + b"\n", b",7\n", 1)

    with pytest.raises(Refused, match=r"demo/__init__\.py is not what its RECORD says"):
        look(tmp_path, zipped(files))


def test_a_file_that_is_not_in_the_record_is_refused(tmp_path, files):
    files["demo/evil.py"] = b""

    with pytest.raises(Refused, match=r"demo/evil\.py is not in its RECORD"):
        look(tmp_path, zipped(files))


def test_a_row_of_the_record_without_a_file_is_refused(tmp_path, files):
    files[f"{INFO}/RECORD"] += b"demo/gone.py,sha256=AA,0\n"

    with pytest.raises(Refused, match=r"its RECORD lists demo/gone\.py, which it does not hold"):
        look(tmp_path, zipped(files))


def test_a_doubled_row_of_the_record_is_refused(tmp_path, files):
    files[f"{INFO}/RECORD"] *= 2

    with pytest.raises(Refused, match=r"lists demo/__init__\.py twice"):
        look(tmp_path, zipped(files))


@pytest.mark.parametrize("row", [b"one,two\n", b'"open\n', b"a,b,c,d\n", b"\xff,,\n", b"a\0,,\n"])
def test_a_record_that_cannot_be_read_is_refused(tmp_path, files, row):
    files[f"{INFO}/RECORD"] += row

    with pytest.raises(Refused, match="RECORD"):
        look(tmp_path, zipped(files))


@pytest.mark.parametrize("algorithm", ["sha384", "sha512"])
def test_a_record_may_use_a_longer_digest(tmp_path, files, algorithm):
    content = files["demo/__init__.py"]
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).rstrip(b"=")
    rows = files[f"{INFO}/RECORD"].splitlines()
    rows[0] = f"demo/__init__.py,{algorithm}=".encode() + digest + b"," + str(len(content)).encode()
    files[f"{INFO}/RECORD"] = b"\n".join(rows)

    assert look(tmp_path, zipped(files)).members == 4


@pytest.mark.parametrize("digest", [b"md5=AAAA", b"sha1=AAAA", b"", b"shake_256=AAAA"])
def test_a_record_with_a_weak_digest_or_none_is_refused(tmp_path, files, digest):
    rows = files[f"{INFO}/RECORD"].splitlines()
    rows[0] = b"demo/__init__.py," + digest + b","
    files[f"{INFO}/RECORD"] = b"\n".join(rows)

    with pytest.raises(Refused, match="no digest by sha256"):
        look(tmp_path, zipped(files))


def test_signatures_compiled_files_and_folders_need_no_digest(tmp_path, files):
    rows = files.pop(f"{INFO}/RECORD") + b"demo/a.pyc,,\ndemo/sub/,,\n"
    more = {
        "demo/a.pyc": b"x",
        f"{INFO}/RECORD.jws": b"{}",
        f"{INFO}/RECORD.p7s": b"",
        "demo/sub/": b"",
    }

    assert look(tmp_path, zipped({**files, **more, f"{INFO}/RECORD": rows})).members == 8


def test_a_file_called_like_a_signature_elsewhere_needs_a_digest(tmp_path, files):
    files["demo/RECORD.jws"] = b"evil"
    files[f"{INFO}/RECORD"] += b"demo/RECORD.jws,,\n"

    with pytest.raises(Refused, match="no digest"):
        look(tmp_path, zipped(files))


@pytest.mark.parametrize(
    "text", [b"no section\n", b"[console_scripts]\nx\n", b"\xff", b"[a\n", b"[a]\nx = 1\n[a]\n b"]
)
def test_u36_entry_points_that_cannot_be_read_are_refused(tmp_path, files, text):
    files[f"{INFO}/entry_points.txt"] = text

    with pytest.raises(Refused, match=r"entry_points\.txt"):
        look(tmp_path, sealed(files))


@pytest.mark.parametrize("script", ["../evil", "a b", "a/b"])
def test_u36_a_script_name_that_leads_elsewhere_is_refused(tmp_path, files, script):
    files[f"{INFO}/entry_points.txt"] = f"[console_scripts]\n{script} = demo:main\n".encode()

    with pytest.raises(Refused, match="names a script"):
        look(tmp_path, sealed(files))


def test_u36_honest_entry_points_are_taken(tmp_path, files):
    files[f"{INFO}/entry_points.txt"] = (
        b"[console_scripts]\ndemo = demo:main\nDe.mo-2 = demo:main [x]\n[a:b]\nany thing = demo\n"
    )

    assert look(tmp_path, sealed(files)).members == 5


@pytest.mark.parametrize("place", ["licenses/LICENSE", "LICENSE"])
def test_u37_a_promised_licence_file_is_found(tmp_path, place):
    files = wheel_files("demo", "1.0", metadata_version="2.4", headers=["License-File: LICENSE"])
    with pytest.raises(Refused, match="licence file LICENSE; it is missing"):
        look(tmp_path, zipped(files))

    files[f"{INFO}/{place}"] = b"MIT"

    assert look(tmp_path, sealed(files)).members == 5


def test_u37_a_licence_file_of_another_folder_is_not_the_promised_one(tmp_path):
    files = wheel_files("demo", "1.0", metadata_version="2.4", headers=["License-File: LICENSE"])
    vendored = {"demo/x-1.dist-info/METADATA": b"", "demo/licenses/LICENSE": b"MIT"}

    with pytest.raises(Refused, match="licence file LICENSE; it is missing"):
        look(tmp_path, sealed({**files, **vendored}))


def test_metadata_beyond_the_limit_is_refused(tmp_path):
    content = wheel("demo", "1.0", description="x" * 2000)[1]

    with pytest.raises(Refused, match="METADATA is larger than 1000 bytes"):
        look(tmp_path, content, limits=Limits(max_metadata=1000))


def test_what_the_metadata_breaks_is_told_with_the_file_name(tmp_path):
    content = wheel("demo", "1.0", requires_python="nonsense")[1]

    with pytest.raises(Refused, match=r"^demo-1\.0-py3-none-any\.whl: Requires-Python"):
        look(tmp_path, content)
