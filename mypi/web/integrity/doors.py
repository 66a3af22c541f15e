"""The doorways of ``/integrity/<project>/<version>/<filename>/provenance``."""

from mypi.services import lookup
from mypi.services.lookup import Found
from mypi.web.resources import Door, OfProject


class IntegrityDoor(Door):
    """``/integrity/``; leads to projects that may be read."""

    def __getitem__(self, segment: str) -> "Attested":
        found = None
        if self.access.may("read", self.index):
            found = lookup.find(self.access, self.index, segment[:500])
        if found is None:
            raise KeyError(segment)
        return Attested(self, segment, found)


class Attested(OfProject):
    """A project, and what follows it: ``path`` should be version, file name and ``provenance``."""

    path: tuple[str, ...] = ()

    def __init__(
        self, parent: IntegrityDoor, name: str, found: Found, path: tuple[str, ...] = ()
    ) -> None:
        super().__init__(parent, name, found)
        self._parent = parent
        self.path = path

    def __getitem__(self, segment: str) -> "Attested":
        if len(self.path) == 3:
            raise KeyError(segment)
        return Attested(self._parent, self.__name__, self.found, (*self.path, segment))
