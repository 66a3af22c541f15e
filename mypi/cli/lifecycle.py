"""The life of releases and projects: yank and unyank, status, owners."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Group, Run, index_option, run_of
from mypi.cli.what import What, address

if TYPE_CHECKING:
    from mypi.services.wanted import Wanted

RELEASES = "PROJECT==VERSION[/FILE]..."
STATUSES = ("active", "archived", "deprecated", "quarantined")


@click.command(cls=Command)
@click.argument("what", metavar=RELEASES, nargs=-1, required=True, type=What("release"))
@index_option
@click.option("--reason", default="", help="Shown to whoever installs it nevertheless.")
@run_of
def yank(run: Run, what: Sequence["Wanted"], index: str | None, reason: str) -> None:
    """Keep releases or files from new installations.

    They stay there for those who name exactly that version.
    """
    name = run.index(index)

    def one(it: "Wanted") -> Any:
        answer = run.client.post(*address(name, it), "yank", body={"reason": reason})
        if answer.get("changed", True):
            output.tell(run, f"yanked {it} in {name}")
        else:
            because = "for that reason" if reason else "without a reason"
            output.tell(run, f"{it} in {name} was yanked before, {because}")
        return answer

    for_each(run, what, one)


@click.command(cls=Command)
@click.argument("what", metavar=RELEASES, nargs=-1, required=True, type=What("release"))
@index_option
@run_of
def unyank(run: Run, what: Sequence["Wanted"], index: str | None) -> None:
    """Offer yanked releases or files again."""
    name = run.index(index)

    def one(it: "Wanted") -> Any:
        answer = run.client.post(*address(name, it), "unyank")
        changed = answer.get("changed", True)
        output.tell(run, f"{it} in {name} {'is offered again' if changed else 'was not yanked'}")
        return answer

    for_each(run, what, one)


def for_each(run: Run, things: Sequence[Any], one: Callable[[Any], Any], said: str = "") -> None:
    """Do ``one`` to each of ``things`` and say ``said`` of it.

    A failure of one does not keep the others back; it is raised if there are no others, else Exit
    with 1 at the end.
    """
    answers = []
    failures = 0
    for it in things:
        try:
            answers.append(one(it))
        except output.Failure as failure:
            if len(things) == 1 or failure.code == output.DOWN:
                raise
            failure.show()
            failures += 1
        else:
            if said:
                output.tell(run, said.format(it))
    if run.json:
        output.emit(answers[0] if len(things) == 1 else answers)
    if failures:
        raise click.exceptions.Exit(output.FAILURES)


@click.command(cls=Command)
@click.argument("project")
@click.argument("status", type=click.Choice(STATUSES))
@index_option
@click.option("--reason", default="", help="Shown on the project's page.")
@run_of
def status(run: Run, project: str, status: str, index: str | None, reason: str) -> None:
    """Say how a project is doing.

    An archived project takes no more uploads; a deprecated one warns; the files of a quarantined
    one are not offered.
    """
    name = run.index(index)
    body = {"status": status, "reason": reason}
    answer = run.client.patch("indexes", name, "projects", project, body=body)
    if run.json:
        output.emit(answer)
    output.tell(run, f"{project} in {name} is {status}")


@click.group(cls=Group)
def owner() -> None:
    """Owners of projects, on an index with ownership."""


@owner.command("list")
@click.argument("project")
@index_option
@run_of
def list_owners(run: Run, project: str, index: str | None) -> None:
    """List the owners of a project."""
    owners = run.client.get("indexes", run.index(index), "projects", project)["owners"]
    if run.json:
        output.emit({"owners": owners})
        return
    for name in owners:
        click.echo(output.plain(name))
    if not owners:
        output.tell(run, f"{project} has no owners")


@owner.command("add")
@click.argument("project")
@click.argument("user")
@index_option
@run_of
def add_owner(run: Run, project: str, user: str, index: str | None) -> None:
    """Let a user publish, yank and delete in a project."""
    name = run.index(index)
    answer = run.client.put("indexes", name, "projects", project, "owners", user)
    if run.json:
        output.emit(answer)
    output.tell(run, f"{user} owns {project} in {name}")


@owner.command("remove")
@click.argument("project")
@click.argument("user")
@index_option
@run_of
def remove_owner(run: Run, project: str, user: str, index: str | None) -> None:
    """Take a project from a user."""
    name = run.index(index)
    answer = run.client.delete("indexes", name, "projects", project, "owners", user)
    if run.json:
        output.emit(answer)
    output.tell(run, f"{user} does not own {project} in {name} any more")
