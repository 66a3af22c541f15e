"""A disk that is really full: a small file system of its own, and a real server on it (promise 6).

Where nothing can be mounted, as in most containers, there is nothing to test.
"""

import contextlib
import json
import os
import shutil
import subprocess
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import engines
from tests.commandline import Keeper, ended, typed
from tests.factories import wheel
from tests.posting import Answer, upload
from tests.serving import Server

MIB = 2**20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"nothing can be mounted here: {error}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


@pytest.fixture
def server(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """On that disk, with a reserve of 4 MiB; its log is elsewhere."""
    monkeypatch.setenv("MYPI_MIN_FREE", "4 MiB")
    server = Server(disk / "var")
    server.log = tmp_path / "server.log"
    with server:
        yield server


def publish(server: Server, version: str, size: int) -> Answer:
    filename, content = wheel("six", version, files={"data": os.urandom(size)})
    return upload(server.url, filename, content)


def fill(disk: Path, leave: int) -> None:
    """A file that leaves so many bytes free; others wrote it, and go on writing."""
    found = os.statvfs(disk)
    left = found.f_bavail * found.f_frsize - leave
    with (disk / "others").open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while left > 0:
            left -= file.write(bytes(min(left, MIB)))


def status(server: Server, path: str = "/+health") -> tuple[int, str]:
    try:
        return 200, json.loads(server.get(path))["status"]
    except urllib.error.HTTPError as error:
        with contextlib.closing(error):
            return error.code, json.loads(error.read())["status"]


def files(server: Server) -> list[str]:
    return list(server.listed("six"))


def test_before_the_disk_is_full_uploads_are_refused_and_all_else_goes_on(server, disk):
    assert publish(server, "1.0", MIB).status == 200
    fill(disk, 2 * MIB)  # the first upload may still give back one

    refused = publish(server, "2.0", 1000)

    assert refused.status == 507
    assert "disk" in refused.reason
    assert status(server) == (503, "read-only")
    assert status(server, "/+health/ready") == (200, "read-only")
    assert len(server.get(f"/packages/stable/six/{files(server)[0]}")) > MIB

    (disk / "others").unlink()

    assert publish(server, "2.0", 1000).status == 200
    assert status(server) == (200, "ok")


def test_before_the_disk_of_the_database_alone_is_full_uploads_are_refused(
    disk, tmp_path, monkeypatch
):
    monkeypatch.setenv("MYPI_MIN_FREE", "4 MiB")
    uri = f"file://{disk}/Data.fs?blobstorage_dir={tmp_path}/blobs"

    with Server(tmp_path / "var", uri=uri) as server:
        assert publish(server, "1.0", 8 * MIB).status == 200
        fill(disk, 3 * MIB)

        assert publish(server, "2.0", 1000).status == 507
        assert status(server) == (503, "read-only")
        assert "almost full" in server.get("/+search", "text/html").decode()
        (disk / "others").unlink()
        assert publish(server, "2.0", 1000).status == 200


def test_commands_say_which_disk_is_full(disk, tmp_path):
    here, there = Keeper(tmp_path / "var"), Keeper(disk / "new")
    here.publish("stable", wheel("six", "1.0", files={"data": os.urandom(MIB)}))
    here(f"backup {tmp_path}/backup")
    fill(disk, MIB // 2)

    for keeper, line, where in (
        (here, f"backup {disk}/new", f"{disk}/new"),
        (there, f"recover {tmp_path}/backup", "The database"),
        (here, f"move file://{disk}/new/Data.fs", "The database at URI"),
    ):
        said = keeper.refused(5, line)
        assert f"{where} cannot be written: No space left on device; make room" in said
        shutil.rmtree(disk / "new")
    fill(disk, 0)
    assert "No space left on device" in (said := there.refused(3, "list"))
    assert "Make room on its disk" in said


def test_uploads_until_the_reserve_is_reached_leave_nothing_half(server, disk):
    taken = []
    for number in range(40):
        answer = publish(server, f"1.{number}", MIB)
        if answer.status != 200:
            break
        taken.append(number)

    assert answer.status == 507
    assert 3 < len(taken) < 24
    assert len(files(server)) == len(taken)
    assert server.stop() == 0
    assert ended(typed(server.data, "check", "--deep")).code == 0


def test_a_disk_that_is_full_in_the_middle_of_a_commit_is_no_end(disk, tmp_path, monkeypatch):
    """Without a reserve, so that commits themselves find no room."""
    monkeypatch.setenv("MYPI_MIN_FREE", "0")
    with Server(disk / "var") as server:
        assert publish(server, "1.0", 1000).status == 200
        answers = []
        while answers[-5:] != [507] * 5:
            fill(disk, 0)  # also what an upload gave back a moment later
            answers.append(publish(server, f"2.{len(answers)}", 1000).status)
            assert set(answers) <= {200, 507}
            assert len(answers) < 30
        taken = 1 + answers.count(200)
        assert len(files(server)) == taken

        (disk / "others").unlink()

        assert publish(server, "3.0", MIB).status == 200
        assert len(files(server)) == taken + 1
        assert server.stop() == 0
    assert ended(typed(server.data, "check", "--deep")).code == 0


def test_a_zeo_server_on_a_full_disk_is_told_and_recovers(disk, tmp_path, monkeypatch):
    monkeypatch.setenv("MYPI_MIN_FREE", "0")
    (tmp_path / "var").symlink_to(disk)
    with engines.zeo(tmp_path / "var") as engine:
        with Server(tmp_path / "server", uri=engine.uri) as server:
            assert publish(server, "1.0", 1000).status == 200
            answers: list[int] = []
            while answers[-3:] != [507] * 3:
                fill(disk, 0)
                answers.append(publish(server, f"2.{len(answers)}", 1000).status)
                assert set(answers) <= {200, 507}
                assert len(answers) < 30
            # The ZEO server may have stored one whose answer the full disk then cut off.
            taken = len(files(server))
            assert 1 + answers.count(200) <= taken <= 1 + len(answers)
            (disk / "others").unlink()
            assert publish(server, "3.0", 1000).status == 200
            assert len(files(server)) == taken + 1
            assert len(server.get(f"/packages/stable/six/{files(server)[1]}")) > 1000
        checked = ended(typed(server.data, "check", "--deep", ini=server.ini))
        assert checked.code == 0, checked.out + checked.err


def test_archives_on_a_disk_that_becomes_read_only_are_served_until_it_is_not(
    disk, tmp_path, monkeypatch
):
    monkeypatch.setenv("MYPI_MIN_FREE", "4 MiB")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "blobs").symlink_to(disk)
    with Server(tmp_path / "var") as server:
        assert publish(server, "1.0", 1000).status == 200
        mount("-o", "remount,ro", str(disk))

        refused = publish(server, "2.0", 1000)

        assert (refused.status, "cannot be written to" in refused.reason) == (507, True)
        assert status(server) == (503, "read-only")
        assert len(server.get(f"/packages/stable/six/{files(server)[0]}")) > 1000

        mount("-o", "remount,rw", str(disk))

        assert publish(server, "2.0", 1000).status == 200
        assert len(files(server)) == 2


def test_read_only_data_is_one_clear_line_at_the_start(disk, tmp_path):
    with Server(disk / "var") as server:
        publish(server, "1.0", 1000)
    mount("-o", "remount,ro", str(disk))
    server.log = tmp_path / "second.log"

    with pytest.raises(AssertionError, match=r"mypi cannot start: .*[Rr]ead-only"):
        server.start()
    assert server.process is not None
    assert server.process.returncode == 2
    mount("-o", "remount,rw", str(disk))
