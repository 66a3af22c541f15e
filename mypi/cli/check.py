"""Look whether everything is whole."""

from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, run_of
from mypi.sizes import size_in_words

DAMAGED = 1
"""The exit code when something is left that is not as it should be."""


@click.command(cls=Command)
@click.option("-i", "--index", "only", help="This index alone; else all of them.")
@click.option("--deep", is_flag=True, help="Hash every archive, not only compare its size.")
@click.option("--repair", is_flag=True, help="Write lists and counts anew where they are wrong.")
@run_of
def check(run: Run, only: str | None, deep: bool, repair: bool) -> int:
    """Look whether archives are whole, and lists agree with them.

    Counts as well.  Safe to interrupt; reading and publishing go on meanwhile.  Exit code 1: there
    are problems that were not repaired.
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
