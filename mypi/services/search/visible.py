"""Which documents of the catalogue an index shows, by name.

Held in memory, a table for each path of indexes, until a project comes or goes.  Making one reads
the numbers of all projects: some 10 ms for 10,000.
"""

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Hashable
from itertools import accumulate
from typing import Any

from BTrees.IFBTree import multiunion

from mypi.model import Index, Site
from mypi.services import lookup
from mypi.services.access import Access
from mypi.services.stamps import Stamp, stamp_of

KEPT = 8
"""Tables; one of 10,000 projects takes some 3 MB."""


class Visible:
    """``names`` are normal names, sorted; ``numbers`` maps a name to its document's number."""

    def __init__(self, site: Site, path: list[Index]) -> None:
        catalogue = site.catalogue
        self.numbers: dict[str, int] = {}
        for index in reversed(path):
            followed = catalogue.followed.get(index.name)
            if followed is None or followed.journal is not index.journal:
                continue  # what is there is of a former index of that name
            lower, upper = (index.name, ""), (index.name, "\x7f")
            for (_, name), number in catalogue.numbers.items(lower, upper):
                # What was only registered hides nothing that has files (see services.lookup).
                if name not in self.numbers or catalogue.card(number).has_files:
                    self.numbers[name] = number
        self.names = sorted(self.numbers)
        self.name_of = {number: name for name, number in self.numbers.items()}
        self.all = multiunion(list(self.name_of))
        self._lines = "\n".join([*self.names, ""])
        self._starts = [0, *accumulate(len(name) + 1 for name in self.names)]

    def beginning(self, prefix: str, limit: int | None = None) -> list[str]:
        """The names that begin so."""
        first = bisect_left(self.names, prefix)
        last = bisect_left(self.names, prefix + "\x7f")
        return self.names[first:last][:limit]

    def holding(self, part: str) -> list[str]:
        """The names that have ``part`` somewhere.

        One long string is searched: twenty times as fast as name by name.
        """
        if not part:
            return self.names
        found: list[str] = []
        if "\n" in part:
            return found
        place = self._lines.find(part)
        while place >= 0:
            at = bisect_right(self._starts, place)
            found.append(self.names[at - 1])
            place = self._lines.find(part, self._starts[at])
        return found


class _Kept:
    """The newest table of each path; one of another moment is made anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tables: OrderedDict[Hashable, tuple[Stamp, Visible]] = OrderedDict()

    def get(self, site: Site, path: list[Index]) -> Visible:
        key = tuple(index.name for index in path)
        now = stamp_of(site.catalogue.members, *(index.policy for index in path))
        with self._lock:
            then, table = self._tables.get(key, (None, None))
        if table is None or then != now:
            table = Visible(site, path)
        with self._lock:
            self._tables[key] = now, table
            self._tables.move_to_end(key)
            while len(self._tables) > KEPT:
                self._tables.popitem(last=False)
        return table


_KEPT = _Kept()


def stamp(site: Site) -> Any:
    """Changes whenever the catalogue does: for the keys of what is made from it."""
    return stamp_of(site.catalogue.changes)


def visible(access: Access, index: Index) -> Visible:
    """What ``index`` shows to the reader, through its bases: each project once."""
    return _KEPT.get(access.site, lookup.path(access, index))
