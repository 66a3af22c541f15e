"""Keep a second copy of everything, and put it back."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import Failure
from mypi.sizes import size_in_words

DAMAGED = 1
REFUSED = 5
DAY = 86_400


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--deep", is_flag=True, help="Hash every archive of the backup, not only new ones.")
@click.option("--no-verify", is_flag=True, help="Do not look at what was written.")
@click.option(
    "--keep",
    metavar="DAYS",
    type=click.IntRange(min=1),
    help="Forget what was deleted longer ago; else the backup keeps all.",
)
@run_of
def backup(run: Run, folder: Path, deep: bool, no_verify: bool, keep: int | None) -> int:
    """Bring the backup in FOLDER up to date.

    Only what is new is copied; the server goes on reading and publishing meanwhile.  Safe to
    interrupt and to run again.  The backup is looked at afterwards: every archive's size, and the
    SHA-256 of those that are new.
    """
    from mypi.errors import MypiError
    from mypi.services import backup as service

    folder = folder.absolute()
    try:
        since = 0.0 if deep else service.taken(folder)
    except MypiError:
        since = 0.0
    done = _copy(run, folder)
    if keep is not None:
        _forget(run, folder, keep)
    found = [] if no_verify else _verify(run, folder, since)
    if run.json:
        output.emit({**done, "problems": found})
    else:
        output.table(
            ("project", "file", "problem"),
            [(it["project"], it["filename"], it["what"]) for it in found],
        )
    copied = f"{_amount(done['archives'], done['bytes'])} copied"
    state = "not verified" if no_verify else "damaged" if found else "verified"
    output.tell(run, f"{folder}: {copied}; {state}")
    return DAMAGED if found else 0


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--at", metavar="TIME", help="As it was then: 2026-11-20 or 2026-11-20T13:00 (UTC).")
@run_of
def recover(run: Run, folder: Path, at: str | None) -> None:
    """Put the backup in FOLDER into an empty database.

    That of the ini file.  Stop the server first.  What is there stays: move it away yourself.
    """
    from mypi.cli.local import database_of
    from mypi.errors import MypiError
    from mypi.services import backup as service

    moment = _moment(at) if at else None
    archives = size = 0
    try:
        with output.Progress(run, "recovering", None) as progress:
            for copied in service.restore(folder.absolute(), database_of(run), at=moment):
                archives, size = archives + copied.blobs, size + copied.bytes
                progress.advance(copied.transactions, _amount(archives, size))
    except MypiError as error:
        raise Failure(str(error), REFUSED) from None
    if run.json:
        output.emit({"archives": archives, "bytes": size})
    output.tell(run, "restored; start the server, or look first: mypi check --deep")


def _copy(run: Run, folder: Path) -> dict[str, Any]:
    done = {"transactions": 0, "archives": 0, "bytes": 0}
    more, until = True, ""
    with output.Progress(run, "copying", None) as progress:
        while more:
            answer = run.client.post("backup", body={"folder": str(folder), "until": until})
            more, until = answer["more"], answer["until"]
            for name in done:
                done[name] += answer[name]
            progress.advance(answer["transactions"], _amount(done["archives"], done["bytes"]))
    return done


def _amount(archives: int, size: int) -> str:
    return f"{output.plural(archives, 'archive')} ({size_in_words(size)})"


def _forget(run: Run, folder: Path, days: int) -> None:
    from mypi.errors import MypiError
    from mypi.services import backup as service

    output.tell(run, f"forgetting what was deleted more than {output.plural(days, 'day')} ago")
    try:
        service.forget(folder, time.time() - days * DAY)
    except MypiError as error:
        raise Failure(str(error), REFUSED) from None


def _verify(run: Run, folder: Path, since: float) -> list[dict[str, Any]]:
    from mypi.services import backup as service

    found: list[dict[str, Any]] = []
    with output.Progress(run, "verifying", service.count(folder)) as progress:
        for looked in service.verify(folder, since):
            found += [it._asdict() for it in looked.problems]
            progress.advance(1)
    return found


def _moment(text: str) -> float:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as 2026-11-20T13:00.") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
