"""Indexes: list, create, change, delete."""

from typing import Any

import click

from mypi.cli import output
from mypi.cli.options import Group, Run, dry_run_option, run_of
from mypi.cli.policy import policy_from, policy_options, read_back
from mypi.sizes import size_in_words


@click.group(cls=Group)
def index() -> None:
    """Indexes, and what each of them allows."""


@index.command("list")
@run_of
def list_indexes(run: Run) -> None:
    """List the indexes."""
    answer = run.client.get("indexes")
    if run.json:
        output.emit(answer)
        return
    output.table(
        ("index", "projects", "size", "bases", "state", "title"),
        [
            (
                it["name"],
                it["projects"],
                size_in_words(it["size"]),
                it["policy"]["bases"],
                _marks(it),
                it["policy"]["title"],
            )
            for it in answer["indexes"]
        ],
    )


def _marks(it: dict[str, Any]) -> list[str]:
    marks = ["default"] if it["default"] else []
    return marks + [word for word in ("volatile", "frozen") if it["policy"][word]]


@index.command()
@click.argument("name", metavar="INDEX")
@run_of
def show(run: Run, name: str) -> None:
    """Show an index and its policy."""
    answer = run.client.get("indexes", run.index(name))
    if run.json:
        output.emit(answer)
        return
    output.record(
        {
            "index": answer["name"],
            "default": answer["default"],
            "projects": answer["projects"],
            "size": size_in_words(answer["size"]),
            **dict(read_back(answer["policy"])),
            "you may": answer["permissions"],
        }
    )
    _tell_notes(run, answer)


def _tell_notes(run: Run, answer: dict[str, Any]) -> None:
    for note in answer.get("notes", ()):
        output.tell(run, f"note: {note}")


@index.command()
@click.argument("name", metavar="INDEX")
@policy_options
@run_of
def create(run: Run, name: str, **options: Any) -> None:
    """Make an index."""
    body = {"name": name.removeprefix("+"), "policy": policy_from(options, dict)}
    answer = run.client.post("indexes", body=body)
    if run.json:
        output.emit(answer)
    output.tell(run, f"made the index {answer['name']}")
    _tell_notes(run, answer)


@index.command("set")
@click.argument("name", metavar="INDEX")
@policy_options
@run_of
def change(run: Run, name: str, **options: Any) -> None:
    """Change what an index allows; what no option names stays as it is."""
    name = run.index(name)
    policy = policy_from(options, lambda: run.client.get("indexes", name)["policy"])
    if not policy:
        raise click.UsageError("Say what is to change; `mypi index set --help` lists it.")
    answer = _change(run, name, policy)
    output.tell(run, f"changed the index {name}: {', '.join(policy).replace('_', '-')}")
    if "grants" in policy:
        _tell_notes(run, answer)


@index.command()
@click.argument("name", metavar="INDEX")
@run_of
def freeze(run: Run, name: str) -> None:
    """Let nothing change in an index: no uploads, promotions, deletions."""
    _change(run, run.index(name), {"frozen": True})
    output.tell(run, f"{run.index(name)} is frozen")


@index.command()
@click.argument("name", metavar="INDEX")
@run_of
def unfreeze(run: Run, name: str) -> None:
    """Let a frozen index change again."""
    _change(run, run.index(name), {"frozen": False})
    output.tell(run, f"{run.index(name)} is not frozen")


def _change(run: Run, name: str, policy: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = run.client.patch("indexes", name, body={"policy": policy})
    if run.json:
        output.emit(answer)
    return answer


@index.command()
@click.argument("name", metavar="INDEX")
@click.argument("new", metavar="NEWNAME")
@run_of
def rename(run: Run, name: str, new: str) -> None:
    """Give an index another name; its addresses change with it."""
    body = {"name": new.removeprefix("+")}
    answer = run.client.patch("indexes", run.index(name), body=body)
    if run.json:
        output.emit(answer)
    output.tell(run, f"{run.index(name)} is called {answer['name']} now")


@index.command()
@click.argument("name", metavar="INDEX")
@click.option("--force", is_flag=True, help="Even if it is a base: take it out of the others.")
@dry_run_option
@run_of
def delete(run: Run, name: str, force: bool, dry_run: bool) -> None:
    """Delete an index with all it holds.

    `mypi index restore` brings it back, until its days in the trash are over.
    """
    name = run.index(name)
    it = run.client.get("indexes", name)
    extent = f"{output.plural(it['projects'], 'project')}, {size_in_words(it['size'])}"
    output.tell(run, f"the index {name}: {extent}")
    if dry_run:
        return
    output.confirm(run, f"Delete the index {name}?")
    answer = run.client.delete("indexes", name, force=force)
    if run.json:
        output.emit(answer)
    until = output.when(answer["expires"])
    output.tell(run, f"{name} is in the trash as {answer['id']} until {until} UTC")
    output.tell(run, f"  to have it back: mypi index restore {answer['id']}")


@index.command()
@click.argument("number", metavar="ID")
@run_of
def restore(run: Run, number: str) -> None:
    """Bring a deleted index back.

    `mypi trash list --indexes` tells the ids.
    """
    answer = run.client.post("trash", number, "restore")
    if run.json:
        output.emit(answer)
    output.tell(run, f"restored the index {answer.get('name', '')}".rstrip())
