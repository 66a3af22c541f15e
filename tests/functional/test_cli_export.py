"""``mypi export folder`` and ``verify``: everything is told, only what is new is written."""

import json
import os
import stat
from datetime import datetime

import pytest

from tests.commandline import Keeper
from tests.factories import wheel
from tests.furnished import SIGNATURE, furnish
from tests.people import secret_of

SIX = "six-1.0-py3-none-any.whl"


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", wheel("six", "1.0"), wheel("six", "1.1"), wheel("demo", "1.0"))
    return keeper


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "export"


def tree(folder):
    """Every file below a folder, and when it was written."""
    found = (path for path in folder.rglob("*.*") if path.name != ".lock")
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in found}


def document(path):
    return json.loads(path.read_text())


def written(folder, project="six"):
    return folder / "indexes" / "stable" / "projects" / project


def test_everything_is_there(tmp_path, folder):
    mypi = Keeper(tmp_path / "var")
    furnish(mypi)

    said = mypi(f"export folder {folder} --with-secrets")

    assert "written, 0 removed" in said.err
    for path in (
        "site.json",
        "journal.jsonl",
        "indexes/stable/index.json",
        "indexes/stable/journal.jsonl",
        f"indexes/stable/projects/six/{SIX}",
        f"indexes/stable/projects/six/{SIX}.metadata",
        "indexes/stable/downloads/six.json",
        "indexes/incubator/projects/six/documentation/project.zip",
        "indexes/incubator/projects/six/documentation/release-3.0.zip",
        "indexes/private/projects/secret/project.json",
    ):
        assert (folder / path).is_file(), path
    assert len(list(folder.glob("trash/*/trashed.json"))) == 1
    assert len(list(folder.glob("indexes/stable/trash/*/trashed.json"))) == 3
    assert len(list(folder.glob("former/*.jsonl"))) == 1
    assert (written(folder, "signed") / "signed-1.0.tar.gz.asc").read_bytes() == SIGNATURE
    provenance = written(folder, "pypi-attestations").glob("*.provenance")
    assert len(document(next(provenance))["attestation_bundles"]) == 1
    (file,) = document(written(folder) / "project.json")["releases"][0]["files"]
    assert file["yanked"] == "eats <data> & more: \u00e4"
    assert len(document(folder / "site.json")["webhooks"]) == 2
    assert "all is well" in mypi(f"export verify {folder}").err


def test_secrets_are_told_only_when_asked_for(tmp_path, folder):
    mypi = Keeper(tmp_path / "var")
    token = furnish(mypi)
    mypi(f"export folder {folder}")

    site = document(folder / "site.json")
    assert [user["password"] for user in site["users"]] == ["", ""]
    assert (site["tokens"], site["webhooks"]) == ([], [])
    assert document(folder / "mypi-export.json")["secrets"] is False

    mypi(f"export folder {folder} --with-secrets")

    site = document(folder / "site.json")
    assert [user["password"].startswith("$argon2") for user in site["users"]] == [True, True]
    assert len(site["tokens"]) == 1
    assert secret_of(token) not in (folder / "site.json").read_text()
    assert stat.S_IMODE((folder / "site.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_next_export_writes_what_is_new_and_removes_what_is_gone(mypi, folder):
    mypi(f"export folder {folder}")
    before = tree(folder)
    mypi.publish("stable", wheel("six", "2.0"))
    mypi("delete demo --yes")
    mypi("trash empty --everything --yes")

    done = mypi(f"--json export folder {folder}").json

    assert (done["files"], done["removed"], done["problems"]) == (1, 1, [])
    after = tree(folder)
    stayed = f"indexes/stable/projects/six/{SIX}"
    assert after[stayed] == before[stayed]
    assert not written(folder, "demo").exists()


def test_an_export_of_the_same_writes_no_archive(mypi, folder):
    mypi(f"export folder {folder}")
    archives = {name: when for name, when in tree(folder).items() if name.endswith(".whl")}

    done = mypi(f"--json export folder {folder}").json

    assert (done["files"], done["bytes"], done["removed"]) == (0, 0, 0)
    assert archives
    assert archives.items() <= tree(folder).items()


def test_an_archive_has_the_time_of_its_upload(mypi, folder):
    mypi(f"export folder {folder}")

    (_, file) = (it["files"][0] for it in document(written(folder) / "project.json")["releases"])
    told = file["uploaded"].replace("Z", "+00:00")
    seconds = (written(folder) / file["filename"]).stat().st_mtime_ns / 1e9
    assert abs(datetime.fromisoformat(told).timestamp() - seconds) < 1e-5


def test_a_promoted_archive_takes_no_second_room(mypi, folder):
    mypi.publish("incubator", wheel("wip", "1.0"))
    mypi("promote wip==1.0 incubator stable")

    mypi(f"export folder {folder}")

    paths = [folder / f"indexes/{it}/projects/wip" for it in ("incubator", "stable")]
    files = [path / "wip-1.0-py3-none-any.whl" for path in paths]
    assert os.path.samefile(*files)


@pytest.mark.parametrize("deep", [True, False], ids=["deep", "by size and time"])
def test_damage_in_the_export_is_found_and_mended(mypi, folder, deep):
    mypi(f"export folder {folder}")
    path = written(folder) / SIX
    good, found = path.read_bytes(), path.stat()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]) if deep else good[:-1])
    os.utime(path, ns=(found.st_mtime_ns,) * 2)

    said = mypi.run(f"--json export verify {folder}")

    assert said.code == 1
    (problem,) = said.json["problems"]
    assert problem["where"] == str(path.relative_to(folder))
    assert "damaged" in problem["what"]
    mypi(f"export folder {folder}" + (" --deep" if deep else ""))
    assert path.read_bytes() == good
    assert "all is well" in mypi(f"export verify {folder}").err


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"projects/six/{SIX}", "cannot be read"),
        (f"projects/six/{SIX}.metadata", "cannot be read"),
        ("projects/six/project.json", "cannot be read"),
        ("index.json", "cannot be read"),
        ("journal.jsonl", "cannot be read"),
    ],
)
def test_what_is_missing_is_found(mypi, folder, path, words):
    mypi(f"export folder {folder}")
    (folder / "indexes/stable" / path).unlink()

    said = mypi.run(f"export verify {folder}")

    assert said.code == 1
    assert words in said.out


def test_a_project_that_is_missing_whole_is_found(mypi, folder):
    mypi(f"export folder {folder}")
    written(folder, "demo").rename(folder.parent / "elsewhere")

    said = mypi.run(f"export verify {folder}")

    assert said.code == 1
    assert "projects has 1 folders, not 2" in said.out


@pytest.mark.parametrize("make", ["pipe", "link", "text"])
def test_hostile_files_in_an_export_are_told_and_not_followed(mypi, folder, make, tmp_path):
    mypi(f"export folder {folder}")
    path = written(folder) / "project.json"
    path.unlink()
    if make == "pipe":
        os.mkfifo(path)
    elif make == "link":
        path.symlink_to("/etc/passwd")
    else:
        path.write_bytes(b"[" * 100_000)

    said = mypi.run(f"export verify {folder}")

    assert said.code == 1
    assert "project.json" in said.out
    assert "root:" not in said.out


@pytest.mark.parametrize("what", ["damaged", "missing"])
def test_bytes_that_the_index_has_lost_are_told_and_the_rest_is_exported(mypi, folder, what):
    blob = next(p for p in (mypi.data / "blobs").rglob("*.blob") if p.stat().st_size > 500)
    blob.chmod(0o600)
    if what == "damaged":
        blob.write_bytes(b"damage")
    else:
        blob.unlink()

    said = mypi.run(f"--json export folder {folder}")

    assert said.code == 1
    (problem,) = said.json["problems"]
    assert f"{what} in the index" in problem["what"]
    assert "Couldn't load state" not in said.err
    assert not (folder / problem["where"]).exists()
    assert said.json["files"] == 2


@pytest.mark.parametrize("command", ["folder", "static"])
def test_other_things_are_not_written_into(mypi, folder, command):
    folder.mkdir()
    (folder / "letter.txt").write_text("a letter")

    assert "holds other things" in mypi.refused(5, f"export {command} {folder}")
    assert "letter.txt" in os.listdir(folder)


def test_the_export_of_another_index_stays_as_it_is(mypi, folder, tmp_path):
    mypi(f"export folder {folder}")
    before = tree(folder)
    other = Keeper(tmp_path / "other")
    other.publish("stable", wheel("other", "1.0"))

    assert "is the export of another index" in other.refused(5, f"export folder {folder}")
    assert tree(folder) == before


def test_a_folder_that_cannot_be_written_is_refused(mypi, tmp_path):
    (tmp_path / "file").write_text("")

    assert "cannot be written" in mypi.refused(5, f"export folder {tmp_path}/file/export")


def test_what_is_no_export_is_not_verified(mypi, folder):
    folder.mkdir()
    assert "is no export" in mypi.refused(5, f"export verify {folder}")

    mypi(f"export folder {folder}")
    mark = folder / "mypi-export.json"
    newer = {**document(mark), "version": 2, "new": True}
    mark.write_text(json.dumps(newer))

    assert "Install a newer mypi" in mypi.refused(5, f"export verify {folder}")
