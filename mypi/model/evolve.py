"""Schema steps: bring a database that an older mypi wrote to the schema of this one."""

from collections.abc import Callable, Iterator
from typing import Any

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree

from mypi.errors import CannotStart
from mypi.model.catalogue import Catalogue
from mypi.model.docs import Docs
from mypi.model.downloads import Downloads
from mypi.model.index import Index
from mypi.model.project import Project
from mypi.model.site import SCHEMA, Site


def add_access_and_trash(site: Site) -> None:
    """Schema 2: users, trash, promotions, reserved names; the bytes of each index are counted."""
    site.add_access()
    for index in site.indexes.values():
        index.size = Length(
            sum(link.size for project in index.projects.values() for _, link in project.pages())
        )
        index.reserved, index.trash, index.promotions = OOBTree(), OOBTree(), OOBTree()


def add_catalogue_and_downloads(site: Site) -> None:
    """Schema 3: an empty catalogue, which fills itself from the journals, and counts of downloads.

    And each project knows which of its releases have documentation, and that where its pages are.
    """
    site.catalogue = Catalogue()
    for index in [*site.indexes.values(), *(trashed.what for trashed in site.trash.values())]:
        index.downloads = Downloads()
        for project in _projects(index):
            documented = tuple(key for key, it in project.releases.items() if it.docs is not None)
            if documented:
                project.documented = documented
        for docs in _documentation(index):
            docs.find_pages()
            # What has been found goes to a file, so many archives need no more memory than one.
            site._p_jar.transaction_manager.get().savepoint(optimistic=True)
            site._p_jar.cacheGC()


def add_leases(site: Site) -> None:
    """Schema 4: several processes share out what only one should do."""
    site.leases = OOBTree()


def _projects(index: Index) -> Iterator[Project]:
    """Those of an index, and those in its trash."""
    yield from index.projects.values()
    yield from (trashed.what for trashed in index.trash.values() if trashed.kind == "project")


def _documentation(index: Index) -> Iterator[Docs]:
    """All that is hosted in an index, or lies in its trash."""
    for project in _projects(index):
        for holder in (project, *project.releases.values()):
            if holder.docs is not None:
                yield holder.docs
    for trashed in index.trash.values():
        if trashed.kind == "release" and trashed.what.docs is not None:
            yield trashed.what.docs


STEPS: dict[int, Callable[[Site], None]] = {
    2: add_access_and_trash,
    3: add_catalogue_and_downloads,
    4: add_leases,
}
"""Number of the schema a step leads to -> the step.  Each has a transaction of its own and may be
run again after a crash."""


def missing(site: Site) -> list[int]:
    """Numbers of the steps that ``site`` lacks; raises CannotStart when it is newer than we are."""
    if site.schema > SCHEMA:
        raise CannotStart(
            f"The database has schema {site.schema}; this mypi knows schemas up to {SCHEMA}. "
            "Install the newer mypi again, or restore the backup made before the upgrade."
        )
    return list(range(site.schema + 1, SCHEMA + 1))


def evolve(site: Site, transaction_manager: Any, *, automatic: bool) -> list[int]:
    """Run the steps that ``site`` lacks; return their numbers.

    Raises CannotStart when the database is newer than this program, or older and not ``automatic``.
    """
    numbers = missing(site)
    if numbers and not automatic:
        raise CannotStart(
            f"The database has schema {site.schema}, this mypi wants {SCHEMA}. Run: mypi evolve "
            "--backup FOLDER, or set mypi.evolve = auto."
        )
    return [number for number in numbers if _take(number, site, transaction_manager)]


def _take(number: int, site: Site, transaction_manager: Any) -> bool:
    """Take one step, unless another process that starts now too was first: say whether."""
    for attempt in transaction_manager.attempts():
        with attempt as transaction:
            if site.schema >= number:
                return False
            transaction.note(f"evolve to schema {number}")
            STEPS[number](site)
            site.schema = number
    return True
