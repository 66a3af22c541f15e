"""Read an export in the neutral format back into a new mypi, some seconds at a time.

What has come grows beside the site, in ``model.arriving``, and takes its place in one transaction
when all is there.  A part that is done is noted in the transaction that did it: whoever is
interrupted goes on from there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import transaction
from ZODB.DB import DB

from mypi.errors import Conflict, Refused
from mypi.model import Site
from mypi.model.arriving import Arriving
from mypi.model.site import ROOT_KEY
from mypi.services.exporting.folder import Problem
from mypi.services.exporting.reading import Export
from mypi.services.importing import sitewide
from mypi.services.importing.coming import GO_ON, Coming, Work
from mypi.services.importing.files import Files

PAUSE = 0.25
"""Seconds of work a transaction."""
BYTES = 2**28
"""Bytes of archives a transaction, about."""


class Imported(NamedTuple):
    """What one step did: archives and their ``bytes``; ``finished`` when the whole export is here.

    ``done`` counts projects and things in the trash since the import began; ``problems`` are told
    at the end, of all of it.
    """

    done: int
    files: int
    bytes: int
    problems: list[Problem]
    finished: bool


def step(
    database: DB,
    root: Path,
    *,
    default: str,
    spool_folder: Path,
    demand: Callable[[int], None],
    seconds: float,
) -> Imported:
    """Import for about ``seconds`` from the export in ``root``; ask again until it is finished.

    ``default`` is the index that has to be in it.  Raises Refused when the folder is no export or
    tells what cannot be, Conflict when this mypi holds other things, and NoRoom, see
    :class:`Files`.
    """
    if not root.is_absolute():
        raise Refused(f"{root}: name the folder from the root on, with a leading slash.")
    export = Export(root)
    with _opened(database) as (manager, site):
        with manager:
            arriving = _arriving(site, export, default)
        if arriving.done:
            return Imported(0, 0, 0, _problems(arriving), True)
        files = Files(root, arriving, spool_folder, demand)
        coming = Coming(site, arriving, export, files)
        finished = _work(manager, coming.work(), files, time.monotonic() + seconds)
        problems = _problems(arriving) if finished else []
        return Imported(coming.done, files.count, files.bytes, problems, finished)


@contextmanager
def _opened(database: DB) -> Iterator[tuple[transaction.TransactionManager, Site]]:
    manager = transaction.TransactionManager()
    connection = database.open(manager)
    try:
        with manager:
            site = connection.root()[ROOT_KEY]
        yield manager, site
    finally:
        manager.abort()
        connection.close()


def _arriving(site: Site, export: Export, default: str) -> Arriving:
    """What has come of this export; another one that did not come whole gives way."""
    mark = (export.mark.of, export.mark.transaction)
    found = site.arriving
    if found is not None and found.done and found.export == mark:
        return found
    if not sitewide.is_new(site):
        raise Conflict(
            "There is data here already; an export is imported into a new mypi only. Name another "
            "data folder: --set data=/another/folder."
        )
    if found is None or found.export != mark:
        names = export.site().indexes
        if default not in names:
            raise Refused(
                f"The default index here is {default}, and the export has {', '.join(names)[:500]}."
                " Say in the ini file which one it is to be: mypi.default_index = NAME."
            )
        found = site.arriving = Arriving(mark)
    return found


def _work(
    manager: transaction.TransactionManager, work: Work, files: Files, deadline: float
) -> bool:
    """Work in short transactions until the deadline; whether all is done."""
    with _transaction(manager):
        commit_at, taken = time.monotonic() + PAUSE, files.bytes
        for wish in work:
            now = time.monotonic()
            if wish == GO_ON and now < commit_at and files.bytes - taken < BYTES:
                continue
            manager.commit()
            manager.begin()
            if wish == GO_ON and now >= deadline:
                return False
            commit_at, taken = now + PAUSE, files.bytes
    return True


@contextmanager
def _transaction(manager: transaction.TransactionManager) -> Iterator[None]:
    """One, or several when it is committed and begun meanwhile."""
    manager.begin()
    try:
        yield
        manager.commit()
    except BaseException:
        manager.abort()
        raise


def _problems(arriving: Arriving) -> list[Problem]:
    return [Problem(*it) for it in arriving.problems]
