"""Move the index to another kind of storage."""

from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import Failure
from mypi.sizes import size_in_words

DIFFERS = 1
REFUSED = 5


@click.command(cls=Command)
@click.argument("uri", metavar="URI")
@run_of
def move(run: Run, uri: str) -> int:
    """Copy everything into the empty database at URI, and compare.

    URI is what zodbconn.uri says afterwards: postgresql://USER@HOST/NAME, or
    file:///srv/mypi/Data.fs.  Stop all servers first.  The database that the ini file names stays
    as it is.  Safe to interrupt and to run again.
    """
    from mypi.cli.local import database_of
    from mypi.errors import MypiError
    from mypi.services import moving

    source, target = database_of(run), database_of(run, uri)
    done = {"transactions": 0, "archives": 0, "bytes": 0}
    try:
        with output.Progress(run, "moving", None) as progress:
            for copied in moving.move(source, target):
                done["transactions"] += copied.transactions
                done["archives"] += copied.blobs
                done["bytes"] += copied.bytes
                progress.advance(copied.transactions, _amount(done))
        output.tell(run, "comparing every object and every archive")
        ours, theirs = moving.digests(source, target)
    except MypiError as error:
        raise Failure(str(error), REFUSED) from None
    if run.json:
        output.emit({**done, "digest": ours, "equal": ours == theirs})
    if ours != theirs:
        output.tell(run, "The copy differs; empty the database at URI, and move again.")
        return DIFFERS
    output.tell(run, f"{_amount(done)} moved, nothing differs (sha256 {ours[:12]})")
    output.tell(run, f"now say in the ini file: zodbconn.uri = {uri}")
    return 0


def _amount(done: dict[str, Any]) -> str:
    return f"{output.plural(done['archives'], 'archive')} ({size_in_words(done['bytes'])})"
