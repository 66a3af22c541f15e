"""What every doorway is: an object that lives for one request, and knows who asks.

A doorway carries the persistent nouns it leads to and the index it was reached through: with
inheritance one project is seen from several indexes, so the nouns themselves cannot know.
"""

from typing import Any

from pyramid.authorization import ALL_PERMISSIONS

from mypi.model import Index, Project
from mypi.names import is_project_name
from mypi.permissions import EVERYONE
from mypi.services import access as rights
from mypi.services import lookup
from mypi.services.access import Access
from mypi.services.lookup import Found
from mypi.web.security import no_such_index

NOTHING_ELSE = (rights.DENY, EVERYONE, ALL_PERMISSIONS)
"""The last line of a doorway's ACL: those of the doorways above do not count.

Not Pyramid's ``DENY_ALL``: its Everyone is another word than ours, and would never match."""


class Door:
    """A doorway: the index through which it was reached, its name, and who may do what there."""

    takes_uploads = False
    access: Access
    words: dict[str, Any]
    """Words at a root -> the doorway classes of the doors that want them: with ``+`` at the root of
    everything, without it (fixed words, see ``mypi.names``) at the root of each index."""

    def __init__(self, parent: "Door", name: str, index: Index) -> None:
        self.__parent__: Door | None = parent
        self.__name__ = name
        self.index = index
        self.access = parent.access
        self.words = parent.words

    @property
    def holder(self) -> tuple[Index, Project | None]:
        """What permissions are asked of: an index, or a project of it."""
        return self.index, None

    @property
    def __acl__(self) -> list[Any]:
        """The project's lines, the index's, the site's, and nothing of the doorways above."""
        index, project = self.holder
        is_open = self.access.is_open
        return [
            *rights.project_acl(index, project, is_open=is_open),
            *rights.index_acl(index, is_open=is_open),
            *rights.site_acl(),
            NOTHING_ELSE,
        ]


class OfProject(Door):
    """A doorway to a project as seen from an index."""

    def __init__(self, parent: Door, name: str, found: Found) -> None:
        super().__init__(parent, name, parent.index)
        self.found = found

    @property
    def holder(self) -> tuple[Index, Project | None]:
        """The project where it really is."""
        return self.found.sources[0]


def reachable(access: Access, name: str) -> Index:
    """The index of that name, if there is anything to do there for the one who asks."""
    index = access.site.indexes.get(name)
    if index is None or not (access.may("read", index) or access.may("upload", index)):
        raise no_such_index(access, name)
    return index


def find(door: Door, segment: str) -> Found | None:
    """The project, if there is one and its index may be read."""
    if not is_project_name(segment) or not door.access.may("read", door.index):
        return None
    return lookup.find(door.access, door.index, segment)
