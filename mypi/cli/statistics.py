"""How often things are downloaded, and what takes the most room."""

from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Command, Run, index_option, run_of
from mypi.sizes import size_in_words


@click.command(cls=Command)
@click.argument("project", default="")
@click.option(
    "--period",
    type=click.Choice(["month", "year", "all"]),
    default="month",
    show_default=True,
    help="Of a project: 30 days, 365, or since the counting began.",
)
@click.option("--disk", is_flag=True, help="What takes the room, in place of downloads.")
@index_option
@run_of
def stats(run: Run, project: str, period: str, disk: bool, index: str | None) -> None:
    """Show downloads of an index or a PROJECT, or how full it is.

    Downloads of an index are those of 30 days; of a project by version, installer, Python and
    system.  With --disk room is told: of all indexes, or of the projects of one (-i INDEX).
    """
    if disk:
        from mypi.cli import space

        if project or index:
            space.show_index(run, run.index(index), project)
        else:
            space.show_site(run)
        return
    name = run.index(index)
    if project:
        where = ("indexes", name, "projects", project, "downloads")
        answer = run.client.get(*where, period=period)
        show = _show_project
    else:
        answer = run.client.get("indexes", name, "downloads")
        show = _show_index
    if run.json:
        output.emit(answer)
    else:
        show(answer)


def _show_index(answer: dict[str, Any]) -> None:
    output.record(
        {"downloads in 30 days": answer["total"], "archives": size_in_words(answer["size"])}
    )
    click.echo()
    output.table(("project", "downloads"), list(answer["top"].items()))
    click.echo()
    output.table(
        ("largest", "files", "size"),
        [(it["project"], it["files"], size_in_words(it["size"])) for it in answer["largest"]],
    )


def _show_project(answer: dict[str, Any]) -> None:
    output.record(
        {"project": answer["project"], "downloads": answer["total"], "ever": answer["ever"]}
    )
    for kind in ("version", "installer", "python", "system", "file"):
        if answer[f"by_{kind}"]:
            click.echo()
            output.table((kind, "downloads"), list(answer[f"by_{kind}"].items()))
