"""A real server on loopback: ``pserve production.ini`` in a process of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[1]


PORTS = range(10_000, 32_000)
"""Below those that the kernel gives to outgoing connections: none of these takes one meanwhile."""
_next_port = os.getpid() * 97


def free_port() -> int:
    """A port that nobody listens on; never twice, and other processes begin elsewhere."""
    global _next_port
    while True:
        _next_port += 1
        port = PORTS[_next_port % len(PORTS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


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
        while True:
            try:
                self.get("/simple/")
            except urllib.error.URLError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.05)
                    raise AssertionError(self.log.read_text()) from None
            else:
                return self

    def popen(self, words: list[str], **kw: Any) -> "subprocess.Popen[bytes]":
        """The process that runs ``words``."""
        return subprocess.Popen(words, **kw)

    def get(self, path: str, accept: str = "*/*") -> bytes:
        """The body of ``path``."""
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=30) as response:
            body: bytes = response.read()
            return body

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
