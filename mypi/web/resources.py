"""Traversal: the path's segments become doorways, plain objects that live for one request.

A doorway carries the persistent nouns it leads to and the index it was reached through: with
inheritance one project is seen from several indexes, so the nouns themselves cannot know.  All
knowledge of what a segment means is here, in the ``__getitem__`` methods.
"""

from typing import Any

from pyramid.authorization import ALL_PERMISSIONS
from pyramid.traversal import ResourceTreeTraverser

from mypi.errors import Missing
from mypi.model import File, Index, Link, Project, Release
from mypi.names import FIXED_WORDS, FORMER_WORDS, is_project_name, normalise
from mypi.permissions import EVERYONE
from mypi.services import access as rights
from mypi.services import lookup
from mypi.services.access import Access
from mypi.services.lookup import Found
from mypi.web.security import access_of, no_such_index

NOTHING_ELSE = (rights.DENY, EVERYONE, ALL_PERMISSIONS)
"""The last line of a doorway's ACL: those of the doorways above do not count.

Not Pyramid's ``DENY_ALL``: its Everyone is another word than ours, and would never match."""


class Door:
    """A doorway: the index through which it was reached, its name, and who may do what there."""

    takes_uploads = False
    access: Access
    words: dict[str, Any]
    """Words after ``+`` at the root -> the doorway classes of the doors that want them."""

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


class IndexRoot(Door):
    """The root of an index: the bare host for the default one, ``/+name/`` for each.

    To who may neither read nor upload there, an index is like one that does not exist.
    """

    takes_uploads = True

    def __getitem__(self, segment: str) -> Door:
        if segment.startswith("+"):
            return self._ours(segment[1:])
        if segment == "packages" and self.__parent__ is None:
            return Packages(self, segment, self.index)
        _reachable(self.access, self.index.name)
        if segment == "simple":
            return SimpleIndex(self, segment, self.index)
        if segment in ("pypi", "legacy", "RPC2"):
            return UploadAddress(self, segment, self.index)
        found = None if segment in FIXED_WORDS else _find(self, segment)
        if found is not None:
            return ProjectDoor(self, segment, found)
        if segment in FORMER_WORDS and self.__parent__ is None:
            return FormerAddress(self, segment, self.index)
        raise KeyError(segment)

    def _ours(self, word: str) -> Door:
        if word == "simple":
            _reachable(self.access, self.index.name)
            return SimpleIndex(self, "+simple", self.index)
        if self.__parent__ is None and word in self.words:
            return self.words[word](self, "+" + word, self.index)
        if self.__parent__ is None:
            return IndexRoot(self, "+" + word, _reachable(self.access, word))
        raise KeyError("+" + word)


class Root(IndexRoot):
    """The root of everything: the doorway of the default index, which starts the others off."""

    def __init__(self, index: Index, access: Access, words: dict[str, Any]) -> None:
        self.__parent__ = None
        self.__name__ = ""
        self.index = index
        self.access = access
        self.words = words


class SimpleIndex(Door):
    """The Simple API of an index; leads to its projects' pages."""

    takes_uploads = True

    def __getitem__(self, segment: str) -> "SimpleProject":
        found = _find(self, segment)
        if found is None:
            raise KeyError(segment)
        return SimpleProject(self, segment, found)


class UploadAddress(Door):
    """``/pypi``, ``/legacy``, ``/RPC2``: takes uploads; a project below it leads to its page."""

    takes_uploads = True

    def __getitem__(self, segment: str) -> Door:
        if segment == "+simple":
            return SimpleIndex(self, segment, self.index)
        found = _find(self, segment)
        if found is None:
            raise KeyError(segment)
        return Moved(self, segment, self.index, (normalise(segment),))


class OfProject(Door):
    """A doorway to a project as seen from an index."""

    def __init__(self, parent: Door, name: str, found: Found) -> None:
        super().__init__(parent, name, parent.index)
        self.found = found

    @property
    def holder(self) -> tuple[Index, Project | None]:
        """The project where it really is."""
        return self.found.sources[0]


class SimpleProject(OfProject):
    """``simple/<project>/``: links for installers, never a page for people."""


class ProjectDoor(OfProject):
    """``/<project>/``: a page for people, links for installers."""

    def __getitem__(self, version: str) -> "ReleaseDoor":
        try:
            return ReleaseDoor(self, version, lookup.release(self.found, version))
        except Missing:
            raise KeyError(version) from None


class ReleaseDoor(OfProject):
    """``/<project>/<version>/``."""

    def __init__(self, parent: ProjectDoor, name: str, release: Release) -> None:
        super().__init__(parent, name, parent.found)
        self.release = release


class Packages(Door):
    """``/packages/<index>/<project>/<filename>``: the bytes.

    Mirroring tools insist on the first segment, and it is the same for all indexes.
    """

    def __init__(self, parent: Door, name: str, index: Index, path: tuple[str, ...] = ()) -> None:
        super().__init__(parent, name, index)
        self.path = path

    def __getitem__(self, segment: str) -> Door:
        if not self.path:
            index = self.access.index(segment)
            if index is None:
                raise no_such_index(self.access, segment)
            return Packages(self, segment, index, (segment,))
        if len(self.path) == 1:
            return Packages(self, segment, self.index, (*self.path, segment))
        if len(self.path) == 2:
            return self._file(segment)
        raise KeyError(segment)

    def _file(self, segment: str) -> "FileDoor":
        for suffix in ("", ".metadata", ".asc"):
            if segment.endswith(suffix):
                filename = segment.removesuffix(suffix)
                try:
                    file, link = lookup.file(self.index, self.path[1], filename)
                except Missing:
                    continue
                return FileDoor(self, segment, file, link, suffix)
        raise KeyError(segment)


class FileDoor(Door):
    """A file, or with ``suffix`` what lies beside it: ``.metadata`` or ``.asc``."""

    def __init__(self, parent: Door, name: str, file: File, link: Link, suffix: str) -> None:
        super().__init__(parent, name, parent.index)
        self.file = file
        self.link = link
        self.suffix = suffix


class FormerAddress(Door):
    """``/package/<project>/`` and ``/download/<project>/<filename>/`` of the first mypi."""

    def __getitem__(self, segment: str) -> "Moved":
        return Moved(self, segment, self.index, (normalise(segment),))


class Moved(Door):
    """An address that is elsewhere now: ``target`` is the path below the index's root."""

    def __init__(self, parent: Door, name: str, index: Index, target: tuple[str, ...]) -> None:
        super().__init__(parent, name, index)
        self.target = target

    def __getitem__(self, segment: str) -> "Moved":
        return Moved(self, segment, self.index, (*self.target, segment))


class Traverser(ResourceTreeTraverser):
    """Pyramid's traverser without ``@@``: no address has a second spelling."""

    # No segment holds a slash, so nothing selects a view but a name that leads nowhere.
    VIEW_SELECTOR = "/"


def root(request: Any) -> Root:
    """The root factory: the doorway of the default index, as the one who asks may see it."""
    registry = request.registry
    access = access_of(request)
    return Root(access.site.indexes[registry.mypi.default_index], access, registry.words)


def _reachable(access: Access, name: str) -> Index:
    """The index of that name, if there is anything to do there for the one who asks."""
    index = access.site.indexes.get(name)
    if index is None or not (access.may("read", index) or access.may("upload", index)):
        raise no_such_index(access, name)
    return index


def _find(door: Door, segment: str) -> Found | None:
    """The project, if there is one and its index may be read."""
    if not is_project_name(segment) or not door.access.may("read", door.index):
        return None
    return lookup.find(door.access, door.index, segment)
