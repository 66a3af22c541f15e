"""The storages that an index can stand on, each really running on loopback.

An engine is a context made with the data folder of the index, which has its ``blobs``.
"""

import functools
import getpass
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.serving import free_port, wait_for
from tests.waiting import PATIENCE, until

TEMPORARY = tempfile.gettempdir()
"""Before an application under test makes it a folder of its own."""


@dataclass
class Engine:
    """A storage: ``uri`` is what ``zodbconn.uri`` says, ``process`` the server behind it, if any.

    ``is_shared`` when several processes can use it at once.
    """

    uri: str
    process: "subprocess.Popen[bytes] | None" = None
    is_shared: bool = True


@contextmanager
def files(data: Path) -> Iterator[Engine]:
    """A file storage; one process at a time."""
    yield Engine(f"file://{data}/Data.fs?blobstorage_dir={data}/blobs", is_shared=False)


@contextmanager
def zeo(data: Path, port: int | None = None) -> Iterator[Engine]:
    """A ZEO server in a process of its own, on mypi's own file storage; its blobs are shared."""
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    settings = data.with_name("zeo.conf")
    settings.write_text(
        f"%import mypi.model\n<zeo>\n  address 127.0.0.1:{port}\n</zeo>\n"
        f"<mypi-data 1>\n  path {data}\n</mypi-data>\n"
    )
    with data.with_name("zeo.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ZEO.runzeo", "-C", str(settings)], stdout=log, stderr=log
        )
    wait_for(port, process)
    try:
        yield Engine(
            f"zeo://127.0.0.1:{port}?blob_dir={data}/blobs&shared_blob_dir=true"
            f"&wait_timeout={PATIENCE}",
            process,
        )
    finally:
        process.kill()  # a server that loses something by this is what other tests look for
        process.wait()


@contextmanager
def postgresql(data: Path) -> Iterator[Engine]:
    """A database of its own on the PostgreSQL of this run."""
    cluster = _cluster()
    name = f"mypi_{uuid.uuid4().hex}"
    cluster.run("createdb", name)
    try:
        yield Engine(cluster.uri(name), cluster.process)
    finally:
        cluster.run("dropdb", "--force", "--if-exists", name)


ENGINES: dict[str, Callable[[Path], Any]] = {"file": files, "zeo": zeo, "postgresql": postgresql}


class Cluster:
    """A PostgreSQL server with its data in ``folder``; it never runs as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        self.process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        self.run("initdb", "-D", f"{folder}/data", "-U", self.user, "-A", "trust", "--no-sync")

    def start(self) -> None:
        """Start it, and return when it answers."""
        options = f"-D {self.folder}/data -k {self.folder} -h 127.0.0.1 -p {self.port} -N 200"
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program("postgres"), *options.split()],
                stdout=log,
                stderr=log,
                **self._as_user(),
            )
        until(lambda: self.said("pg_isready").returncode == 0, self.process)

    def stop(self) -> None:
        """End it at once, with what is connected."""
        assert self.process is not None
        self.process.send_signal(2)  # SIGINT: "fast"
        self.process.wait(PATIENCE)

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's own programs on it."""
        done = self.said(program, *words)
        assert done.returncode == 0, done.stdout

    def said(self, program: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """What one of PostgreSQL's own programs came to."""
        where = {} if program == "initdb" else {"PGHOST": "127.0.0.1", "PGPORT": str(self.port)}
        return subprocess.run(
            [_program(program), *words],
            env={**os.environ, **where, "PGUSER": self.user},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self._as_user(),
        )

    def uri(self, database: str) -> str:
        """The address of a database, for ``zodbconn.uri``."""
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def _as_user(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        entry = pwd.getpwnam("postgres")
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@functools.cache
def _cluster() -> Cluster:
    """One for the whole run, gone with it."""
    import atexit

    stack = ExitStack()
    folder = Path(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="postgresql-", dir=TEMPORARY))
    )
    folder.chmod(0o755)
    cluster = Cluster(folder)
    cluster.start()
    stack.callback(cluster.stop)
    atexit.register(stack.close)
    return cluster


def _program(name: str) -> str:
    """A program of PostgreSQL; Debian keeps those of a server out of the PATH."""
    found = shutil.which(name) or max(
        (str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), default=None
    )
    assert found, f"PostgreSQL's {name} is not installed"
    return found
