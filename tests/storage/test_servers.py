"""Databases behind a server: one sentence when it is not there, and what its errors mean."""

import errno

import psycopg2
import pytest
from relstorage.storage.interfaces import StorageDisconnectedDuringCommit
from ZEO.Exceptions import ClientDisconnected, ServerException

from mypi.errors import CannotStart
from mypi.model.servers import open_server
from mypi.model.troubles import Trouble, trouble_of
from tests.serving import free_port


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
