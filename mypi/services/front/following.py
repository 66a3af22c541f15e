"""What other processes commit changes what lies before us as well: their journals are followed.

By a thread that does nothing else, four times a second: what was closed on one machine is not sent
by the front server of another while a catalogue is written there.
"""

from typing import Any

from mypi.model import Entry, Journal, Site
from mypi.model.site import ROOT_KEY
from mypi.services.front import Front


class Following:
    """A small task; made before the first answer is laid out."""

    def __init__(self, database: Any, front: Front) -> None:
        self._database = database
        self._front = front
        with database.transaction(note="front") as connection:
            self._seen = _lengths(_journals(connection.root()[ROOT_KEY]))

    def __call__(self) -> None:
        """Take away what was changed since the last time; what fails is done the next time."""
        with self._database.transaction(note="front") as connection:
            journals = _journals(connection.root()[ROOT_KEY])
            now, entries = _lengths(journals), _since(journals, self._seen)
        if entries is None:
            self._front.forget_all()
        else:
            self._front.changed(entries)
        self._seen = now


def _journals(site: Site) -> dict[bytes, Journal]:
    """The journals by their object ids: of the site, and of each index."""
    them = (site.journal, *(index.journal for index in site.indexes.values()))
    return {journal._p_oid: journal for journal in them}


def _lengths(journals: dict[bytes, Journal]) -> dict[bytes, int]:
    return {oid: len(journal) for oid, journal in journals.items()}


def _since(journals: dict[bytes, Journal], seen: dict[bytes, int]) -> list[Entry] | None:
    """The entries after those that were seen.

    None when one is not known: an index that is new, or a whole site that was imported.
    """
    if not journals.keys() <= seen.keys():
        return None
    return [
        entry
        for oid, journal in journals.items()
        if seen[oid] < len(journal)
        for _serial, entry in journal.since(seen[oid])
    ]
