"""The doorways of ``/docs/<project>/[<version>|latest]/<path>``."""

from mypi.services import lookup
from mypi.web.resources import Door, OfProject

READ = "+read"
"""Segment below which our bar stands over the documentation."""


class DocsDoor(Door):
    """``/docs/``; leads to projects that may be read."""

    def __getitem__(self, segment: str) -> "DocsOfProject":
        found = None
        if self.access.may("read", self.index):
            found = lookup.find(self.access, self.index, segment[:500])
        if found is None:
            raise KeyError(segment)
        return DocsOfProject(self, segment, found)


class DocsOfProject(OfProject):
    """A project's documentation: all that follows is a path in it."""

    path: tuple[str, ...] = ()

    def __getitem__(self, segment: str) -> "DocsOfProject":
        parent = self.__parent__
        assert parent is not None, "it is below /docs/"
        is_bar = segment == READ and not self.path
        kind = DocsBehindBar if is_bar else type(self)
        door = kind(parent, self.__name__, self.found)
        door.path = (*self.path, segment)
        return door


class DocsBehindBar(DocsOfProject):
    """``+read``: the same pages in a frame, below our bar with the versions."""
