"""Schema steps: bring a database that an older mypi wrote to the schema of this one."""

from collections.abc import Callable
from typing import Any

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree

from mypi.errors import CannotStart
from mypi.model.site import SCHEMA, Site


def add_access_and_trash(site: Site) -> None:
    """Schema 2: users, trash, promotions, reserved names; the bytes of each index are counted."""
    site.add_access()
    for index in site.indexes.values():
        index.size = Length(
            sum(link.size for project in index.projects.values() for _, link in project.pages())
        )
        index.reserved, index.trash, index.promotions = OOBTree(), OOBTree(), OOBTree()


STEPS: dict[int, Callable[[Site], None]] = {2: add_access_and_trash}
"""Number of the schema a step leads to -> the step.  Each has a transaction of its own and may be
run again after a crash."""


def evolve(site: Site, transaction_manager: Any, *, automatic: bool) -> list[int]:
    """Run the steps that ``site`` lacks; return their numbers.

    Raises CannotStart when the database is newer than this program, or older and not ``automatic``.
    """
    if site.schema > SCHEMA:
        raise CannotStart(
            f"The database has schema {site.schema}; this mypi knows schemas up to {SCHEMA}. "
            "Install the newer mypi again, or restore the backup made before the upgrade."
        )
    missing = list(range(site.schema + 1, SCHEMA + 1))
    if missing and not automatic:
        raise CannotStart(
            f"The database has schema {site.schema}, this mypi wants {SCHEMA}. Make a backup, then "
            "start once with mypi.evolve = auto."
        )
    for number in missing:
        with transaction_manager as transaction:
            transaction.note(f"evolve to schema {number}")
            STEPS[number](site)
            site.schema = number
    return missing
