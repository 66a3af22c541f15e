"""What other processes commit changes what lies before us as well: their journals are followed."""

from typing import Any

from mypi.model import Entry, Site
from mypi.model.site import ROOT_KEY
from mypi.services.front import Front


class Following:
    """A task for the background; made before the first answer is laid out."""

    def __init__(self, database: Any, front: Front) -> None:
        self._database = database
        self._front = front
        self._seen: dict[bytes, int] = {}
        self()

    def __call__(self) -> None:
        """Take away what was changed since the last time."""
        with self._database.transaction(note="front") as connection:
            site = connection.root()[ROOT_KEY]
            entries, self._seen = _since(site, self._seen)
        self._front.changed(entries)


def _since(site: Site, seen: dict[bytes, int]) -> tuple[list[Entry], dict[bytes, int]]:
    """The entries after those that were seen, and how far each journal is now."""
    entries: list[Entry] = []
    now: dict[bytes, int] = {}
    for journal in (site.journal, *(index.journal for index in site.indexes.values())):
        key = journal._p_oid
        now[key] = len(journal)
        before = seen.get(key)
        # One that was not there is of an index that is new, which the site's journal tells.
        if before is not None and before < now[key]:
            entries += [entry for _serial, entry in journal.since(before)]
    return entries, now
