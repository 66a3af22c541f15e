"""A folder of many archives comes in through a running server, also when that is interrupted."""

import contextlib
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.commandline import hear_ctrl_c
from tests.factories import wheel
from tests.serving import Server

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
    program = Path(sys.executable).with_name("mypi")
    words = ["-c", str(server.ini), "--set", f"data={server.data}", "--json", "import", "folder"]
    return subprocess.Popen(
        [program, *words, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
    )


def count(server: Server) -> int:
    """Projects of the index; each archive is one of its own."""
    return json.loads(server.get("/+api/v1/indexes/stable"))["projects"]


def test_after_ctrl_c_it_goes_on_where_it_was(tmp_path, folder):
    with Server(tmp_path / "var") as server:
        process = start(server, folder)
        while not count(server):
            assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=60)
        done = count(server)

        again = start(server, folder)
        out, _err = again.communicate(timeout=300)
        said = json.loads(out)

        assert process.returncode == 130
        assert "Traceback" not in err
        assert 0 < done < COUNT
        assert again.returncode == 0
        # The batch that was on its way may still arrive.
        assert said["unchanged"] >= done
        assert said["published"] + said["unchanged"] == COUNT
        assert count(server) == COUNT


def test_readers_and_publishers_go_on_while_it_imports(tmp_path, folder):
    with Server(tmp_path / "var") as server:
        process = start(server, folder)
        answered = threading.Event()

        def read() -> None:
            with contextlib.suppress(OSError):
                while process.poll() is None:
                    server.get("/simple/")
                answered.set()

        reader = threading.Thread(target=read)
        reader.start()
        out, err = process.communicate(timeout=300)
        reader.join(60)

        assert process.returncode == 0, err
        assert json.loads(out)["published"] == COUNT
        assert answered.is_set(), "a page was refused meanwhile"
