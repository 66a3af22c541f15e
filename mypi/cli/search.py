"""Search an index, and make its catalogue anew."""

import time

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, index_option, run_of

PAUSE = 0.3
"""Seconds between two looks at how far a server has come."""
PATIENCE = 60.0
"""Seconds without any progress after which it is no use to wait."""


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100), help="Hits.")
@index_option
@run_of
def search(run: Run, words: tuple[str, ...], limit: int, index: str | None) -> None:
    """Find projects by WORDS of names, summaries and READMEs.

    Keywords and people are searched as well.

    As in the search box: "a phrase", -without, name:part, requires:six, author:ada, keyword:web,
    classifier:"Framework :: Pyramid", python:3.12, licence:MIT.  After -- if a word begins with -.
    """
    query = " ".join(words)
    answer = run.client.get("indexes", run.index(index), "search", q=query, limit=limit)
    if run.json:
        output.emit(answer)
        return
    output.table(
        ("project", "version", "index", "summary"),
        [(it["name"], it["version"], it["index"], it["summary"]) for it in answer["hits"]],
    )
    more = answer["total"] - len(answer["hits"])
    if more > 0:
        output.tell(run, f"and {more} more; ask more closely, or for more with --limit")
    if answer["did_you_mean"]:
        output.tell(run, f"did you mean {', '.join(answer['did_you_mean'])}?")
    if not answer["hits"] and not answer["did_you_mean"]:
        output.tell(run, "nothing found")


@click.command(cls=Command)
@run_of
def reindex(run: Run) -> None:
    """Make the search catalogue anew, from what is published.

    The server fills it by and by, and goes on serving; searching finds little until then.  What is
    laid out for nginx (mypi.front) is thrown away as well.
    """
    run.client.post("reindex")
    now = run.client.get("reindex")
    taken, deadline = 0, time.monotonic() + PATIENCE
    with output.Progress(run, "taking in projects", now["projects"]) as progress:
        while now["taken"] < now["projects"]:
            if now["taken"] > taken:
                progress.advance(now["taken"] - taken)
                taken, deadline = now["taken"], time.monotonic() + PATIENCE
            if time.monotonic() > deadline:
                raise output.Failure(
                    f"The server has taken in {taken} of {now['projects']} projects, and no more "
                    f"for {PATIENCE:.0f} seconds; its log says why."
                )
            time.sleep(PAUSE)
            now = run.client.get("reindex")
        progress.advance(now["taken"] - taken)
    output.tell(run, f"the catalogue is made anew, of {now['projects']} projects")
