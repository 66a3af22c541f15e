"""The site: every index, who may log in, and the schema that the database is written in."""

import secrets
from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from mypi.errors import CannotStart
from mypi.model.arriving import Arriving
from mypi.model.catalogue import Catalogue
from mypi.model.index import Index
from mypi.model.journal import Journal
from mypi.model.policy import IndexPolicy
from mypi.settings import Settings

SCHEMA = 4
"""The schema that this version writes; ``mypi.model.evolve`` leads there from older ones."""

ROOT_KEY = "mypi"


class Site(Persistent):
    """The root object; read on every request, written almost never.

    ``journal`` tells of indexes, users, groups and tokens; ``trash`` holds deleted indexes, and
    ``former`` the journals of those that are gone for good.  ``secret`` keys cookies;
    ``catalogue`` follows the journals; ``leases`` says which of several processes does what.
    ``webhooks`` are by id; an older database has none, until the first is added.  ``arriving`` is
    what is, or was, read back from an export.
    """

    schema = 0
    webhooks: OOBTree | None = None
    arriving: Arriving | None = None

    def __init__(self) -> None:
        self.indexes = OOBTree()
        self.add_access()
        self.catalogue = Catalogue()
        self.leases = OOBTree()

    def add_access(self) -> None:
        """What schema 2 brought: logins, the site's journal and trash."""
        self.users = OOBTree()
        self.groups = OOBTree()
        self.tokens = OOBTree()
        self.journal = Journal()
        self.trash = OOBTree()
        self.former = OOBTree()
        self.secret = secrets.token_bytes(32)


def bootstrap(root: Any, settings: Settings) -> Site:
    """The site below the ZODB ``root``; an empty database gets one, with the settings' indexes.

    The default index stands alone; each other index has it as its base.
    """
    site: Site | None = root.get(ROOT_KEY)
    if site is None:
        site = root[ROOT_KEY] = Site()
        site.schema = SCHEMA
        for name in settings.indexes:
            bases = () if name == settings.default_index else (settings.default_index,)
            policy = IndexPolicy(name, bases, name in settings.volatile)
            site.indexes[name] = Index(name, policy)
    return site


def found(connection: Any, settings: Settings) -> Site:
    """The site of a database that several processes may be the first to open, in this very moment.

    Who comes second meets a conflict, looks again, and takes what is there by then.
    """

    def bootstrapped() -> Site:
        return bootstrap(connection.root(), settings)

    return connection.transaction_manager.run(bootstrapped)


def check_default(site: Site, settings: Settings) -> None:
    """Raise CannotStart when the index behind the bare host does not exist."""
    if settings.default_index not in site.indexes:
        raise CannotStart(
            f"mypi.default_index = {settings.default_index}: the database has no such index, only "
            f"{', '.join(site.indexes)}. Name one of them, or create it first."
        )
