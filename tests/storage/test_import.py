"""A folder of many archives comes in through a running server, also when that is interrupted."""

import json
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.commandline import ended, typed
from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server
from tests.waiting import until

COUNT = 1_000


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    for number in range(COUNT):
        name, content = wheel(f"demo-{number}", "1.0")
        (folder / name).write_bytes(content)
    return folder


def start(server: Server, folder: Path) -> subprocess.Popen[str]:
    return typed(server.data, "--json", "import", "folder", str(folder))


def count(server: Server) -> int:
    """Projects of the index; each archive is one of its own."""
    return json.loads(server.get("/+api/v1/indexes/stable"))["projects"]


def test_after_ctrl_c_it_goes_on_where_it_was(tmp_path, folder):
    with Server(tmp_path / "var") as server:
        process = start(server, folder)
        until(lambda: count(server), process)
        process.send_signal(signal.SIGINT)
        first = ended(process)
        done = count(server)

        again = ended(start(server, folder))

        assert first.code == 130
        assert "Traceback" not in first.err
        assert 0 < done < COUNT
        assert again.code == 0
        # The batch that was on its way may still arrive.
        assert again.json["unchanged"] >= done
        assert again.json["published"] + again.json["unchanged"] == COUNT
        assert count(server) == COUNT


def test_readers_and_publishers_go_on_while_it_imports(tmp_path, folder):
    with Server(tmp_path / "var") as server:
        process = start(server, folder)
        until(lambda: count(server), process)
        stopped = threading.Event()

        def go_on() -> list[int]:
            statuses = []
            while not stopped.is_set():
                server.get("/simple/")
                answer = upload(server.url, *wheel("meanwhile", f"1.{len(statuses)}"))
                statuses.append(answer.status)
            return statuses

        with ThreadPoolExecutor(1) as pool:
            answers = pool.submit(go_on)
            said = ended(process)
            stopped.set()

        assert said.code == 0, said.err
        assert said.json["published"] == COUNT
        assert set(answers.result()) == {200}
        assert len(server.listed("meanwhile")) == len(answers.result())
