"""The three indexes, each a process of its own on loopback with its data in its own folder."""

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench import load
from bench.corpus import Archive
from tests.serving import ROOT, free_port

PEERS = ROOT / ".clients" / "bench"
"""The peers' virtual environment; remove it to have the newest releases."""

REQUIRES = ("pypiserver[cache]", "devpi-server", "devpi-web", "waitress", "setuptools<82")
START = 120
"""Seconds within which a server has to answer."""

SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"


def install_peers() -> None:
    """Make the peers' environment, if it is not there yet."""
    if (PEERS / "complete").exists():
        return
    print("installing the peers into .clients/bench ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", PEERS], check=True)
    pip = [PEERS / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *REQUIRES], check=True)
    (PEERS / "complete").touch()


class Server:
    """An index server.  ``prefix`` is the index's path, ``headers`` are sent with uploads."""

    name = ""
    packages: tuple[str, ...] = ()
    prefix = "/"
    simple = "simple/"
    json = True
    etag = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.folder.mkdir()
        self.port = free_port()
        self.headers: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What starts it."""
        raise NotImplementedError

    def prepare(self) -> None:
        """What is done once before the first start."""

    def load(self, archives: list[Archive]) -> None:
        """Store the corpus, 4 uploads at once."""
        load.drive(self.port, map(self.upload, archives), connections=4)

    def upload(self, archive: Archive) -> bytes:
        """The request that uploads ``archive``."""
        body, kind = archive.form()
        return load.request("POST", self.prefix, body, Content_Type=kind, **self.headers)

    def page(self, project: str, **headers: str) -> bytes:
        """The request for a project's page; without a name, for the list of projects."""
        path = f"{self.prefix}{self.simple}{project}/" if project else self.prefix + self.simple
        return load.request("GET", path, **{"Accept": "text/html", **headers})

    def file(self, archive: Archive) -> bytes:
        """The request for a file."""
        raise NotImplementedError

    def start(self, path: str = "") -> float:
        """Start, and return the seconds until ``path`` (the list of projects) was answered."""
        probe = load.request("GET", path or self.prefix + self.simple, Accept="*/*")
        begun = time.perf_counter()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        while not self._answers(probe):
            if self.process.poll() is not None or time.perf_counter() - begun > START:
                log_text = (self.folder / "log").read_text(errors="replace")
                raise SystemExit(f"{self.name} does not answer:\n{log_text[-3_000:]}")
            time.sleep(0.01)
        return time.perf_counter() - begun

    def stop(self) -> None:
        """SIGTERM, and SIGKILL to one that does not heed it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def settle(self) -> None:
        """Return when it has been idle for half a second (devpi-web indexes after an upload)."""
        before = self._cpu()
        for _half_second in range(240):
            time.sleep(0.5)
            now = self._cpu()
            if now - before < 0.03:
                return
            before = now

    def memory(self) -> float:
        """Resident memory, in MiB."""
        for line in self._proc("status").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def _cpu(self) -> float:
        fields = self._proc("stat").rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK") if fields else 0.0

    def _proc(self, name: str) -> str:
        """``/proc`` of the process; empty where there is none (then memory is not reported)."""
        assert self.process is not None
        with contextlib.suppress(OSError):
            return Path(f"/proc/{self.process.pid}/{name}").read_text()
        return ""

    def _answers(self, probe: bytes) -> bool:
        with contextlib.suppress(ConnectionRefusedError):
            load.fetch(self.port, probe)
            return True
        return False


class Mypi(Server):
    """This repository's working tree: ``pserve production.ini``."""

    name = "mypi"
    packages = ("mypi",)
    etag = True

    def command(self) -> list[str]:
        """The command of the README."""
        pserve = Path(sys.executable).with_name("pserve")
        arguments = [f"http_port={self.port}", f"data={self.folder / 'var'}"]
        return [str(pserve), "production.ini", *arguments]

    def file(self, archive: Archive) -> bytes:
        """Files are below their project."""
        return load.request("GET", f"/packages/stable/{archive.project}/{archive.filename}")


class Pypiserver(Server):
    """pypiserver with its watching cache; anybody may upload."""

    name = "pypiserver"
    packages = ("pypiserver",)
    json = False

    @property
    def store(self) -> Path:
        """Its packages lie in one flat folder."""
        return self.folder / "packages"

    def prepare(self) -> None:
        """Make the folder."""
        self.store.mkdir()

    def command(self) -> list[str]:
        """Open, without asking the public index for what is missing."""
        options = "--disable-fallback -a . -P . --backend cached-dir -i 127.0.0.1".split()
        program = str(PEERS / "bin" / "pypi-server")
        return [program, "run", *options, "-p", str(self.port), str(self.store)]

    def load(self, archives: list[Archive]) -> None:
        """Copying is how a pypiserver is filled (uploads slow down with the number of files)."""
        for archive in archives:
            (self.store / archive.filename).write_bytes(archive.content)

    def file(self, archive: Archive) -> bytes:
        """All files are in one folder."""
        return load.request("GET", f"/packages/{archive.filename}")


class Devpi(Server):
    """devpi-server with devpi-web and core metadata; one stage index that anybody may read."""

    name = "devpi"
    packages = ("devpi-server", "devpi-web")
    prefix = "/bench/dev/"
    simple = "+simple/"

    def prepare(self) -> None:
        """Make the database, a user and an index."""
        for command in (
            ["devpi-init", "--serverdir", self.folder / "data", "--no-root-pypi"],
            ["devpi-gen-secret", "--secretfile", self.folder / "secret"],
        ):
            subprocess.run(
                [PEERS / "bin" / command[0], *command[1:]], check=True, stdout=-3, stderr=-3
            )
        self.start("/+api")
        user = {"user": "bench", "password": "bench"}
        self._call("PUT", "/bench", {"password": "bench"}, 201)
        token = self._call("POST", "/+login", user)["result"]["password"]
        self.headers = {"X-Devpi-Auth": base64.b64encode(f"bench:{token}".encode()).decode()}
        self._call("PUT", "/bench/dev", {"type": "stage", "bases": []})
        self.stop()

    def command(self) -> list[str]:
        """Without connections to other indexes."""
        options = "--offline-mode --enable-core-metadata --host 127.0.0.1".split()
        folders = ["--serverdir", str(self.folder / "data")]
        folders += ["--secretfile", str(self.folder / "secret")]
        program = str(PEERS / "bin" / "devpi-server")
        return [program, *folders, *options, "--port", str(self.port)]

    def file(self, archive: Archive) -> bytes:
        """Addresses of files hold a part of their sha256."""
        sha256 = archive.sha256
        path = f"{self.prefix}+f/{sha256[:3]}/{sha256[3:16]}/{archive.filename}"
        return load.request("GET", path)

    def _call(self, method: str, path: str, said: dict[str, object], status: int = 200) -> dict:
        body = json.dumps(said).encode()
        kinds = {"Content_Type": "application/json", "Accept": "application/json"}
        sent = load.request(method, path, body, **kinds, **self.headers)
        return json.loads(load.fetch(self.port, sent, status)[1])


KINDS = (Mypi, Pypiserver, Devpi)
