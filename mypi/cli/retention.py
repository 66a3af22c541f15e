"""Retention: releases that an index keeps no longer go to its trash."""

from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Group, Run, index_option, run_of
from mypi.sizes import size_in_words

AT_A_TIME = 50
"""Releases a request: none takes long, and others get their turn."""


@click.group(cls=Group)
def retention() -> None:
    """What an index does not keep any longer.

    `mypi index set` says that: --keep-days, --keep-prereleases.
    """


@retention.command()
@index_option
@run_of
def preview(run: Run, index: str | None) -> None:
    """List the releases that would go."""
    answer = run.client.get("indexes", run.index(index), "retention")
    if run.json:
        output.emit(answer)
        return
    _show(answer["expired"])
    if not answer["expired"]:
        output.tell(run, "nothing is to go")


@retention.command("run")
@index_option
@run_of
def run_retention(run: Run, index: str | None) -> None:
    """Move those releases to the trash, a few at a time; safe to interrupt and to run again."""
    name = run.index(index)
    where = ("indexes", name, "retention")
    deleted: list[dict[str, Any]] = []
    total = len(run.client.get(*where)["expired"])
    with output.Progress(run, f"retention of {name}", total) as progress:
        more = total > 0
        while more:
            answer = run.client.post(*where, body={"limit": AT_A_TIME})
            deleted += answer["deleted"]
            more = answer["more"]
            progress.advance(len(answer["deleted"]))
    if run.json:
        output.emit({"deleted": deleted})
    else:
        _show(deleted)
    count = output.plural(len(deleted), "release")
    size = size_in_words(sum(it["size"] for it in deleted))
    output.tell(run, f"{count} ({size}) of {name} went to its trash")


def _show(releases: list[dict[str, Any]]) -> None:
    output.table(
        ("project", "version", "size", "uploaded (UTC)", "why"),
        [
            (
                it["project"],
                it["version"],
                size_in_words(it["size"]),
                output.when(it["uploaded"]),
                it["reason"],
            )
            for it in releases
        ],
    )
