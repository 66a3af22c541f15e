"""Databases behind a server: one sentence when it is not there, and what its errors mean."""

import contextlib
import errno
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from relstorage.storage.interfaces import StorageDisconnectedDuringCommit
from ZEO.Exceptions import ClientDisconnected, ServerException

from mypi import make_app
from mypi.errors import CannotStart
from mypi.model.servers import open_server
from mypi.model.troubles import Trouble, trouble_of
from mypi.model.uris import complete
from mypi.services import health
from tests import engines
from tests.serving import free_port
from tests.waiting import until


@pytest.mark.parametrize("scheme", ["zeo", "postgres"])
def test_a_server_that_does_not_answer_is_one_sentence(scheme, tmp_path):
    place = f"127.0.0.1:{free_port()}"
    uri = {
        "zeo": f"zeo://{place}?blob_dir={tmp_path}&shared_blob_dir=true&wait_timeout=1",
        "postgres": f"postgres://ada:secret@{place}/mypi?blob_dir={tmp_path}",
    }[scheme]

    with pytest.raises(CannotStart, match=r"does not answer: .*Start its server") as caught:
        open_server(uri)

    assert place in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_that_a_zeo_server_gave_before_it_went_are_not_used_any_more(tmp_path):
    """It gives them again, to somebody else perhaps: both would make an object of that number."""
    port = free_port()
    with engines.zeo(tmp_path / "var", port) as engine:
        one, _options = open_server(complete(engine.uri, tmp_path / "var"))
        one.new_oid()
    with engines.zeo(tmp_path / "var", port) as engine:
        other, _options = open_server(complete(engine.uri, tmp_path / "var"))
        theirs = {other.new_oid() for _ in range(50)}
        until(one.is_connected)
        ours = {one.new_oid() for _ in range(50)}
        one.close()
        other.close()

    assert len(ours) == len(theirs) == 50
    assert not ours & theirs


def test_many_who_ask_postgresql_for_its_health_at_once_leave_no_transaction_open(tmp_path):
    """One that stays open keeps PostgreSQL from cleaning up."""
    with engines.postgresql(tmp_path / "var") as engine:
        wsgi = make_app(
            {"zodbconn.uri": engine.uri, "mypi.data": str(tmp_path), "mypi.min_free": "0"}
        )
        registry = wsgi.registry
        with ThreadPoolExecutor(4) as pool:
            found = list(
                pool.map(lambda _n: health.examine(registry.database, registry.room), range(100))
            )
        with contextlib.closing(psycopg2.connect(engine.uri)) as beside:
            cursor = beside.cursor()
            cursor.execute(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and state like 'idle in transaction%'"
            )
            (count,) = cursor.fetchone()
        registry.database.close()

    assert {(tuple(it.reading), tuple(it.publishing)) for it in found} == {((), ())}
    assert count == 0


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (ClientDisconnected("on disconnect"), Trouble.AWAY),
        (ServerException("builtins.OSError", (errno.ENOSPC, "No space")), Trouble.NO_ROOM),
        (ServerException("builtins.OSError", (errno.EIO, "Input/output")), None),
        (ServerException("builtins.ValueError", ("wrong",)), None),
        (ServerException("builtins.OSError", ()), None),
        (ServerException(), None),
    ],
    ids=["disconnected", "full", "failing", "another", "bare", "empty"],
)
def test_of_a_zeo_server(error, trouble):
    assert trouble_of(error) is trouble


class Told(psycopg2.Error):
    """An error with the code that PostgreSQL gave."""

    pgcode = ""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.pgcode = code


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (psycopg2.OperationalError("server closed the connection"), Trouble.AWAY),
        (psycopg2.InterfaceError("connection already closed"), Trouble.AWAY),
        (StorageDisconnectedDuringCommit(), Trouble.AWAY),
        (Told("53100"), Trouble.NO_ROOM),
        (Told("25006"), Trouble.NO_ROOM),
        (psycopg2.ProgrammingError("syntax error"), None),
    ],
    ids=["cut", "closed", "in-commit", "full", "for-reading", "another"],
)
def test_of_postgresql(error, trouble):
    assert trouble_of(error) is trouble
