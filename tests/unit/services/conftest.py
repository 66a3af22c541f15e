"""A real database with the two usual indexes, and one way to put archives into them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import transaction
from ZODB.DB import DB

from mypi.archives import Limits
from mypi.model import Index, Site
from mypi.model.site import bootstrap
from mypi.model.storage import DurableFileStorage
from mypi.services.access import Access, full_access
from mypi.services.actor import Actor
from mypi.services.publish import publish
from mypi.services.receive import Form, receive
from mypi.settings import Settings
from mypi.staging import Spool

Put = Callable[..., Any]


@pytest.fixture
def site_db(tmp_path: Path) -> Iterator[DB]:
    """A database with the indexes stable and incubator."""
    (tmp_path / "site" / "blobs" / "tmp").mkdir(parents=True)
    database = DB(DurableFileStorage(tmp_path / "site" / "Data.fs", tmp_path / "site" / "blobs"))
    with database.transaction() as connection:
        bootstrap(connection.root(), Settings())
    yield database
    database.close()


@pytest.fixture
def tm() -> transaction.TransactionManager:
    """The transaction manager of ``site``; commit with it to see what is really kept."""
    return transaction.TransactionManager()


@pytest.fixture
def site(site_db: DB, tm: transaction.TransactionManager) -> Iterator[Site]:
    """The site, on a connection of its own."""
    connection = site_db.open(tm)
    yield bootstrap(connection.root(), Settings())
    tm.abort()
    connection.close()


@pytest.fixture
def stable(site: Site) -> Index:
    """The default index; its files never change."""
    return site.indexes["stable"]


@pytest.fixture
def incubator(site: Site) -> Index:
    """The volatile index beside it, which has it as its base."""
    return site.indexes["incubator"]


@pytest.fixture
def everything(site: Site) -> Access:
    """The site as its operator sees it."""
    return full_access(site)


@pytest.fixture
def put(site_db: DB, tm: transaction.TransactionManager) -> Put:
    """``put(index, wheel("six", "1.0"), by="ada", now=1.0)``: publish an archive, and commit."""
    folder = Path(site_db.storage.temporaryDirectory())

    def publish_one(
        index: Index, archive: tuple[str, bytes], by: str = "", now: float = 1.0
    ) -> Any:
        with Spool(folder) as spool:
            spool.write(archive[1])
            upload = receive(Form({}, spool, archive[0]), Limits())
            done = publish(index, upload, Actor(by, now))
            tm.commit()
        return done

    return publish_one
