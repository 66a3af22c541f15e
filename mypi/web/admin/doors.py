"""The doorways below ``/+admin/``: the site's for administrators, an index's for its keepers.

No doorway that has views is the base of another one that has: its views would answer there too.
"""

from typing import ClassVar

from mypi.permissions import PERMISSIONS
from mypi.web.resources import Door
from mypi.web.security import no_such_index


class Section(Door):
    """A doorway that leads to those its words name."""

    doors: ClassVar[dict[str, type[Door]]] = {}

    def __getitem__(self, segment: str) -> Door:
        return self.doors[segment](self, segment, self.index)


class AdminIndex(Section):
    """One index: policy, trash, promotions, retention, log."""


class AdminIndexes(Section):
    """All indexes.  One where the asker may do nothing is like one that does not exist."""

    def __getitem__(self, segment: str) -> AdminIndex:
        index = self.access.site.indexes.get(segment)
        if index is None or not any(self.access.may(it, index) for it in PERMISSIONS):
            raise no_such_index(self.access, segment)
        return AdminIndex(self, segment, index)


class AdminUsers(Section):
    """Users and groups."""


class AdminTokens(Section):
    """Everybody's tokens."""


class AdminTrash(Section):
    """Deleted indexes."""


class AdminWebhooks(Section):
    """Webhooks."""


class AdminLog(Section):
    """What was done to the site."""


class AdminDoor(Section):
    """``/+admin/``."""

    doors = {
        "indexes": AdminIndexes,
        "users": AdminUsers,
        "tokens": AdminTokens,
        "trash": AdminTrash,
        "webhooks": AdminWebhooks,
        "log": AdminLog,
    }
