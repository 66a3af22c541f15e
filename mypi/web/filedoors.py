"""Doorways to files: the archives themselves, and the pages about them."""

from mypi.errors import Missing
from mypi.model import File, Index, Link, Release
from mypi.services import lookup
from mypi.services.lookup import Listed
from mypi.web.doorways import Door, OfProject, reachable
from mypi.web.formerdoors import SourceFiles
from mypi.web.security import no_such_index


class FilePage(OfProject):
    """``/<project>/<version>/<filename>``: a page about a file; its bytes are below packages."""

    def __init__(self, parent: OfProject, release: Release, name: str, listed: Listed) -> None:
        super().__init__(parent, name, parent.found)
        self.release = release
        self.listed = listed
        self.file = lookup.file(
            self.access.site.indexes[listed.held_by], self.found.project.name, name
        )[0]


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
            if index is not None:
                return Packages(self, segment, index, (segment,))
            if segment == "source":
                reachable(self.access, self.index.name)
                return SourceFiles(self, segment, self.index)
            raise no_such_index(self.access, segment)
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
