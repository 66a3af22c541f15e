"""Promote from one index to another, look at promotions, undo one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, dry_run_option, run_of
from mypi.cli.what import What
from mypi.sizes import size_in_words

if TYPE_CHECKING:
    from mypi.services.wanted import Wanted

STATES = {"new": "new", "present": "already there", "refused": "refused"}
REFUSED = "refused"


@click.command(cls=Command)
@click.argument(
    "what", metavar="PROJECT[==VERSION[/FILE]]...", nargs=-1, required=True, type=What()
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@dry_run_option
@click.option("--with-dependencies", is_flag=True, help="And what they need that TO lacks.")
@click.option("--note", default="", help="Kept with the promotion: why.")
@run_of
def promote(
    run: Run,
    what: Sequence["Wanted"],
    source: str,
    target: str,
    dry_run: bool,
    with_dependencies: bool,
    note: str,
) -> None:
    """Promote releases from one index to another.

    All of them or nothing.  PROJECT alone means its latest release.  FROM keeps what it has.
    """
    name = run.index(target)
    body = {
        "from": run.index(source),
        "releases": [str(it) for it in what],
        "dependencies": with_dependencies,
        "note": note,
        "dry_run": dry_run,
    }
    plan = run.client.post("indexes", name, "promotions", body=body)
    if run.json:
        output.emit(plan)
    else:
        show_plan(plan, name)
    refused = [file for file in plan["files"] if file["state"] == REFUSED]
    if dry_run:
        output.tell(run, "nothing was changed: this was a dry run")
        if refused:
            raise click.exceptions.Exit(output.REFUSED)
    elif plan.get("id"):
        output.tell(run, f"promoted to {name}; to take it back: mypi undo {name} {plan['id']}")
    else:
        output.tell(run, f"nothing to do: {name} has all of it")


def show_plan(plan: dict[str, Any], target: str) -> None:
    """What goes, what is missing, and who would notice."""
    output.table(
        ("project", "version", "file", "size", "in " + target),
        [
            (
                file["project"],
                file["version"],
                file["filename"],
                size_in_words(file["size"]),
                f"{STATES.get(file['state'], file['state'])}{_because(file['reason'])}",
            )
            for file in plan["files"]
        ],
    )
    for file in plan["files"]:
        for warning in file["warnings"]:
            click.echo(f"warning: {output.plain(warning)}")
    for sentence in plan["missing"]:
        click.echo(f"missing: {output.plain(sentence)}")
    for it in plan["dependents"]:
        requirement = f" ({it['requirement']})" if it["requirement"] else ""
        before = it["before"] or "nothing"
        click.echo(
            output.plain(
                f"{it['project']} {it['version']}{requirement} would get {it['after']} "
                f"instead of {before}"
            )
        )
    if not plan["complete"]:
        click.echo("There are more dependents than were looked at.")


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


@click.command(cls=Command)
@click.argument("index", metavar="INDEX")
@run_of
def promotions(run: Run, index: str) -> None:
    """List the promotions into an index, newest first."""
    name = run.index(index)
    done = list(run.client.pages("promotions", "indexes", name, "promotions"))
    if run.json:
        output.emit({"promotions": done})
        return
    output.table(
        ("id", "from", "when (UTC)", "by", "files", "note", "undone"),
        [
            (
                it["id"],
                it["from"],
                output.when(it["when"]),
                it["by"],
                len(it["files"]),
                it["note"],
                output.when(it["undone"]),
            )
            for it in done
        ],
    )
    if not done:
        output.tell(run, f"no promotions into {name}")


@click.command(cls=Command)
@click.argument("index", metavar="INDEX")
@click.argument("number", metavar="ID")
@run_of
def undo(run: Run, index: str, number: str) -> None:
    """Take a promotion back.

    What it brought leaves the index again; `mypi promotions INDEX` tells the ids.
    """
    name = run.index(index)
    answer = run.client.delete("indexes", name, "promotions", number)
    if run.json:
        output.emit(answer)
    output.tell(run, f"promotion {number} into {name} is undone")
