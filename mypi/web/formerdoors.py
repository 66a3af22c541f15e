"""Doorways of addresses that are elsewhere now: of the first mypi, and of the public index."""

from typing import Any

from mypi.model import Index
from mypi.names import normalise
from mypi.services.lookup import Found, Listed
from mypi.web.doorways import Door, OfProject, find


class FormerAddress(Door):
    """``/package/``, ``/download/``, ``/project/`` and ``/p/``: a project is below it."""

    def __getitem__(self, segment: str) -> "Moved":
        return Moved(self, segment, self.index, (normalise(segment),))


class Moved(Door):
    """An address that is elsewhere now: ``target`` is the path below the index's root."""

    def __init__(self, parent: Door, name: str, index: Index, target: tuple[str, ...]) -> None:
        super().__init__(parent, name, index)
        self.target = target

    def __getitem__(self, segment: str) -> Door:
        return Moved(self, segment, self.index, (*self.target, segment))


class FormerSearch(Door):
    """``/search/``."""


class FormerClassifiers(Door):
    """``/classifiers/``."""


class FormerStatistics(Door):
    """``/stats/``."""


FORMER: dict[str, Any] = {
    **dict.fromkeys(("package", "download", "project", "p"), FormerAddress),
    "search": FormerSearch,
    "classifiers": FormerClassifiers,
    "stats": FormerStatistics,
}
"""``mypi.names.FORMER_WORDS`` -> their doorways."""


class FormerPackages(Door):
    """``packages/`` below an index other than the default one, where no files are."""

    def __getitem__(self, segment: str) -> "SourceFiles":
        if segment != "source":
            raise KeyError(segment)
        return SourceFiles(self, segment, self.index)


class SourceFiles(Door):
    """``packages/source/<first letter>/<project>/``: the public index had its files there once."""

    def __init__(self, parent: Door, name: str, index: Index, path: tuple[str, ...] = ()) -> None:
        super().__init__(parent, name, index)
        self.path = path

    def __getitem__(self, segment: str) -> Door:
        if len(self.path) < 2:
            return SourceFiles(self, segment, self.index, (*self.path, segment))
        found = find(self, self.path[1])
        listed = found.listed(segment) if found is not None else None
        if found is None or listed is None:
            raise KeyError(segment)
        return SourceFile(self, segment, found, listed)


class SourceFile(OfProject):
    """``packages/source/<first letter>/<project>/<filename>``."""

    def __init__(self, parent: Door, name: str, found: Found, listed: Listed) -> None:
        super().__init__(parent, name, found)
        self.listed = listed
