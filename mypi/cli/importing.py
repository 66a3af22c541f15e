"""Bring in what another index, or a folder, has."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mypi.cli import output
from mypi.cli.exported import all_
from mypi.cli.options import Command, Group, Run, dry_run_option, index_option, run_of
from mypi.cli.output import Failure

if TYPE_CHECKING:
    from mypi.services.importing.source import Source

FAILED = 1
REFUSED = 5

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("import", cls=Group)
def import_() -> None:
    """Bring files in from elsewhere, with their times and yanks.

    Safe to interrupt and to run again: what is here already, byte for byte, is passed over.
    """


@import_.command(cls=Command)
@click.argument("folder", type=FOLDER)
@index_option
@dry_run_option
@run_of
def folder(run: Run, folder: Path, index: str | None, dry_run: bool) -> int:
    """All archives in FOLDER and the folders in it.

    The time of a file is taken for the time of its upload.
    """
    from mypi.services.importing.folder import Folder

    return _bring(run, lambda: Folder(folder), index, dry_run)


@import_.command(cls=Command)
@click.argument("folder", type=FOLDER)
@index_option
@dry_run_option
@run_of
def pypiserver(run: Run, folder: Path, index: str | None, dry_run: bool) -> int:
    """The packages FOLDER of a pypiserver, which may go on running."""
    from mypi.services.importing.folder import Folder

    return _bring(run, lambda: Folder(folder), index, dry_run)


@import_.command(cls=Command)
@click.argument("folder", type=FOLDER)
@click.option("--from", "origin", metavar="USER/INDEX", default="", help="The index to take.")
@index_option
@dry_run_option
@run_of
def devpi(run: Run, folder: Path, origin: str, index: str | None, dry_run: bool) -> int:
    """What devpi-export wrote into FOLDER; of one index of it."""
    from mypi.services.importing.devpi import Devpi

    return _bring(run, lambda: Devpi(folder, origin), index, dry_run)


@import_.command(cls=Command)
@click.argument("url")
@click.option("--project", "projects", multiple=True, help="Only this one; may be repeated.")
@index_option
@dry_run_option
@run_of
def simple(run: Run, url: str, projects: tuple[str, ...], index: str | None, dry_run: bool) -> int:
    """The simple API at URL: of another mypi, or of any other index.

    A login may stand in URL (https://NAME:PASSWORD@index.example/simple/), or in ~/.netrc.  Files
    come with their attestations, where they have any.
    """
    from mypi.services.importing.simple import Simple

    return _bring(run, lambda: Simple(url, projects), index, dry_run)


def _bring(run: Run, make: Callable[[], "Source"], index: str | None, dry_run: bool) -> int:
    """Send what the index lacks, and tell; the exit code."""
    from mypi.cli.sending import Sender
    from mypi.errors import MypiError

    target = run.index(index)
    try:
        with closing(make()) as source:
            label = f"{'looking at' if dry_run else 'importing'} {source.describe()}"
            with output.Progress(run, label, source.count()) as progress:
                sender = Sender(run.client, target, dry_run, progress.advance)
                sender.send(source.entries())
    except MypiError as error:
        raise Failure(str(error), REFUSED) from None
    return _tell(run, target, dry_run, sender.outcomes)


def _tell(run: Run, target: str, dry_run: bool, outcomes: list[dict[str, str]]) -> int:
    counts = Counter(it["outcome"] for it in outcomes)
    refused = [it for it in outcomes if it["outcome"] == "refused"]
    for it in outcomes:
        if it["outcome"] == "published" and it["message"]:
            output.tell(run, f"{it['filename']}: {it['message']}")
    if run.json:
        output.emit({**{name: counts[name] for name in COUNTED}, "refused": refused})
    else:
        output.table(("file", "why not"), [(it["filename"], it["message"]) for it in refused])
    verb = "would be imported" if dry_run else "imported"
    output.tell(
        run,
        f"{target}: {output.plural(counts['published'], 'file')} {verb}, "
        f"{counts['unchanged']} here already, {len(refused)} refused",
    )
    return FAILED if refused else 0


COUNTED = ("published", "unchanged")

import_.add_command(all_)
