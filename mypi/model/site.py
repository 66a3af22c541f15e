"""The site: every index, and the number of the schema that the database is written in."""

from typing import Any

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from mypi.model.index import Index, IndexPolicy
from mypi.settings import Settings

SCHEMA = 1
"""The schema that this version writes; ``mypi.model.evolve`` leads there from older ones."""

ROOT_KEY = "mypi"


class Site(Persistent):
    """The root object; read on every request, written almost never."""

    schema = 0

    def __init__(self) -> None:
        self.indexes = OOBTree()


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
