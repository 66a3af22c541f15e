"""Several processes that are the first to open one database, all in the same moment."""

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import transaction
from ZODB.DB import DB

from mypi.model.evolve import STEPS, evolve
from mypi.model.site import SCHEMA, bootstrap, found
from mypi.model.storage import DurableFileStorage
from mypi.settings import Settings
from tests.waiting import PATIENCE


class Meeting:
    """Where two processes wait for each other, once each: both have read, neither has written."""

    def __init__(self) -> None:
        self._barrier = Barrier(2)
        self._expected = 2

    def wait(self) -> None:
        if self._expected:
            self._barrier.wait(PATIENCE)
            self._expected = 0


class Names(tuple[str, ...]):
    """Names of the indexes to make; who reads them waits at ``meeting`` first."""

    meeting: Meeting

    def __iter__(self) -> Iterator[str]:
        self.meeting.wait()
        return super().__iter__()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[DB]:
    """A database with nothing in it."""
    (tmp_path / "blobs" / "tmp").mkdir(parents=True)
    database = DB(DurableFileStorage(tmp_path / "Data.fs", tmp_path / "blobs"))
    yield database
    database.close()


@pytest.fixture
def both(database: DB) -> Callable[[Callable[[Any], Any]], list[Any]]:
    """``both(work)``: what ``work(connection)`` gives in two threads with a connection each."""

    def alone(work: Callable[[Any], Any]) -> Any:
        connection = database.open(transaction.TransactionManager(explicit=True))
        try:
            return work(connection)
        finally:
            connection.close()

    def both(work: Callable[[Any], Any]) -> list[Any]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(alone, [work, work]))

    return both


def test_they_find_one_site(both):
    names = Names(Settings().indexes)
    names.meeting = Meeting()
    settings = dataclasses.replace(Settings(), indexes=names)

    def secret(connection: Any) -> bytes:
        site = found(connection, settings)
        with connection.transaction_manager:
            return site.secret

    one, other = both(secret)

    assert one == other


def test_one_of_them_takes_the_step_to_the_new_schema(both, database, monkeypatch):
    with database.transaction() as connection:
        bootstrap(connection.root(), Settings()).schema = SCHEMA - 1
    meeting = Meeting()
    step = STEPS[SCHEMA]

    def step_together(site: Any) -> None:
        meeting.wait()
        step(site)

    monkeypatch.setitem(STEPS, SCHEMA, step_together)

    def taken(connection: Any) -> list[int]:
        site = found(connection, Settings())
        return evolve(site, connection.transaction_manager, automatic=True)

    steps = both(taken)

    assert sorted(steps) == [[], [SCHEMA]]
