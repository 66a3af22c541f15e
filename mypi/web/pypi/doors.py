"""The doorways below ``/pypi``: it takes uploads, and knows projects and releases as JSON."""

from mypi.model import Index
from mypi.names import is_project_name
from mypi.web.doorways import Door
from mypi.web.formerdoors import Moved
from mypi.web.resources import UploadAddress


class Pypi(UploadAddress):
    """``/pypi``."""

    def __getitem__(self, segment: str) -> Door:
        if is_project_name(segment):
            return Named(self, segment, self.index, (segment,))
        return super().__getitem__(segment)


class Named(Moved):
    """``/pypi/<project>/`` and ``/pypi/<project>/<version>/``: on to the page; below it is JSON."""

    def __getitem__(self, segment: str) -> Door:
        if segment == "json":
            return Json(self, segment, self.index, self.target)
        if len(self.target) == 1:
            return Named(self, segment, self.index, (*self.target, segment))
        raise KeyError(segment)


class Json(Door):
    """``/pypi/<project>/json`` and ``/pypi/<project>/<version>/json``; there may be no such one.

    ``target`` is the project as it was spelt, and the version if one was named.
    """

    def __init__(self, parent: Door, name: str, index: Index, target: tuple[str, ...]) -> None:
        super().__init__(parent, name, index)
        self.target = target
