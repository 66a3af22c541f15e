"""Bring the catalogue up to date with the journals: never inside the transaction of an upload.

A task of the background.  Of several processes one follows as long as there is something to follow;
when it stops, another goes on a few seconds later.
"""

import logging
import time
from itertools import islice
from typing import Any, NamedTuple

from transaction.interfaces import TransientError
from ZODB.POSException import POSError

from mypi.model import Index, Site
from mypi.model.catalogue import FORM, Catalogue, Followed
from mypi.model.site import ROOT_KEY
from mypi.names import normalise
from mypi.services import leases
from mypi.services.search.documents import document

log = logging.getLogger(__name__)

LEASE = "catalogue"
SECONDS = 10.0
"""How long after its last transaction another process waits for one that follows."""
BATCH = 500
"""Projects a transaction: uploads wait less than a second for it, and a crash costs little."""


class Progress(NamedTuple):
    """How many projects the catalogue has taken in, of how many."""

    taken: int
    projects: int


class Follower:
    """Follows the journals of a database; ``process`` is the name of this process."""

    def __init__(self, database: Any, process: str) -> None:
        self._database = database
        self._process = process

    def __call__(self) -> bool:
        """One transaction; whether there may be more to do here."""
        with self._database.transaction(note="catalogue") as connection:
            site = connection.root()[ROOT_KEY]
            if not is_behind(site):
                return False
            if not leases.hold(site, LEASE, self._process, time.time(), SECONDS):
                return False
            return follow(site)


def is_behind(site: Site) -> bool:
    """Whether there is anything to follow; reads a few objects an index."""
    followed = site.catalogue.followed
    if site.catalogue.form < FORM:
        return True
    return any(name not in site.indexes for name in followed) or any(
        index.name not in followed
        or followed[index.name].journal is not index.journal
        or followed[index.name].filled is not None
        or followed[index.name].serial != len(index.journal)
        for index in site.indexes.values()
    )


def follow(site: Site, batch: int = BATCH) -> bool:
    """Take ``batch`` projects at most into the catalogue; whether there may be more."""
    catalogue = site.catalogue
    if catalogue.form < FORM:
        catalogue.widen()
    left = batch
    for name in [name for name in catalogue.followed if name not in site.indexes]:
        left -= _forget(catalogue, name, left)
        if left <= 0:
            return True
    for index in site.indexes.values():
        followed = catalogue.followed.get(index.name)
        if followed is None or followed.journal is not index.journal:
            left -= _forget(catalogue, index.name, left)
            if left <= 0:
                return True
            followed = catalogue.followed[index.name] = _begin(index)
        if followed.filled is not None:
            left -= _fill(catalogue, index, followed, left)
        if followed.filled is None and left > 0:
            left -= _catch_up(catalogue, index, followed, left)
        if left <= 0:
            return True
    return False


def pending(site: Site, index: Index) -> set[str]:
    """Normal names of the projects that the catalogue may not have as they are now."""
    entries = index.journal.since(_seen(site, index))
    return {normalise(entry.project) for _serial, entry in entries if entry.project}


def lag(site: Site) -> int:
    """Entries of the journals that the catalogue has not followed yet."""
    return sum(len(index.journal) - _seen(site, index) for index in site.indexes.values())


def progress(site: Site) -> Progress:
    """How far the first fill is; what was published since then is the ``lag``."""
    taken = projects = 0
    for index in site.indexes.values():
        count = index.count()
        followed = site.catalogue.followed.get(index.name)
        projects += count
        if followed is not None and followed.journal is index.journal:
            taken += count if followed.filled is None else min(followed.taken, count)
    return Progress(taken, projects)


def reindex(site: Site) -> None:
    """Throw the catalogue away; following begins again, with the projects as they are."""
    site.catalogue = Catalogue()


def _seen(site: Site, index: Index) -> int:
    followed = site.catalogue.followed.get(index.name)
    if followed is None or followed.journal is not index.journal or followed.filled is not None:
        return 0
    serial: int = followed.serial
    return serial


def _begin(index: Index) -> Followed:
    """All that the journal says about serials; the projects themselves come in batches."""
    followed = Followed(index.journal)
    serials: dict[str, int] = {}
    for serial, entry in index.journal.since(0):
        followed.serial = serial
        if entry.project:
            serials[normalise(entry.project)] = serial
    followed.serials.update(serials)
    return followed


def _fill(catalogue: Catalogue, index: Index, followed: Followed, limit: int) -> int:
    """Take in the projects after the last one that is there."""
    names = list(
        islice(
            index.projects.keys(followed.filled or None, excludemin=bool(followed.filled)), limit
        )
    )
    for name in names:
        _take(catalogue, index, name)
    followed.taken += len(names)
    followed.filled = names[-1] if len(names) == limit else None
    return len(names)


def _catch_up(catalogue: Catalogue, index: Index, followed: Followed, limit: int) -> int:
    """Take in the projects that the next entries are about."""
    if len(index.journal) == followed.serial:
        return 0
    changed: dict[str, int] = {}
    for serial, entry in index.journal.since(followed.serial):
        if len(changed) == limit:
            break
        followed.serial = serial
        if entry.project:
            changed[normalise(entry.project)] = serial
    for name, serial in changed.items():
        followed.serials[name] = serial
        _take(catalogue, index, name)
    return len(changed)


def _take(catalogue: Catalogue, index: Index, name: str) -> None:
    """Bring one project up to date.  One that cannot be read does not hold up all others."""
    project = index.projects.get(name)
    made = None
    try:
        made = document(index, project) if project is not None else None
    except (TransientError, POSError):
        raise
    except Exception:
        log.exception("%s/%s cannot be read, and is not found by searching", index.name, name)
    if made is None:
        catalogue.drop(index.name, name)
    else:
        catalogue.put(made)


def _forget(catalogue: Catalogue, name: str, limit: int) -> int:
    """Drop the documents of an index that is gone, or another one by now."""
    names = catalogue.names(name)[:limit]
    for normal in names:
        catalogue.drop(name, normal)
    if len(names) < limit:
        catalogue.followed.pop(name, None)
    return len(names)
