"""What is read back from an export: it grows here, where nobody sees it, until it is whole.

So what is private is never open for a moment, and an interrupted import leaves nothing half done.
"""

from BTrees.OOBTree import OOBTree
from persistent import Persistent

from mypi.model.journal import Journal

PARTS = ("indexes", "users", "groups", "tokens", "journal", "trash", "former", "webhooks")
"""Attributes of a Site that come from an export."""


class Arriving(Persistent):
    """What has come of the export that ``export`` names; ``after`` is the last part of it.

    ``artifacts`` and ``docs`` are by digest: what indexes shared, they share again.  ``problems``
    are pairs of texts: a path in the export, and what is wrong there.  ``done``: it is the site.
    """

    done = False
    after: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()

    def __init__(self, export: tuple[str, str]) -> None:
        self.export = export
        self.begin()

    def begin(self) -> None:
        """Nothing has come yet; also: let go of what came."""
        self.indexes = OOBTree()
        self.users = OOBTree()
        self.groups = OOBTree()
        self.tokens = OOBTree()
        self.journal = Journal()
        self.trash = OOBTree()
        self.former = OOBTree()
        self.webhooks = OOBTree()
        self.artifacts = OOBTree()
        self.docs = OOBTree()
