"""Traversal: the path's segments become doorways, plain objects that live for one request.

A doorway carries the persistent nouns it leads to and the index it was reached through: with
inheritance one project is seen from several indexes, so the nouns themselves cannot know.  All
knowledge of what a segment means is here, in the ``__getitem__`` methods.
"""

from typing import Any

from pyramid.authorization import Allow, Everyone
from pyramid.traversal import ResourceTreeTraverser
from pyramid_zodbconn import get_connection

from mypi.errors import Missing
from mypi.model import File, Index, Link, Release, Site
from mypi.model.site import ROOT_KEY
from mypi.names import FIXED_WORDS, FORMER_WORDS, is_project_name, normalise
from mypi.services import lookup
from mypi.services.lookup import Found
from mypi.web.execution import writes


class Door:
    """A doorway: the index through which it was reached, its name, and who may do what there."""

    takes_uploads = False

    def __init__(self, parent: "Door | None", name: str, site: Site, index: Index) -> None:
        self.__parent__ = parent
        self.__name__ = name
        self.site = site
        self.index = index

    @property
    def __acl__(self) -> list[tuple[str, str, str]]:
        """Open mode: everyone may read and upload, on every index."""
        return [(Allow, Everyone, "read"), (Allow, Everyone, "upload")]


class IndexRoot(Door):
    """The root of an index: the bare host for the default one, ``/+name/`` for each."""

    takes_uploads = True

    def __getitem__(self, segment: str) -> Door:
        if segment.startswith("+"):
            return self._ours(segment[1:])
        if segment == "simple":
            return SimpleIndex(self, segment, self.site, self.index)
        if segment in ("pypi", "legacy", "RPC2"):
            return UploadAddress(self, segment, self.site, self.index)
        if segment == "packages" and self.__parent__ is None:
            return Packages(self, segment, self.site, self.index)
        found = None if segment in FIXED_WORDS else _find(self, segment)
        if found is not None:
            return ProjectDoor(self, segment, found)
        if segment in FORMER_WORDS and self.__parent__ is None:
            return FormerAddress(self, segment, self.site, self.index)
        raise KeyError(segment)

    def _ours(self, word: str) -> Door:
        if word == "simple":
            return SimpleIndex(self, "+simple", self.site, self.index)
        if self.__parent__ is None and word in self.site.indexes:
            return IndexRoot(self, "+" + word, self.site, self.site.indexes[word])
        raise KeyError("+" + word)


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
            return SimpleIndex(self, segment, self.site, self.index)
        found = _find(self, segment)
        if found is None:
            raise KeyError(segment)
        return Moved(self, segment, self.site, self.index, (normalise(segment),))


class OfProject(Door):
    """A doorway to a project as seen from an index."""

    def __init__(self, parent: Door, name: str, found: Found) -> None:
        super().__init__(parent, name, parent.site, parent.index)
        self.found = found


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

    def __init__(
        self, parent: Door, name: str, site: Site, index: Index, path: tuple[str, ...] = ()
    ) -> None:
        super().__init__(parent, name, site, index)
        self.path = path

    def __getitem__(self, segment: str) -> Door:
        if not self.path and segment in self.site.indexes:
            return Packages(self, segment, self.site, self.site.indexes[segment], (segment,))
        if len(self.path) == 1:
            return Packages(self, segment, self.site, self.index, (*self.path, segment))
        if len(self.path) == 2:
            return self._file(segment)
        raise KeyError(segment)

    def _file(self, segment: str) -> "FileDoor":
        for suffix in ("", ".metadata", ".asc"):
            if segment.endswith(suffix):
                filename = segment.removesuffix(suffix)
                try:
                    file, link = lookup.file(self.site, self.path[0], self.path[1], filename)
                except Missing:
                    continue
                return FileDoor(self, segment, file, link, suffix)
        raise KeyError(segment)


class FileDoor(Door):
    """A file, or with ``suffix`` what lies beside it: ``.metadata`` or ``.asc``."""

    def __init__(self, parent: Door, name: str, file: File, link: Link, suffix: str) -> None:
        super().__init__(parent, name, parent.site, parent.index)
        self.file = file
        self.link = link
        self.suffix = suffix


class FormerAddress(Door):
    """``/package/<project>/`` and ``/download/<project>/<filename>/`` of the first mypi."""

    def __getitem__(self, segment: str) -> "Moved":
        return Moved(self, segment, self.site, self.index, (normalise(segment),))


class Moved(Door):
    """An address that is elsewhere now: ``target`` is the path below the index's root."""

    def __init__(
        self, parent: Door, name: str, site: Site, index: Index, target: tuple[str, ...]
    ) -> None:
        super().__init__(parent, name, site, index)
        self.target = target

    def __getitem__(self, segment: str) -> "Moved":
        return Moved(self, segment, self.site, self.index, (*self.target, segment))


class Traverser(ResourceTreeTraverser):
    """Pyramid's traverser without ``@@``: no address has a second spelling."""

    # No segment holds a slash, so nothing selects a view but a name that leads nowhere.
    VIEW_SELECTOR = "/"


def root(request: Any) -> IndexRoot:
    """The root factory: the doorway of the default index, on today's state of the database."""
    connection = get_connection(request)
    if not writes(request):
        # No transaction begins that would bring a pooled connection up to date.
        connection.newTransaction(None)
    site = connection.root()[ROOT_KEY]
    settings = request.registry.mypi
    return IndexRoot(None, "", site, site.indexes[settings.default_index])


def _find(door: Door, segment: str) -> Found | None:
    return lookup.find(door.site, door.index, segment) if is_project_name(segment) else None
