"""The doorways of ``/rss/``: the addresses of feeds that the public index has."""

from mypi.names import is_project_name
from mypi.services import lookup
from mypi.web.resources import Door, OfProject


class Rss(Door):
    """``/rss/``; leads to the projects."""

    def __getitem__(self, segment: str) -> "RssProjects":
        if segment != "project":
            raise KeyError(segment)
        return RssProjects(self, segment, self.index)


class RssProjects(Door):
    """``/rss/project/``."""

    def __getitem__(self, segment: str) -> "RssProject":
        known = is_project_name(segment) and self.access.may("read", self.index)
        found = lookup.find(self.access, self.index, segment) if known else None
        if found is None:
            raise KeyError(segment)
        return RssProject(self, segment, found)


class RssProject(OfProject):
    """``/rss/project/<project>/``."""
