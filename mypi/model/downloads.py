"""Counts of downloads: of each project by day, and of each index for a list of the most wanted.

A row is a key (kind, day, value) and a number: on that day so many downloads were of that file, or
by that installer.  Kinds are counted apart from each other: rows add up, they do not multiply.
Days are proleptic ordinals in UTC.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from BTrees.OOBTree import OOBTree
from persistent import Persistent

KINDS = ("file", "version", "installer", "python", "system")
RECENT = 30
"""Days that the list of the most wanted looks back."""

Row = tuple[str, int, str]


class ProjectDownloads(Persistent):
    """The downloads of one project; ``total`` is all there ever were.

    It is written at every change, so its serial stamps what is made from the rows.
    """

    total = 0
    folded = 0

    def __init__(self) -> None:
        self.rows = OOBTree()

    def add(self, rows: Mapping[Row, int], count: int) -> None:
        """Add numbers to rows, and ``count`` downloads to the total."""
        for key, number in rows.items():
            self.rows[key] = self.rows.get(key, 0) + number
        self.total += count

    def between(self, kind: str, first: int, last: int) -> Iterator[tuple[int, str, int]]:
        """Day, value and number of the rows of a kind, from day ``first`` to ``last``."""
        for (_, day, value), number in self.rows.items((kind, first, ""), (kind, last + 1, "")):
            yield day, value, number

    def fold(self, before: int) -> None:
        """Gather the days before ``before`` by month, on its first day: what is old stays small."""
        self.folded = before
        for kind in KINDS:
            for day, value, number in list(self.between(kind, 0, before - 1)):
                first = date.fromordinal(day).replace(day=1).toordinal()
                if day != first:
                    del self.rows[kind, day, value]
                    key = (kind, first, value)
                    self.rows[key] = self.rows.get(key, 0) + number


class Downloads(Persistent):
    """The downloads of the files that one index holds.

    ``projects`` maps normal names to ProjectDownloads.  ``recent`` maps them to the downloads of
    the last thirty days, of which ``days`` has the parts by (day, name); ``oldest`` is the first.
    """

    oldest = 0

    def __init__(self) -> None:
        self.projects = OOBTree()
        self.recent = OOBTree()
        self.days = OOBTree()

    def add(self, name: str, today: int, rows: Mapping[Row, int], count: int) -> ProjectDownloads:
        """Count downloads of a project."""
        held: ProjectDownloads | None = self.projects.get(name)
        if held is None:
            held = self.projects[name] = ProjectDownloads()
        held.add(rows, count)
        self._forget(today - RECENT + 1)
        self.days[today, name] = self.days.get((today, name), 0) + count
        self.recent[name] = self.recent.get(name, 0) + count
        return held

    def _forget(self, first: int) -> None:
        """Let go of what is not recent any more: once a day."""
        if self.oldest == first:
            return
        self.oldest = first
        for key in list(self.days.keys(None, (first, ""), excludemax=True)):
            number, name = self.days.pop(key), key[1]
            left = self.recent.get(name, 0) - number
            if left > 0:
                self.recent[name] = left
            else:
                self.recent.pop(name, None)
