"""Servers of mypi and of its database are killed, and come back: promises 1 to 3."""

import json
import os
import shutil
import tempfile
import urllib.error
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import engines
from tests.commandline import ended, typed
from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server
from tests.storage.writing import Writers, check_whole

ROUNDS = 4


class Database:
    """A server of a database that can be killed and started again; ``uri`` stays the same."""

    uri = ""

    def start(self) -> None:
        """It answers from now on."""

    def kill(self) -> None:
        """kill -9, or as near to it as the program allows."""


class Zeo(Database):
    """A ZEO server on mypi's own file storage in ``data``."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = engines.free_port()
        self._running = ExitStack()
        self.start()

    def start(self) -> None:
        self.engine = self._running.enter_context(engines.zeo(self.data, self.port))
        self.uri = self.engine.uri

    def kill(self) -> None:
        self.engine.process.kill()
        self.engine.process.wait(60)
        self._running.close()


class Postgresql(Database):
    """A PostgreSQL of its own."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self._cluster = engines.Cluster(folder)
        self._cluster.start()
        self._cluster.run("createdb", "mypi")
        self.uri = self._cluster.uri("mypi")

    def start(self) -> None:
        self._cluster.start()

    def kill(self) -> None:
        """PostgreSQL's "immediate": no clean end, and recovery at the next start."""
        process = self._cluster.process
        assert process is not None
        process.send_signal(3)
        process.wait(60)


@pytest.fixture(params=["zeo", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "zeo":
        it: Database = Zeo(tmp_path / "var")
        yield it
        it.kill()
        return
    with tempfile.TemporaryDirectory(prefix="postgresql-", dir=engines.TEMPORARY) as folder:
        it = Postgresql(Path(folder))
        yield it
        it.kill()


@pytest.fixture
def server(database: Database, tmp_path: Path) -> Server:
    """Not started yet."""
    return Server(tmp_path / "var", uri=database.uri)


def test_killed_servers_lose_nothing_acknowledged(server, database):
    acknowledged: dict[str, bytes] = {}
    for number in range(ROUNDS):
        server.start()
        writers = Writers(server, number)
        for _ack in range(number * 3 + 2):
            writers.acks.get(timeout=120)
        server.kill()
        writers.end()
        acknowledged |= writers.acknowledged
        assert writers.answers == []

    with server:
        assert strays_removed(server) == 0 or isinstance(database, Zeo)
        check_whole(server, acknowledged)


def strays_removed(server: Server) -> int:
    """How many; nothing else is found.  A killed client of ZEO leaves what it was handing over."""
    checked = ended(typed(server.data, "--json", "check", "--repair", ini=server.ini))
    problems = checked.json["problems"]
    assert all("a stray" in it["what"] and it["repaired"] for it in problems), problems
    return len(problems)


def test_a_database_that_is_killed_is_told_and_loses_nothing(server, database):
    with server:
        writers = Writers(server, 0)
        writers.acks.get(timeout=120)
        database.kill()
        assert writers.others.get(timeout=120) == 503
        assert is_away(server)
        database.start()
        seen = len(writers.acknowledged)
        while len(writers.acknowledged) < seen + 5:
            writers.acks.get(timeout=120)
        writers.end()

        assert {answer.status for answer in writers.answers} == {503}
        assert strays_removed(server) == 0 or isinstance(database, Zeo)
        check_whole(server, writers.acknowledged)
        assert "error at" not in server.log.read_text()


def is_away(server: Server) -> bool:
    """Pages answer 503 with a time to come back; health says what is the matter."""
    for page in ("/simple/crash/", "/+health", "/"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            server.get(page)
        with caught.value as answer:
            assert answer.code == 503, page
            assert answer.headers["Retry-After"] or page == "/+health"
    assert json.loads(server.get("/+health/live"))["status"] == "ok"
    return True


def test_a_torn_tail_of_the_database_is_cut_off(tmp_path):
    """What a power cut leaves of a transaction that was never acknowledged."""
    server = Server(tmp_path / "var")
    kept, torn = wheel("crash", "1.0"), wheel("crash", "2.0")
    path = server.data / "Data.fs"
    with server:
        assert upload(server.url, *kept).status == 200
        before = path.stat().st_size
        assert upload(server.url, *torn).status == 200
        server.kill()
    saved = server.data.rename(tmp_path / "saved")
    length = (saved / "Data.fs").stat().st_size - before
    for cut in (1, 20, length // 2, length - 1):
        shutil.copytree(saved, server.data)
        os.truncate(path, before + cut)
        (server.data / "Data.fs.index").unlink(missing_ok=True)
        with server:
            check_whole(server, dict([kept]))
            assert upload(server.url, *torn).status == 200
            check_whole(server, dict([kept, torn]))
            server.kill()
        shutil.rmtree(server.data)


def test_archives_that_are_missing_or_damaged_are_found_and_told(tmp_path):
    server = Server(tmp_path / "var")
    archives = [wheel("crash", f"1.{number}") for number in range(3)]
    with server:
        for filename, content in archives:
            assert upload(server.url, filename, content).status == 200
        missing, damaged, whole = sorted((server.data / "blobs").rglob("*.blob"))
        missing.unlink()
        damaged.chmod(0o600)
        damaged.write_bytes(damaged.read_bytes()[:-1])

        found = ended(typed(server.data, "check"))
        statuses = [status_of(server, filename) for filename, _content in archives]

        assert found.code == 1
        assert sorted(statuses) == [200, 500, 500]
        assert whole.exists()
        assert upload(server.url, *wheel("crash", "2.0")).status == 200


def status_of(server: Server, filename: str) -> int:
    try:
        server.get(f"/packages/stable/crash/{filename}")
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    return 200
