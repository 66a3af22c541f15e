"""What all servers have in common: how they are started, filled, asked and looked at."""

import contextlib
import signal
import subprocess
import time
from pathlib import Path

from bench import load
from bench.corpus import Archive
from bench.parts import Part
from bench.servers import processes
from tests.serving import ROOT, free_port

START = 120
"""Seconds within which a server has to answer."""

SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"


class Server:
    """An index server.  ``prefix`` is the index's path, ``headers`` are sent with uploads."""

    name = ""
    prefix = "/"
    simple = "simple/"
    json = True
    etag = False
    uploads = True
    fills_by = "uploads"
    fills_stopped = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.folder.mkdir()
        self.port = free_port()
        self.headers: dict[str, str] = {}
        self.stored = 0
        self.running: list[subprocess.Popen[bytes]] = []

    @classmethod
    def is_available(cls) -> bool:
        """Whether it is installed."""
        return True

    @property
    def data(self) -> Path:
        """The folder with all that it has on the disk."""
        return self.folder

    @property
    def url(self) -> str:
        """What installers are told."""
        return f"http://127.0.0.1:{self.port}{self.prefix}{self.simple}"

    def command(self) -> list[str]:
        """What starts it."""
        raise NotImplementedError

    def before(self) -> list[str]:
        """What starts the web server before it, if there is one."""
        return []

    def prepare(self) -> None:
        """What is done once before the first start."""

    def fill(self, part: Part) -> None:
        """Store a part of the corpus: 4 uploads at once."""
        load.drive(self.port, map(self.upload, part.archives()), connections=4)

    def upload(self, archive: Archive) -> bytes:
        """The request that uploads ``archive``."""
        body, kind = archive.form()
        return load.request("POST", self.prefix, body, Content_Type=kind, **self.headers)

    def page(self, project: str, **headers: str) -> bytes:
        """The request for a project's page; without a name, for the list of projects."""
        path = f"{self.prefix}{self.simple}{project}/" if project else self.prefix + self.simple
        headers = {"Accept": "text/html", **headers}
        return load.request("GET", path, **headers)  # type: ignore[arg-type]

    def file(self, archive: Archive) -> bytes:
        """The request for a file."""
        raise NotImplementedError

    def search(self, words: str) -> bytes | None:
        """The request for a search in names, summaries and READMEs; None without such a search."""
        return None

    def start(self, path: str = "") -> float:
        """Start, and return the seconds until ``path`` (the list of projects) was answered."""
        probe = load.request("GET", path or self.prefix + self.simple, Accept="*/*")
        begun = time.perf_counter()
        commands = [words for words in (self.command(), self.before()) if words]
        with (self.folder / "log").open("ab") as log:
            self.running = [
                subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
                for words in commands
            ]
        while not self._answers(probe):
            ended = any(process.poll() is not None for process in self.running)
            if ended or time.perf_counter() - begun > START:
                text = (self.folder / "log").read_text(errors="replace")
                raise SystemExit(f"{self.name} does not answer:\n{text[-3_000:]}")
            time.sleep(0.01)
        return time.perf_counter() - begun

    def stop(self) -> None:
        """SIGTERM, and SIGKILL to one that does not heed it."""
        for process in reversed(self.running):
            if process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running = []

    def settle(self) -> float:
        """Return when it has been idle for half a second (devpi-web indexes after an upload).

        The seconds that it was busy for are returned.
        """
        begun = time.perf_counter()
        before = processes.cpu(self.processes())
        for _half_second in range(1200):
            time.sleep(0.5)
            now = processes.cpu(self.processes())
            if now - before < 0.03:
                break
            before = now
        return time.perf_counter() - begun - 0.5

    def processes(self) -> list[int]:
        """All of its processes."""
        return processes.of_sessions({process.pid for process in self.running})

    def memory(self) -> float:
        """Resident memory of all its processes, in MiB."""
        return processes.memory(self.processes())

    def _answers(self, probe: bytes) -> bool:
        with contextlib.suppress(ConnectionError, load.Failed):
            load.fetch(self.port, probe)
            return True
        return False
