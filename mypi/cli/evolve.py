"""``mypi evolve``: bring a database that an older mypi wrote up to date."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, dry_run_option, run_of
from mypi.cli.output import REFUSED, UNUSABLE, Failure

if TYPE_CHECKING:
    from mypi.cli.opening import Opened

NAMED_SINCE = 2
"""The schema with which an index has what a backup knows it by."""


@click.command(cls=Command)
@click.option("--backup", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path),
              help="First bring the backup in this folder up to date.")  # fmt: skip
@dry_run_option
@run_of
def evolve(run: Run, backup: Path | None, dry_run: bool) -> None:
    """Bring the database to the schema of this mypi.

    No older mypi can open it afterwards.  The server does the same when it starts, unless
    mypi.evolve = manual.  Stop it before.  Each step is a transaction: safe to interrupt and to run
    again.
    """
    from mypi.cli.opening import opened

    with opened(run, to_write=not dry_run) as it:
        _evolve(run, it, backup, dry_run)


def _evolve(run: Run, it: "Opened", backup: Path | None, dry_run: bool) -> None:
    from mypi.errors import CannotStart
    from mypi.model.evolve import STEPS, evolve, missing
    from mypi.model.site import SCHEMA

    if it.site is None:
        raise Failure("There is no index in this database yet: start the server.", UNUSABLE)
    before = it.site.schema
    try:
        steps = {number: _meaning(STEPS[number]) for number in missing(it.site)}
    except CannotStart as error:
        raise Failure(str(error), UNUSABLE) from None
    if not dry_run and steps:
        output.confirm(
            run,
            f"Bring the database from schema {before} to {SCHEMA}? No older mypi opens it then.",
        )
        if backup is not None:
            _copy(run, it, backup.absolute())
        evolve(it.site, it.manager, automatic=True)
    if run.json:
        told = [{"schema": number, "what": what} for number, what in steps.items()]
        output.emit({"schema": before, "wanted": SCHEMA, "steps": told, "done": not dry_run})
    else:
        output.table(("schema", "what"), list(steps.items()))
    if not steps:
        output.tell(run, f"schema {SCHEMA}: up to date")
    elif dry_run:
        output.tell(run, f"schema {before}, and {SCHEMA} is wanted; nothing was done")
    else:
        output.tell(run, f"schema {SCHEMA} now, it was {before}")


def _copy(run: Run, it: "Opened", folder: Path) -> None:
    from mypi.errors import MypiError
    from mypi.services import backup as service

    if it.site is not None and it.site.schema < NAMED_SINCE:
        what = "The database is too old for that; copy its folder"
        raise Failure(f"{what}, then go on without --backup. Nothing was changed.", REFUSED)
    output.tell(run, f"copying to {folder}")
    try:
        more, until = True, service.newest(it.database)
        while more:
            more = service.step(it.database, folder, 10.0, until).more
    except MypiError as error:
        raise Failure(f"{error} Nothing was changed.", REFUSED) from None


def _meaning(step: Any) -> str:
    """What a step adds, as its docstring says it behind the number."""
    return " ".join((step.__doc__ or "").split("\n\n")[0].split()).partition(": ")[2]
