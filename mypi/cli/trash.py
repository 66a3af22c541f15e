"""Delete and restore.  What is deleted lies in the trash until its days are over."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from mypi.cli import output
from mypi.cli.lifecycle import for_each
from mypi.cli.options import Command, Group, Run, dry_run_option, index_option, run_of
from mypi.cli.what import What, address
from mypi.sizes import size_in_words

if TYPE_CHECKING:
    from mypi.services.wanted import Wanted

WHAT = "PROJECT[==VERSION[/FILE]]..."
of_indexes_option = click.option(
    "--indexes", "of_indexes", is_flag=True, help="The site's trash: deleted indexes."
)


@click.command(cls=Command)
@click.argument("what", metavar=WHAT, nargs=-1, required=True, type=What())
@index_option
@click.option("--reason", default="", help="Kept in the trash and in the log.")
@dry_run_option
@run_of
def delete(
    run: Run, what: Sequence["Wanted"], index: str | None, reason: str, dry_run: bool
) -> None:
    """Delete projects, releases or files.

    They go to the trash of the index, from where `mypi restore` brings them back.
    """
    name = run.index(index)
    for it in what:
        output.tell(run, f"{it} in {name}: {_extent(run, name, it)}")
    if dry_run:
        return
    output.confirm(run, f"Delete {', '.join(map(str, what))} from {name}?")

    def one(it: "Wanted") -> Any:
        why = {"reason": reason} if reason else {}
        trashed = run.client.delete(*address(name, it), **why)
        until = output.when(trashed["expires"])
        output.tell(run, f"{it} is in the trash as {trashed['id']} until {until} UTC")
        output.tell(run, f"  to have it back: mypi restore {trashed['id']} -i {name}")
        return trashed

    for_each(run, what, one)


def _extent(run: Run, index: str, it: "Wanted") -> str:
    """How much would go."""
    project = run.client.get(*address(index, it._replace(version="", filename="")))
    if project["index"] != index:
        raise output.Failure(
            f"{it.project} is not in {index} itself, which shows it from {project['index']}.",
            output.NOT_FOUND,
            f"-i {project['index']}",
        )
    releases = [release for release in project["releases"] if release["index"] == index]
    if it.version:
        releases = [run.client.get(*address(index, it._replace(filename="")))]
    files = [file for release in releases for file in release["files"]]
    if it.filename:
        files = [file for file in files if file["filename"] == it.filename]
        if not files:
            release = it._replace(filename="")
            raise output.Failure(
                f"{release} has no file {it.filename} in {index}.",
                output.NOT_FOUND,
                f"mypi show {release} -i {index}",
            )
    words = [] if it.version else [output.plural(len(releases), "release")]
    words += [output.plural(len(files), "file"), size_in_words(sum(file["size"] for file in files))]
    return ", ".join(words)


@click.command(cls=Command)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@index_option
@run_of
def restore(run: Run, ids: Sequence[str], index: str | None) -> None:
    """Bring back what was deleted.

    `mypi trash list` tells the ids.  Deleted indexes come back with `mypi index restore`, backups
    with `mypi recover`.
    """
    for each in ids:
        if os.sep in each or os.path.isdir(each):
            raise output.Failure(
                f"{each} is no id in the trash. If it is a backup, that comes back by recover.",
                output.USAGE,
                f"mypi recover {each}",
            )
    name = run.index(index)

    def one(number: str) -> Any:
        return run.client.post("indexes", name, "trash", number, "restore")

    for_each(run, ids, one, f"restored {{}} to {name}")


@click.group(cls=Group)
def trash() -> None:
    """What was deleted and can still be restored."""


@trash.command("list")
@index_option
@of_indexes_option
@run_of
def list_trash(run: Run, index: str | None, of_indexes: bool) -> None:
    """List what was deleted, newest first."""
    deleted = list(run.client.pages("trash", *_trash(run, index, of_indexes)))
    if run.json:
        output.emit({"trash": deleted})
        return
    output.table(
        ("id", "what", "size", "deleted (UTC)", "by", "until"),
        [
            (
                it["id"],
                _words(it),
                size_in_words(it["size"]),
                output.when(it["when"]),
                it["by"],
                output.when(it["expires"]),
            )
            for it in deleted
        ],
    )
    if not deleted:
        output.tell(run, "the trash is empty")


def _words(it: dict[str, Any]) -> str:
    """What lies there, as it would be named on the command line."""
    name = it["project"] or it["index"]
    text = f"{name}=={it['version']}" if it["version"] else name
    return f"{text}/{it['filename']}" if it["filename"] else text


@trash.command("empty")
@index_option
@of_indexes_option
@click.option("--everything", is_flag=True, help="Also what may still be restored.")
@run_of
def empty(run: Run, index: str | None, of_indexes: bool, everything: bool) -> None:
    """Forget what lay there for its days; disk space is free after `mypi pack`."""
    where = _trash(run, index, of_indexes)
    if everything:
        name = "of indexes" if of_indexes else f"of {where[1]}"
        output.confirm(run, f"Empty the trash {name}? Nothing of it can be restored then.")
    answer = run.client.delete(*where, everything=everything)
    if run.json:
        output.emit(answer)
    output.tell(run, f"{size_in_words(answer['freed'])} freed; `mypi pack` gives them to the disk")


def _trash(run: Run, index: str | None, of_indexes: bool) -> tuple[str, ...]:
    return ("trash",) if of_indexes else ("indexes", run.index(index), "trash")
