"""Webhooks of real servers: nothing is lost when one is killed; of two on a database, one sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mypi.model import Site
from mypi.model.site import ROOT_KEY
from mypi.model.storage import open_database
from mypi.model.uris import complete
from mypi.services import webhooks
from mypi.services.actor import Actor
from mypi.services.leases import Lease
from mypi.services.webhooks.sender import LEASE
from mypi.services.webhooks.signing import signature
from tests.engines import ENGINES, Engine
from tests.factories import wheel
from tests.posting import upload
from tests.receiving import Receiver
from tests.serving import Server
from tests.waiting import until

ROOT = Actor("root", 1.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as it:
        yield it


@pytest.fixture(params=["zeo", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with ENGINES[request.param](tmp_path / "var") as engine:
        yield engine


@contextmanager
def site(uri: str, folder: Path) -> Iterator[Site]:
    """The site in the database beside whatever servers it has; changes are committed."""
    database = open_database(complete(uri, folder), "", {})
    try:
        with database.transaction() as connection:
            yield connection.root()[ROOT_KEY]
    finally:
        database.close()


def add(uri: str, folder: Path, receiver: Receiver, *events: str) -> str:
    """The secret of a new webhook."""
    with site(uri, folder) as it:
        return webhooks.add(it, receiver.url, ROOT, events=events or ["publish"]).secret


def publish(server: Server, *versions: str) -> None:
    for version in versions:
        assert upload(server.url, *wheel("six", version)).status == 200


def told(receiver: Receiver, count: int) -> list[Any]:
    """The versions of the next messages."""
    return [receiver.next().json["version"] for _ in range(count)]


def test_what_a_killed_server_had_not_written_down_is_sent_again_with_the_same_id(
    tmp_path, receiver
):
    server = Server(tmp_path / "var").start()
    server.stop()
    with ENGINES["file"](server.data) as engine:
        secret = add(engine.uri, server.data, receiver)
    receiver.gate.clear()
    with server:
        publish(server, "1.0", "1.1", "1.2")
        first = receiver.next()
        server.kill()
        receiver.gate.set()

        server.start()
        again = receiver.next()

        assert (again.headers["Mypi-Delivery"], again.json) == (first.json["id"], first.json)
        assert told(receiver, 2) == ["1.1", "1.2"]
    time = int(again.headers["Mypi-Timestamp"])
    assert again.headers["Mypi-Signature"] == signature(secret, time, again.body)
    assert receiver.came.empty()


def test_a_server_that_stops_has_written_down_what_was_taken(tmp_path, receiver):
    server = Server(tmp_path / "var").start()
    server.stop()
    with ENGINES["file"](server.data) as engine:
        add(engine.uri, server.data, receiver)
    with server:
        publish(server, "1.0", "1.1")
        assert told(receiver, 2) == ["1.0", "1.1"]
        assert server.stop() == 0

        server.start()
        publish(server, "1.2")

        assert told(receiver, 1) == ["1.2"]
    assert receiver.came.empty()


def test_a_receiver_that_hangs_delays_neither_uploads_nor_the_end_of_the_server(tmp_path, receiver):
    server = Server(tmp_path / "var").start()
    server.stop()
    with ENGINES["file"](server.data) as engine:
        add(engine.uri, server.data, receiver)
    receiver.gate.clear()
    with server:
        publish(server, "1.0")
        receiver.next()
        publish(server, "1.1", "1.2")

        assert server.stop() == 0

        receiver.gate.set()
        server.start()
        assert told(receiver, 3) == ["1.0", "1.1", "1.2"]


def test_of_two_servers_one_sends_what_either_takes_in_order(engine, tmp_path, receiver):
    pair = [Server(tmp_path / f"server-{number}", uri=engine.uri) for number in range(2)]
    versions = [f"1.{number}" for number in range(20)]
    with pair[0], pair[1]:
        add(engine.uri, tmp_path / "var", receiver)
        for number, version in enumerate(versions):
            publish(pair[number % 2], version)

        assert told(receiver, 20) == versions
    assert receiver.came.empty()


def test_when_the_server_that_sends_stops_the_other_goes_on(engine, tmp_path, receiver):
    pair = [Server(tmp_path / f"server-{number}", uri=engine.uri) for number in range(2)]
    with pair[0], pair[1]:
        add(engine.uri, tmp_path / "var", receiver)
        publish(pair[0], "1.0")
        assert told(receiver, 1) == ["1.0"]

        pair[0].stop()
        publish(pair[1], "1.1")
        assert told(receiver, 1) == ["1.1"]
        pair[0].start()
        pair[1].stop()
        publish(pair[0], "1.2")

        assert told(receiver, 1) == ["1.2"]
    assert receiver.came.empty()


def test_after_the_lease_of_a_killed_server_the_other_sends_what_is_left(
    engine, tmp_path, receiver
):
    pair = [Server(tmp_path / f"server-{number}", uri=engine.uri) for number in range(2)]
    receiver.gate.clear()
    with pair[0]:
        add(engine.uri, tmp_path / "var", receiver)
        publish(pair[0], "1.0")
        assert told(receiver, 1) == ["1.0"]
        pair[0].kill()
        receiver.gate.set()
        with pair[1]:
            publish(pair[1], "1.1")

            a_minute_passes(engine.uri, tmp_path / "var")

            assert told(receiver, 2) == ["1.0", "1.1"]
            until(lambda: waiting(engine.uri, tmp_path / "var") == 0)
    assert receiver.came.empty()


def a_minute_passes(uri: str, folder: Path) -> None:
    """The lease of whoever is gone is over."""
    with site(uri, folder) as it:
        it.leases[LEASE] = tuple(Lease(it.leases[LEASE][0], 0.0))


def waiting(uri: str, folder: Path) -> int:
    with site(uri, folder) as it:
        return webhooks.lag(it)
