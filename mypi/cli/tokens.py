"""Tokens: secrets that act for a user within limits."""

from typing import Any

import click

from mypi.cli import output
from mypi.cli.lifecycle import for_each
from mypi.cli.options import Group, Run, run_of
from mypi.permissions import PERMISSIONS


@click.group(cls=Group)
def token() -> None:
    """Tokens, for scripts and CI; each may be limited."""


@token.command()
@click.option("--for", "user", metavar="NAME", help="The user it acts for; without it, yourself.")
@click.option("--label", required=True, help="What it is for, in a line.")
@click.option("--index", "-i", "indexes", multiple=True, help="Only there; again for another.")
@click.option("--project", "projects", multiple=True, help="Change only that; again for another.")
@click.option(
    "--may",
    "permissions",
    multiple=True,
    type=click.Choice(PERMISSIONS),
    help="Only that; again for another.",
)
@click.option("--expires", type=click.IntRange(1), metavar="DAYS", help="Days that it works.")
@run_of
def create(run: Run, expires: int | None, user: str | None, label: str, **scope: Any) -> None:
    """Make a token and print it: this once, it is kept nowhere.

    Use it as the password of the user __token__, or put it into MYPI_TOKEN.
    """
    scope["indexes"] = tuple(name.removeprefix("+") for name in scope["indexes"])
    body: dict[str, Any] = {name: list(words) for name, words in scope.items() if words}
    more = {"user": user, "label": label, "expires_days": expires}
    body.update((name, value) for name, value in more.items() if value)
    answer = run.client.post("tokens", body=body)
    if run.json:
        output.emit(answer)
        return
    click.echo(answer["token"])
    output.tell(run, f"the token {answer['id']} acts for {answer['user']}; it is not shown again")


@token.command("list")
@run_of
def list_tokens(run: Run) -> None:
    """List the tokens; an admin sees everybody's."""
    answer = run.client.get("tokens")
    if run.json:
        output.emit(answer)
        return
    output.table(
        ("id", "user", "label", "limits", "made (UTC)", "expires", "last used"),
        [
            (
                it["id"],
                it["user"],
                it["label"],
                limits(it),
                output.when(it["created"]),
                output.when(it["expires"]),
                output.when(it["last_used"]),
            )
            for it in answer["tokens"]
        ],
    )
    if not answer["tokens"]:
        output.tell(run, "no tokens")


def limits(it: dict[str, Any]) -> str:
    """What a token is limited to: ``in incubator; of six; may read upload``."""
    said: dict[str, list[str]] = {
        "in": it["indexes"],
        "of": it["projects"],
        "may": it["permissions"],
    }
    return "; ".join(f"{word} {' '.join(names)}" for word, names in said.items() if names) or "none"


@token.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@run_of
def revoke(run: Run, ids: tuple[str, ...]) -> None:
    """End tokens at once."""

    def one(number: str) -> Any:
        return run.client.delete("tokens", number)

    for_each(run, ids, one, "revoked the token {}")
