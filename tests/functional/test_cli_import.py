"""``mypi import``: what a folder has comes in whole, once, and what is bad stays out."""

import json
import os
from datetime import UTC, datetime

import pytest

from tests.commandline import Keeper
from tests.factories import wheel

LONG_AGO = 1_300_000_000


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "packages"
    for where, (name, content) in (
        ("", wheel("six", "1.0")),
        ("old/deep", wheel("six", "0.9")),
        ("", wheel("demo", "2.0")),
        (".hidden", wheel("secret", "1.0")),
    ):
        path = folder / where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (LONG_AGO, LONG_AGO))
    (folder / "README.txt").write_text("no archive")
    return folder


def files(mypi, project):
    shown = mypi(f"--json show {project}").json
    return {file["filename"]: file for it in shown["releases"] for file in it["files"]}


def test_all_archives_come_with_their_times(mypi, folder):
    said = mypi(f"import folder {folder}")

    assert "3 files imported, 0 here already, 0 refused" in said.err
    found = files(mypi, "six")
    assert set(found) == {"six-1.0-py3-none-any.whl", "six-0.9-py3-none-any.whl"}
    for file in found.values():
        assert datetime.fromisoformat(file["uploaded"]).timestamp() == LONG_AGO
    assert "secret" not in mypi("list").out


def test_again_nothing_is_sent(mypi, folder):
    mypi(f"import folder {folder}")

    done = mypi(f"--json import folder {folder}").json

    assert done == {"published": 0, "unchanged": 3, "refused": []}


def test_what_is_new_comes_the_next_time(mypi, folder):
    mypi(f"import folder {folder}")
    name, content = wheel("six", "1.1")
    (folder / name).write_bytes(content)

    assert mypi(f"--json import pypiserver {folder}").json["published"] == 1


def test_batches_are_no_larger_than_the_server_takes_and_one_too_large_costs_only_itself(
    mypi, tmp_path
):
    """The server's limit is for a request, whatever the number of files in it."""
    folder = tmp_path / "large"
    folder.mkdir()
    for number in range(6):
        name, content = wheel(f"large-{number}", "1.0", files={"data": os.urandom(2**20)})
        (folder / name).write_bytes(content)
    name, content = wheel("huge", "1.0", files={"data": os.urandom(3 * 2**20)})
    (folder / name).write_bytes(content)

    said = mypi.run(f"--json --set mypi.max_upload=2500000 import folder {folder}")

    assert said.code == 1
    assert said.json["published"] == 6
    (refused,) = said.json["refused"]
    assert refused["filename"] == name
    assert "2500000 bytes" in refused["message"]


def test_a_bad_archive_costs_only_itself(mypi, folder):
    (folder / "broken-1.0-py3-none-any.whl").write_bytes(b"PK\x03\x04 and no more")
    name, content = wheel("six", "1.0", files={"other": b"bytes"})

    said = mypi.run(f"import folder {folder}")

    assert said.code == 1
    assert "broken-1.0-py3-none-any.whl" in said.out
    assert "3 files imported, 0 here already, 1 refused" in said.err
    (folder / name).write_bytes(content)
    again = mypi.run(f"--json import folder {folder}")
    assert again.code == 1
    refused = {it["filename"]: it["message"] for it in json.loads(again.out)["refused"]}
    assert set(refused) == {name, "broken-1.0-py3-none-any.whl"}
    assert "with other bytes" in refused[name]


def test_a_dry_run_changes_nothing(mypi, folder):
    said = mypi(f"import folder {folder} --dry-run -i incubator")

    assert "incubator: 3 files would be imported" in said.err
    assert mypi("list -i incubator").out == ""


def test_a_dry_run_tells_of_broken_archives_and_of_second_copies(mypi, folder):
    (folder / "broken-1.0-py3-none-any.whl").write_bytes(b"PK\x03\x04 and no more")
    name, content = wheel("six", "0.9", files={"other": b"bytes"})
    (folder / name).write_bytes(content)

    said = mypi.run(f"--json import folder {folder} --dry-run")

    assert said.code == 1
    assert said.json["published"] == 3
    refused = {it["filename"]: it["message"] for it in said.json["refused"]}
    assert set(refused) == {name, "broken-1.0-py3-none-any.whl"}
    assert "other bytes" in refused[name]
    assert mypi("list").out == ""


def test_a_disk_without_room_is_told(tmp_path, folder):
    mypi = Keeper(tmp_path / "var", '--set mypi.min_free="1000 TiB"')

    said = mypi.refused(1, f"import folder {folder}")

    assert "almost full" in said
    assert "try: mypi stats --disk" in said


def test_the_journal_says_who_imports_now(mypi, folder):
    mypi(f"import folder {folder}")

    entries = mypi("--json log").json["entries"]

    assert {it["by"] for it in entries} == {"operator"}
    assert all(it["when"] > "2020" for it in entries)


def export(tmp_path, **more):
    """What devpi-export writes, as far as it is read."""
    folder = tmp_path / "export"
    name, content = wheel("six", "1.0")
    path = folder / "root" / "dev" / "six" / "1.0" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    file = {
        "type": "releasefile",
        "projectname": "six",
        "version": "1.0",
        "relpath": f"root/dev/six/1.0/{name}",
        "log": [{"what": "upload", "who": "ann", "when": [2019, 5, 6, 7, 8, 9], "dst": "root/dev"}],
        **more,
    }
    indexes = {"root/dev": {"files": [file]}, "root/pypi": {"files": []}}
    (folder / "dataindex.json").write_text(json.dumps({"indexes": indexes}))
    return folder


def test_a_devpi_export_tells_who_uploaded_and_when(mypi, tmp_path):
    mypi(f"import devpi {export(tmp_path)}")

    (file,) = files(mypi, "six").values()
    when = datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert datetime.fromisoformat(file["uploaded"]) == when
    assert file["by"] == "ann"


def test_bytes_that_are_not_what_the_export_says_are_refused(mypi, tmp_path):
    folder = export(tmp_path, entrymapping={"hash_spec": "sha256=" + "0" * 64})

    said = mypi.run(f"import devpi {folder}")

    assert said.code == 1
    assert "sha256_digest" in said.out


def test_an_export_that_points_elsewhere_is_refused(mypi, tmp_path):
    (tmp_path / "six-9.0.tar.gz").write_bytes(b"private")
    folder = export(tmp_path, relpath="../six-9.0.tar.gz")

    assert "not inside the export" in mypi.refused(5, f"import devpi {folder}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "not what devpi-export writes"),
        ("{", "not what devpi-export writes"),
        ('{"indexes": {"a/b": {"files": [{}]}, "c/d": {"files": [{}]}}}', "has a/b, c/d"),
        ('{"indexes": {}}', "none with files"),
    ],
)
def test_a_folder_that_is_no_export_is_refused(mypi, tmp_path, text, said):
    (tmp_path / "dataindex.json").write_text(text)

    assert said in mypi.refused(5, f"import devpi {tmp_path}")


def test_an_address_of_nothing_is_refused(mypi):
    assert "an address such as" in mypi.refused(5, "import simple ftp://here/")
    assert "does not answer" in mypi.refused(5, "import simple http://127.0.0.1:1/simple/")
