"""Exports and their way back through running servers, also when they are interrupted."""

import json
import signal
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from ZODB.blob import is_blob_record
from ZODB.FileStorage import FileIterator

from tests.commandline import ended, typed
from tests.engines import postgresql, zeo
from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server
from tests.waiting import until

COUNT = 600


def start(server: Server, line: str) -> subprocess.Popen[str]:
    return typed(server.data, "--json", *line.split(), ini=server.ini)


def mypi(server: Server, line: str) -> dict:
    said = ended(start(server, line))
    assert said.code == 0, f"{said.out}\n{said.err}"
    return said.json


def publish(server: Server, name: str, version: str) -> None:
    answer = upload(server.url + "/", *wheel(name, version))
    assert answer.status == 200, answer


def filled(server: Server, folder: Path, count: int) -> None:
    """Import ``count`` archives, each a project of its own."""
    folder.mkdir()
    for number in range(count):
        name, content = wheel(f"demo-{number}", "1.0")
        (folder / name).write_bytes(content)
    mypi(server, f"import folder {folder}")


def digests(folder: Path) -> dict[str, bytes]:
    """What is told of each project, and each archive."""
    paths = [*folder.rglob("project.json"), *folder.rglob("*.whl"), *folder.rglob("journal.jsonl")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def has_some(server: Server) -> bool:
    """Whether a transaction with archives was finished."""
    with closing(FileIterator(str(server.data / "Data.fs"))) as transactions:
        return any(is_blob_record(record.data) for each in transactions for record in each)


def count(server: Server) -> int:
    return int(json.loads(server.get("/+api/v1/indexes/stable"))["projects"])


def test_an_export_is_whole_while_others_publish(tmp_path):
    stopped = threading.Event()
    published: list[str] = []

    def go_on(server: Server) -> None:
        while not stopped.is_set():
            publish(server, "busy", f"1.{len(published)}")
            published.append(f"1.{len(published)}")

    with Server(tmp_path / "var") as server:
        filled(server, tmp_path / "packages", 100)
        publisher = threading.Thread(target=go_on, args=(server,))
        publisher.start()
        try:
            first = mypi(server, f"export folder {tmp_path}/export")
            again = mypi(server, f"export folder {tmp_path}/export")
        finally:
            stopped.set()
            publisher.join(60)

        assert first["problems"] == again["problems"] == []
        looked = mypi(server, f"export verify {tmp_path}/export")
        assert looked["problems"] == []
        assert published

    with Server(tmp_path / "new") as server:
        mypi(server, f"import all {tmp_path}/export")
        assert mypi(server, "check --deep")["problems"] == []
        assert mypi(server, f"export folder {tmp_path}/again")["problems"] == []
        assert digests(tmp_path / "again") == digests(tmp_path / "export")
        publish(server, "busy", "9.0")


@pytest.mark.parametrize("end", ["Ctrl-C", "kill -9 of the server"])
def test_an_import_goes_on_where_it_was(tmp_path, end):
    with Server(tmp_path / "var") as server:
        filled(server, tmp_path / "packages", COUNT)
        mypi(server, f"export folder {tmp_path}/export")

    with Server(tmp_path / "new") as server:
        process = start(server, f"import all {tmp_path}/export")
        until(lambda: has_some(server), process)
        if end == "Ctrl-C":
            process.send_signal(signal.SIGINT)
            said = ended(process)
            assert said.code == 130
        else:
            server.kill()
            said = ended(process)
            assert said.code not in (0, 130)
            server.start()
        assert "Traceback" not in said.err

        done = mypi(server, f"import all {tmp_path}/export")

        # What came before the interruption is not taken again.
        assert done["files"] < COUNT
        assert count(server) == COUNT
        assert mypi(server, "check --deep")["problems"] == []
        mypi(server, f"export folder {tmp_path}/again")
        assert digests(tmp_path / "again") == digests(tmp_path / "export")


@pytest.mark.parametrize("engine", [zeo, postgresql], ids=lambda it: it.__name__)
def test_it_goes_to_other_storages_and_back(tmp_path, engine):
    with Server(tmp_path / "var") as server:
        filled(server, tmp_path / "packages", 20)
        mypi(server, f"export folder {tmp_path}/export")

    with (
        engine(tmp_path / "engine") as it,
        Server(tmp_path / "new", uri=it.uri) as server,
    ):
        mypi(server, f"import all {tmp_path}/export")
        assert mypi(server, "check --deep")["problems"] == []
        mypi(server, f"export folder {tmp_path}/again")

    assert digests(tmp_path / "again") == digests(tmp_path / "export")
