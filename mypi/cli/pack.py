"""Give the disk back what nothing refers to any more."""

import click

from mypi.cli import output
from mypi.cli.client import NO_LIMIT
from mypi.cli.options import Command, Run, run_of
from mypi.sizes import size_in_words


@click.command(cls=Command)
@click.option("--days", metavar="DAYS", type=click.IntRange(min=0), default=0,
              help="Keep what went less than so many days ago; without it, none of it.",
              )  # fmt: skip
@run_of
def pack(run: Run, days: int) -> None:
    """Free the disk space of what is gone for good.

    That is what was replaced, or emptied out of the trash.

    The server goes on serving; for a large database it takes minutes, and a copy of it on the disk.
    """
    output.tell(run, "packing...")
    answer = run.client.post("pack", body={"days": days}, timeout=NO_LIMIT)
    if run.json:
        output.emit(answer)
    before, after = size_in_words(answer["before"]), size_in_words(answer["after"])
    output.tell(run, f"packed from {before} to {after}")
