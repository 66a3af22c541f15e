"""A real server on loopback: ``pserve production.ini`` in a process of its own."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.waiting import until
from tests.wire import JSON

ROOT = Path(__file__).parents[1]


PORTS = range(10_000, 32_000)
"""Below those that the kernel gives to outgoing connections: none of these takes one meanwhile."""
CLAIMED = Path(tempfile.gettempdir()) / f"mypi-ports-{os.getuid()}"
"""A file with a byte for each port, locked by the process whose port it is as long as it lives."""
_claims = CLAIMED.open("ab")
_next_port = os.getpid() * 97


def free_port() -> int:
    """A port that nobody listens on, and that no test of any process is given besides."""
    global _next_port
    while True:
        _next_port += 1
        port = PORTS[_next_port % len(PORTS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            fcntl.lockf(_claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            return port


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when ``process`` answers at ``port``."""

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, process)


def with_uri(ini: str, uri: str) -> str:
    """``ini`` with its one line changed that says where the database is."""
    lines = ini.splitlines(keepends=True)
    number = next(i for i, line in enumerate(lines) if line.startswith("# zodbconn.uri = "))
    lines[number] = f"zodbconn.uri = {uri.replace('%', '%%')}\n"
    return "".join(lines)


class Server:
    """``pserve production.ini`` on ``port`` with its data in ``data``; its log is ``log``.

    ``uri`` is the address of another database than the one in that folder.
    """

    def __init__(self, data: Path, port: int | None = None, uri: str = "") -> None:
        self.data = data
        self.ini = ROOT / "production.ini"
        if uri:
            self.ini = data.with_name(data.name + ".ini")
            self.ini.write_text(with_uri((ROOT / "production.ini").read_text(), uri))
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.with_name(data.name + ".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        """Start, and return when it answers."""
        with self.log.open("ab") as log:
            self.process = self.popen(
                [
                    str(Path(sys.executable).with_name("pserve")),
                    str(self.ini),
                    f"http_port={self.port}",
                    f"data={self.data}",
                ],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        try:
            until(self._answers, self.process)
        except AssertionError:
            raise AssertionError(self.log.read_text()) from None
        return self

    def _answers(self) -> bool:
        try:
            self.get("/simple/")
        except urllib.error.URLError:
            return False
        return True

    def popen(self, words: list[str], **kw: Any) -> "subprocess.Popen[bytes]":
        """The process that runs ``words``."""
        return subprocess.Popen(words, **kw)

    def get(self, path: str, accept: str = "*/*") -> bytes:
        """The body of ``path``."""
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=30) as response:
            body: bytes = response.read()
            return body

    def listed(self, project: str, index: str = "") -> dict[str, str]:
        """File names and sha256 on the page of a project in ``index``; empty if there is none."""
        try:
            page = json.loads(self.get(f"{index}/simple/{project}/", JSON))
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 404:
                    raise
            return {}
        return {file["filename"]: file["hashes"]["sha256"] for file in page["files"]}

    def found(self, word: str) -> int:
        """How many projects a search finds: a moment behind publishing."""
        return int(json.loads(self.get(f"/+api/v1/indexes/stable/search?q={word}"))["total"])

    def left_behind(self) -> list[str]:
        """Files of uploads on their way."""
        folder = self.data / "blobs" / "tmp"
        return [path.name for path in folder.iterdir() if path.is_file()]

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()
