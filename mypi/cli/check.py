"""Look whether everything is whole."""

from collections.abc import Iterator
from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import REFUSED, Failure
from mypi.sizes import size_in_words

DAMAGED = 1
"""The exit code when something is left that is not as it should be."""


@click.command(cls=Command)
@click.option("-i", "--index", "only", metavar="INDEX", help="This index alone; else all of them.")
@click.option("--deep", is_flag=True, help="Hash every archive, not only compare its size.")
@click.option("--repair", is_flag=True, help="Make lists and counts anew; remove strays.")
@run_of
def check(run: Run, only: str | None, deep: bool, repair: bool) -> int:
    """Look whether archives are whole, and lists agree with them.

    Counts as well; and whether there are strays, files that nothing can reach.  Safe to interrupt;
    reading and publishing go on meanwhile.  Exit code 1: there are problems that were not repaired.
    """
    known = run.client.get("indexes")["indexes"]
    names = [run.index(only)] if only else [it["name"] for it in known]
    sizes = {it["name"]: it["projects"] for it in known}
    found: list[dict[str, Any]] = []
    files = read = 0
    for name in names:
        with output.Progress(run, f"checking {name}", sizes.get(name, 0)) as progress:
            for answer in _answers(run, name, deep, repair):
                found += [{"index": name, **it} for it in answer["problems"]]
                files, read = files + answer["files"], read + answer["read"]
                progress.advance(answer["projects"])
    if not only:
        for answer in _deleted(run, deep):
            found += [{"index": "", **it} for it in answer["problems"]]
            files, read = files + answer["files"], read + answer["read"]
        found += _strays(run, repair)
    if run.json:
        output.emit({"problems": found, "files": files, "read": read})
    else:
        output.table(
            ("index", "project", "file", "problem", "repaired"),
            [
                (it["index"], it["project"], it["filename"], it["what"], "yes" * it["repaired"])
                for it in found
            ],
        )
    hashed = f", {size_in_words(read)} hashed" if deep else ""
    output.tell(
        run,
        f"{output.plural(files, 'file')} looked at{hashed}: "
        + (output.plural(len(found), "problem") if found else "all is well"),
    )
    return DAMAGED if any(not it["repaired"] for it in found) else 0


def _deleted(run: Run, deep: bool) -> Iterator[Any]:
    """Of deleted indexes; only who administers the site is told."""
    after, more = "", True
    try:
        while more:
            answer = run.client.get("soundness", after=after, deep=deep)
            yield answer
            after = answer["next"]
            more = bool(after)
    except Failure as error:
        if error.code != REFUSED:
            raise


def _strays(run: Run, repair: bool) -> list[dict[str, Any]]:
    """Files that nothing can reach, as problems; only who administers the site is told."""
    found: list[dict[str, Any]] = []
    after, more = "", True
    try:
        while more:
            if repair:
                answer = run.client.post("strays", body={"after": after})
            else:
                answer = run.client.get("strays", after=after)
            found += answer["strays"]
            after = answer["next"]
            more = bool(after)
    except Failure as error:
        if error.code != REFUSED:
            raise
    what = "a stray: no transaction knows this file"
    nowhere = {"index": "", "project": "", "what": what}
    return [{**nowhere, "filename": it["path"], "repaired": it["removed"]} for it in found]


def _answers(run: Run, name: str, deep: bool, repair: bool) -> Any:
    after, more = "", True
    while more:
        asked = {"after": after, "deep": deep}
        where = ("indexes", name, "soundness")
        if repair:
            answer = run.client.post(*where, body=asked)
        else:
            answer = run.client.get(*where, after=after, deep=str(deep).lower())
        yield answer
        after = answer["next"]
        more = bool(after)
