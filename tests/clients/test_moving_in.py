"""People come from other indexes: what the real programs kept is brought in whole."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.clients.sandbox import Client
from tests.clients.server import Server
from tests.commandline import Keeper
from tests.factories import sdist, wheel
from tests.serving import free_port, wait_for

ARCHIVES = dict(
    [
        wheel("hello", "1.0"),
        wheel("hello", "1.1"),
        sdist("hello", "1.1"),
        wheel("My.Project", "2.0rc1"),
    ]
)


@contextmanager
def running(client: Client, port: int, *command: str) -> Iterator[None]:
    """A server of somebody else, until it answers at ``port`` and then as long as it is needed."""
    program, *words = command
    process = subprocess.Popen(
        [client.bin / program, *words],
        env={**client.sandbox.variables, "PATH": f"{client.bin}:{os.environ['PATH']}"},
        cwd=client.sandbox.home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def dist(tmp_path) -> list[Path]:
    folder = tmp_path / "dist"
    folder.mkdir()
    for name, content in ARCHIVES.items():
        (folder / name).write_bytes(content)
    return sorted(folder.iterdir())


@pytest.fixture
def mypi(tmp_path) -> Keeper:
    return Keeper(tmp_path / "mypi")


def digests(mypi: Keeper) -> dict[str, str]:
    found = {}
    for project in ("hello", "my-project"):
        shown = mypi(f"--json show {project}").json
        for release in shown["releases"]:
            found |= {file["filename"]: file["sha256"] for file in release["files"]}
    return found


def expected() -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in ARCHIVES.items()}


def test_a_pypiserver_folder_comes_whole(client, dist, mypi, tmp_path):
    packages, port = tmp_path / "packages", free_port()
    packages.mkdir()
    options = ("-P", ".", "-a", ".", "-i", "127.0.0.1", "-p", str(port), str(packages))
    with running(client("pypiserver"), port, "pypi-server", "run", *options):
        client("twine").run(
            *("twine", "upload", "-u", "", "-p", "", "--disable-progress-bar"),
            *("--repository-url", f"http://127.0.0.1:{port}/", *map(str, dist)),
        )

    done = mypi(f"--json import pypiserver {packages}").json

    assert done["published"] == len(ARCHIVES)
    assert digests(mypi) == expected()


def test_a_devpi_export_comes_whole(client, dist, mypi, tmp_path):
    devpi, state, port = client("devpi"), tmp_path / "state", free_port()
    where = ("--serverdir", str(state))
    devpi.run("devpi-init", *where)
    with running(devpi, port, "devpi-server", *where, "--port", str(port), "--offline-mode"):
        for command in (
            ("use", f"http://127.0.0.1:{port}"),
            ("login", "root", "--password="),
            ("index", "-c", "dev", "bases="),
            ("use", "root/dev"),
            ("upload", *map(str, dist)),
        ):
            devpi.run("devpi", *command)
    devpi.run("devpi-export", *where, str(tmp_path / "export"))

    done = mypi(f"--json import devpi {tmp_path}/export --from root/dev").json

    assert done["published"] == len(ARCHIVES)
    assert digests(mypi) == expected()
    (file,) = mypi("--json show my-project").json["releases"][0]["files"]
    assert file["by"] == "root"


def test_another_mypi_comes_with_its_times_and_yanks(mypi, tmp_path):
    there = Keeper(tmp_path / "there")
    there.publish("stable", *ARCHIVES.items())
    there("yank hello==1.0 --reason 'eats data'")
    server = Server(tmp_path / "there")
    server.start()
    try:
        mypi(f"import simple {server.url}/simple/")
        again = mypi(f"--json import simple {server.url} --project Hello").json
    finally:
        server.stop()

    assert digests(mypi) == expected()
    assert again == {"published": 0, "unchanged": 3, "refused": []}
    assert times(mypi) == times(there)
    (yanked,) = [file for file in shown(mypi) if file["yanked"]]
    assert (yanked["filename"], yanked["yanked_reason"]) == (
        "hello-1.0-py3-none-any.whl",
        "eats data",
    )


def shown(mypi: Keeper) -> list[dict]:
    releases = mypi("--json show hello").json["releases"]
    return [file for release in releases for file in release["files"]]


def times(mypi: Keeper) -> dict[str, str]:
    return {file["filename"]: file["uploaded"] for file in shown(mypi)}
