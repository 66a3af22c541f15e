"""Users and groups, and who one is oneself."""

import os
import sys

import click

from mypi.cli import output
from mypi.cli.options import Command, Group, Run, run_of
from mypi.cli.tokens import limits

password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the new password from the first line of stdin."
)


@click.command(cls=Command)
@run_of
def whoami(run: Run) -> None:
    """Show who you are to the index."""
    answer = run.client.get("whoami")
    if run.json:
        output.emit(answer)
        return
    said = {
        "name": answer["name"] or "nobody: no login was sent",
        "groups": answer["groups"],
        "admin": answer["admin"],
        "site": "open: nobody needs a login" if answer["open"] else "closed: logins count",
    }
    if any(answer["scope"].values()):
        said["limits"] = limits(answer["scope"])
    output.record({**said, "speaking to": run.client.where})


@click.group(cls=Group)
def user() -> None:
    """Users.  The first one made closes an open site, and is an admin."""


@user.command("list")
@run_of
def list_users(run: Run) -> None:
    """List the users."""
    answer = run.client.get("users")
    if run.json:
        output.emit(answer)
        return
    rows = [(it["name"], it["groups"], output.when(it.get("created"))) for it in answer["users"]]
    output.table(("user", "groups", "since (UTC)"), rows)
    if not rows:
        output.tell(run, "no users")


@user.command("add")
@click.argument("name")
@password_option
@click.option("--no-password", is_flag=True, help="For a robot, who has tokens only.")
@click.option("--group", "groups", multiple=True, help="A group to be in; again for another.")
@run_of
def add_user(
    run: Run, name: str, password_stdin: bool, no_password: bool, groups: tuple[str, ...]
) -> None:
    """Make a user.

    The password is typed, or comes from stdin or the variable MYPI_NEW_PASSWORD.
    """
    password = None if no_password else new_password(name, password_stdin)
    body = {"name": name, "groups": list(groups)}
    if password is not None:  # an empty one is refused there
        body["password"] = password
    answer = run.client.post("users", body=body)
    if run.json:
        output.emit(answer)
    output.tell(run, f"made the user {name}")


@user.command()
@click.argument("name")
@password_option
@run_of
def passwd(run: Run, name: str, password_stdin: bool) -> None:
    """Give a user another password; it counts at once, and ends the sessions of browsers."""
    body = {"password": new_password(name, password_stdin)}
    answer = run.client.patch("users", name, body=body)
    if run.json:
        output.emit(answer)
    output.tell(run, f"{name} has a new password")


@user.command("delete")
@click.argument("name")
@run_of
def delete_user(run: Run, name: str) -> None:
    """Delete a user with their tokens; what they published stays."""
    output.confirm(run, f"Delete the user {name}, and their tokens?")
    answer = run.client.delete("users", name)
    if run.json:
        output.emit(answer)
    output.tell(run, f"deleted the user {name}")


def new_password(name: str, from_stdin: bool) -> str:
    """A new password: from stdin, the environment, or typed twice."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if password := os.environ.get("MYPI_NEW_PASSWORD"):
        return password
    if not sys.stdin.isatty():
        raise output.Failure(
            "Nobody is there to type a password.", output.USAGE, "add --password-stdin"
        )
    typed: str = click.prompt(
        f"New password of {name}", hide_input=True, confirmation_prompt="Again", err=True
    )
    return typed


@click.group(cls=Group)
def group() -> None:
    """Groups of users.  Members of `admins` may do everything."""


@group.command("list")
@run_of
def list_groups(run: Run) -> None:
    """List the groups and their members."""
    answer = run.client.get("groups")
    if run.json:
        output.emit(answer)
        return
    output.table(("group", "members"), [(it["name"], it["members"]) for it in answer["groups"]])
    if not answer["groups"]:
        output.tell(run, "no groups")


@group.command("set")
@click.argument("name")
@click.argument("users", nargs=-1)
@run_of
def set_group(run: Run, name: str, users: tuple[str, ...]) -> None:
    """Make a group of exactly these users."""
    _set_members(run, name, set(users))


@group.command("add")
@click.argument("name")
@click.argument("users", nargs=-1, required=True)
@run_of
def add_members(run: Run, name: str, users: tuple[str, ...]) -> None:
    """Add users to a group; a group that does not exist is made."""
    _set_members(run, name, _members(run, name, must_exist=False) | set(users))


@group.command("remove")
@click.argument("name")
@click.argument("users", nargs=-1, required=True)
@run_of
def remove_members(run: Run, name: str, users: tuple[str, ...]) -> None:
    """Take users out of a group."""
    members = _members(run, name, must_exist=True)
    if strangers := sorted(set(users) - members):
        raise output.Failure(
            f"{', '.join(strangers)} is not in the group {name}; nothing was changed.",
            output.NOT_FOUND,
            "mypi group list",
        )
    _set_members(run, name, members - set(users))


@group.command("delete")
@click.argument("name")
@run_of
def delete_group(run: Run, name: str) -> None:
    """Delete a group; its members stay."""
    output.confirm(run, f"Delete the group {name}?")
    answer = run.client.delete("groups", name)
    if run.json:
        output.emit(answer)
    output.tell(run, f"deleted the group {name}")


def _members(run: Run, name: str, *, must_exist: bool) -> set[str]:
    groups = {it["name"]: it["members"] for it in run.client.get("groups")["groups"]}
    if must_exist and name not in groups:
        raise output.Failure(f"There is no group {name}.", output.NOT_FOUND, "mypi group list")
    return set(groups.get(name, ()))


def _set_members(run: Run, name: str, members: set[str]) -> None:
    answer = run.client.put("groups", name, body={"members": sorted(members)})
    if run.json:
        output.emit(answer)
    output.tell(run, f"in the group {name}: {', '.join(sorted(members)) or 'nobody'}")
