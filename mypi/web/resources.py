"""Traversal: the path's segments become doorways, plain objects that live for one request.

What the first segments of an address mean is here, in the ``__getitem__`` methods; doorways of
files, and of addresses that moved, have modules of their own.
"""

from typing import Any

from pyramid.traversal import ResourceTreeTraverser

from mypi.errors import Missing
from mypi.model import Index, Release
from mypi.names import FIXED_WORDS, FORMER_WORDS, RESERVED_INDEX_NAMES, normalise
from mypi.services import lookup
from mypi.services.access import Access
from mypi.web.doorways import NOTHING_ELSE, Door, OfProject, find, reachable
from mypi.web.filedoors import FileDoor, FilePage, Packages
from mypi.web.formerdoors import FORMER, FormerPackages, Moved
from mypi.web.security import access_of

__all__ = [
    "NOTHING_ELSE",
    "Door",
    "FileDoor",
    "FilePage",
    "IndexRoot",
    "Moved",
    "OfProject",
    "Packages",
    "ProjectDoor",
    "ReleaseDoor",
    "Root",
    "SimpleIndex",
    "SimpleProject",
    "Traverser",
    "UploadAddress",
    "root",
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
        reachable(self.access, self.index.name)
        if segment == "simple":
            return SimpleIndex(self, segment, self.index)
        if segment in self.words:
            return self.words[segment](self, segment, self.index)
        if segment in ("legacy", "RPC2"):
            return UploadAddress(self, segment, self.index)
        if segment == "packages":
            return FormerPackages(self, segment, self.index)
        found = None if segment in FIXED_WORDS else find(self, segment)
        if found is not None:
            return ProjectDoor(self, segment, found)
        if segment in FORMER_WORDS and self.__parent__ is None:
            return FORMER[segment](self, segment, self.index)
        raise KeyError(segment)

    def _ours(self, word: str) -> Door:
        if word == "simple":
            reachable(self.access, self.index.name)
            return SimpleIndex(self, "+simple", self.index)
        if self.__parent__ is None and "+" + word in self.words:
            return self.words["+" + word](self, "+" + word, self.index)
        if self.__parent__ is None and word not in RESERVED_INDEX_NAMES:
            return IndexRoot(self, "+" + word, reachable(self.access, word))
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
        found = find(self, segment)
        if found is None:
            raise KeyError(segment)
        return SimpleProject(self, segment, found)


class UploadAddress(Door):
    """``/pypi``, ``/legacy``, ``/RPC2``: takes uploads; a project below it leads to its page."""

    takes_uploads = True

    def __getitem__(self, segment: str) -> Door:
        if segment == "+simple":
            return SimpleIndex(self, segment, self.index)
        if find(self, segment) is None:
            raise KeyError(segment)
        return Moved(self, segment, self.index, (normalise(segment),))


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

    def __getitem__(self, filename: str) -> "FilePage":
        listed = self.found.listed(filename)
        if listed is None or listed.link.version != self.release.version:
            raise KeyError(filename)
        return FilePage(self, self.release, filename, listed)


MAX_SEGMENTS = 200
"""Of an address: files of documentation and of archives lie deep, but not that deep."""


class Traverser(ResourceTreeTraverser):
    """Pyramid's traverser for addresses of bounded depth, each with one spelling and no other.

    Neither ``@@`` nor the header ``X-Vhm-Root`` of a client leads elsewhere.
    """

    # No segment holds a slash, so nothing selects a view but a name that leads nowhere.
    VIEW_SELECTOR = "/"
    VH_ROOT_KEY = "no key of any environ"

    def __call__(self, request: Any) -> Any:
        """As Pyramid's; raises Missing."""
        start, *parts = request.path_info.split("/")
        if sum(map(bool, parts)) > MAX_SEGMENTS:
            raise Missing(f"The address has more than {MAX_SEGMENTS} parts.")
        if start:
            raise Missing("The address does not begin with a slash.")
        return super().__call__(request)


def root(request: Any) -> Root:
    """The root factory: the doorway of the default index, as the one who asks may see it."""
    registry = request.registry
    access = access_of(request)
    return Root(access.site.indexes[registry.mypi.default_index], access, registry.words)
