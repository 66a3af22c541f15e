"""Servers are restarted while people install and publish: not one request fails."""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.engines import ENGINES
from tests.factories import wheel
from tests.fronts import Behind, Front, nginx
from tests.posting import form, post, upload_fields
from tests.serving import Server, free_port
from tests.waiting import until
from tests.wire import JSON

ROUNDS = int(os.environ.get("ROUNDS", "1"))
"""How often each server is restarted.  Several, to measure: ``ROUNDS=5 pytest -s``."""


class Load:
    """Threads that do their work again and again, until they are told to stop."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []
        self.lock = threading.Lock()

    def work(self, name: str, step: Callable[[int], object]) -> None:
        """Do ``step`` with 0, 1, 2...; what it raises is a failure."""
        number = 0
        while not self.stop.is_set():
            try:
                step(number)
            except Exception as error:
                with self.lock:
                    self.failed.append(f"{name} {number}: {error!r}"[:2000])
            number += 1
            with self.lock:
                self.done[name] += 1

    @contextmanager
    def on(self, workers: dict[str, Callable[[int], object]]) -> Iterator[None]:
        """The workers are at work; each has done something before, and after."""
        threads = [threading.Thread(target=self.work, args=it) for it in workers.items()]
        for thread in threads:
            thread.start()
        try:
            self.until_more(workers)
            yield
            self.until_more(workers)
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def until_more(self, workers: dict[str, Callable[[int], object]]) -> None:
        """Return when every worker has finished something that it began later than this."""
        before = Counter(self.done)
        until(lambda: all(self.done[name] >= before[name] + 2 for name in workers))


def reader(front: Front, connection: http.client.HTTPConnection) -> Callable[[int], object]:
    """Reads a page and a file as an installer does, on one connection."""

    def ask(path: str) -> bytes:
        connection.request("GET", path, headers={"Accept": JSON})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, body)
        return body

    def step(number: int) -> None:
        (file,) = json.loads(ask("/simple/six/"))["files"]
        content = ask(f"/packages/stable/six/{file['filename']}")
        assert hashlib.sha256(content).hexdigest() == file["hashes"]["sha256"]

    return step


def publisher(front: Front, name: str, sent: list[str]) -> Callable[[int], object]:
    """Publishes a version at a time."""

    def step(number: int) -> None:
        filename, content = wheel(name, f"1.{number}", files={"data": os.urandom(200_000)})
        body, kind = form(upload_fields(content), filename, content)
        answer = front.ask("/", "POST", body, Content_Type=kind)
        assert answer.status == 200, (answer.status, answer.text)
        sent.append(filename)

    return step


def installer(front: Front, folder: Path) -> Callable[[int], object]:
    """A real pip, which is not asked to try again."""
    words = f"--isolated --no-cache-dir --no-deps --retries 0 -i {front.url}/simple/ --upgrade"

    def step(number: int) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", *words.split(), "-t", folder / "there", "six"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "REQUESTS_CA_BUNDLE": str(front.pem)},
        )
        assert done.returncode == 0, done.stdout

    return step


BLOBS = {"zeo": {}, "postgresql": {"/var/blobs": "/var/blob-cache"}}
"""What of nginx's file depends on where the archives are."""


@pytest.mark.parametrize("storage", BLOBS)
def test_two_servers_behind_nginx_are_restarted_in_turn(tmp_path, storage):
    ports = free_port(), free_port()
    data = tmp_path / "var"
    with ExitStack() as stack:
        engine = stack.enter_context(ENGINES[storage](data))
        front = stack.enter_context(nginx(tmp_path, data, ports=ports, changed=BLOBS[storage]))
        servers = [
            stack.enter_context(Behind(data, port, front.conf, engine.uri)) for port in ports
        ]
        assert publish_six(servers[0]) == 200
        sent: list[str] = []
        load = Load()
        workers = {
            "reading": reader(front, stack.enter_context(front.connection())),
            "reading too": reader(front, stack.enter_context(front.connection())),
            "publishing": publisher(front, "apple", sent),
            "publishing too": publisher(front, "pear", sent),
            "installing": installer(front, tmp_path),
        }

        with load.on(workers):
            for _ in range(ROUNDS):
                for server in servers:
                    assert server.stop() == 0, server.log.read_text()
                    server.start()

        print(f"{sum(load.done.values())} {dict(load.done)} failed: {len(load.failed)}")
        assert load.failed == []
        served = [*servers[1].listed("apple"), *servers[1].listed("pear")]
        assert sorted(served) == sorted(sent)


def publish_six(server: Server) -> int:
    filename, content = wheel("six", "1.0", files={"data": os.urandom(500_000)})
    return post(f"{server.url}/", *form(upload_fields(content), filename, content)).status


class Held(Behind):
    """A server that gets its listening socket as systemd gives it, again at each start."""

    def __init__(self, data: Path, listening: socket.socket, conf: str) -> None:
        super().__init__(data, listening.getsockname()[1], conf)
        self.listening = listening

    def popen(self, words: list[str], **kw: object) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            ["sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh", *words],
            preexec_fn=lambda: os.dup2(self.listening.fileno(), 3),
            pass_fds=(3,),
            **kw,
        )


def test_one_server_is_restarted_while_systemd_holds_its_socket(tmp_path):
    data = tmp_path / "var"
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        front = stack.enter_context(nginx(tmp_path, data, ports=(listening.getsockname()[1],)))
        server = stack.enter_context(Held(data, listening, front.conf))
        assert publish_six(server) == 200
        sent: list[str] = []
        load = Load()
        workers = {
            "reading": reader(front, stack.enter_context(front.connection())),
            "publishing": publisher(front, "apple", sent),
        }

        with load.on(workers):
            for _ in range(ROUNDS):
                assert server.stop() == 0, server.log.read_text()
                server.start()

        assert load.failed == []
        assert sorted(server.listed("apple")) == sorted(sent)
