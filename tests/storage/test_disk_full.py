"""A disk that is really full: a small file system of its own, and a real server on it (promise 6).

Where nothing can be mounted there is nothing to test; the suite runs as root where it runs for us.
"""

import contextlib
import json
import os
import subprocess
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import wheel
from tests.posting import Answer, upload
from tests.serving import Server
from tests.storage.test_backup import mypi

MIB = 2**20
JSON = "application/vnd.pypi.simple.v1+json"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder))
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
    """A file that leaves so many bytes free; others wrote it."""
    free = os.statvfs(disk)
    with (disk / "others").open("wb") as file:
        for _ in range(max(0, free.f_bavail * free.f_frsize - leave) // MIB):
            file.write(bytes(MIB))


def status(server: Server, path: str = "/+health") -> tuple[int, str]:
    try:
        return 200, json.loads(server.get(path))["status"]
    except urllib.error.HTTPError as error:
        with contextlib.closing(error):
            return error.code, json.loads(error.read())["status"]


def files(server: Server) -> list[str]:
    return [it["filename"] for it in json.loads(server.get("/simple/six/", JSON))["files"]]


def test_before_the_disk_is_full_uploads_are_refused_and_all_else_goes_on(server, disk):
    assert publish(server, "1.0", MIB).status == 200
    fill(disk, 3 * MIB)

    refused = publish(server, "2.0", 1000)

    assert refused.status == 507
    assert "disk" in refused.reason
    assert status(server) == (503, "read-only")
    assert status(server, "/+health/ready") == (200, "read-only")
    assert len(server.get(f"/packages/stable/six/{files(server)[0]}")) > MIB

    (disk / "others").unlink()

    assert publish(server, "2.0", 1000).status == 200
    assert status(server) == (200, "ok")


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
    assert mypi(server.data, "check", "--deep").returncode == 0


def test_a_disk_that_is_full_in_the_middle_of_a_commit_is_no_end(disk, tmp_path, monkeypatch):
    """Without a reserve, so that commits themselves find no room."""
    monkeypatch.setenv("MYPI_MIN_FREE", "0")
    with Server(disk / "var") as server:
        assert publish(server, "1.0", MIB).status == 200
        fill(disk, 0)
        with (disk / "others").open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(512))

        answers = [publish(server, f"2.{number}", 1000).status for number in range(5)]

        assert set(answers) <= {507, 200}
        assert answers[-1] == 507
        before = files(server)
        assert len(before) == 1 + answers.count(200)

        (disk / "others").unlink()

        assert publish(server, "3.0", MIB).status == 200
        assert len(files(server)) == len(before) + 1
        assert server.stop() == 0
    assert mypi(server.data, "check", "--deep").returncode == 0


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
