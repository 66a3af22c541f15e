"""Look at an index: its projects, the files of one."""

from typing import TYPE_CHECKING, Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, index_option, run_of
from mypi.cli.what import What, address
from mypi.sizes import size_in_words

if TYPE_CHECKING:
    from mypi.services.wanted import Wanted


@click.command("list", cls=Command)
@click.argument("prefix", default="")
@index_option
@run_of
def list_projects(run: Run, prefix: str, index: str | None) -> None:
    """List the projects of an index.

    PREFIX: only those whose names begin so.
    """
    name = run.index(index)
    found = run.client.pages("projects", "indexes", name, "projects", cursor="after", prefix=prefix)
    if run.json:
        output.emit({"projects": list(found)})
        return
    is_empty = True
    for project in found:
        click.echo(output.plain(project))
        is_empty = False
    if is_empty:
        which = f" whose names begin with {prefix}" if prefix else ""
        output.tell(run, f"no projects in {name}{which}")


@click.command(cls=Command)
@click.argument("what", metavar="PROJECT[==VERSION]", type=What(most="release"))
@index_option
@run_of
def show(run: Run, what: "Wanted", index: str | None) -> None:
    """Show the releases and files of a project."""
    name = run.index(index)
    project = run.client.get(*address(name, what._replace(version="")))
    releases = project["releases"]
    if what.version:
        releases = [run.client.get(*address(name, what))]
    if run.json:
        output.emit(releases[0] if what.version else project)
        return
    _show_project(project)
    output.table(
        ("version", "file", "size", "uploaded (UTC)", "by", "yanked"),
        [_row(release, file) for release in releases for file in release["files"]],
    )


def _show_project(project: dict[str, Any]) -> None:
    said = {"project": project["name"], "index": project["index"]}
    if project["status"] != "active":
        said["status"] = f"{project['status']}: {project['reason']}".removesuffix(": ")
    if project["owners"]:
        said["owners"] = project["owners"]
    output.record(said)
    click.echo()


def _row(release: dict[str, Any], file: dict[str, Any]) -> tuple[Any, ...]:
    return (
        release["version"],
        file["filename"],
        size_in_words(file["size"]),
        output.when(file["uploaded"]),
        file["by"],
        f"yes: {file['yanked_reason']}".removesuffix(": ") if file["yanked"] else "",
    )
