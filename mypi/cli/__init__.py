"""The command line ``mypi``: a client of the HTTP API, here or far away.

``reach`` finds the index, ``client`` speaks to it, ``output`` speaks to people; most other modules
are a subject each.  A subject is imported when one of its commands is wanted, and what is large
(httpx, Pyramid, ZODB) when the index is: ``mypi --help`` answers at once.
"""

import functools
import importlib
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import click

from mypi.cli.options import Group
from mypi.cli.output import Failure

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Look": {
        "list": "projects:list_projects",
        "show": "projects:show",
        "search": "search:search",
        "stats": "statistics:stats",
        "log": "log:log",
        "whoami": "people:whoami",
    },
    "Releases": {
        "promote": "promotions:promote",
        "promotions": "promotions:promotions",
        "undo": "promotions:undo",
        "yank": "lifecycle:yank",
        "unyank": "lifecycle:unyank",
        "status": "lifecycle:status",
        "owner": "lifecycle:owner",
        "delete": "trash:delete",
        "restore": "trash:restore",
        "trash": "trash:trash",
    },
    "Site": {
        "index": "indexes:index",
        "user": "people:user",
        "group": "people:group",
        "token": "tokens:token",
        "retention": "retention:retention",
        "webhook": "webhooks:webhook",
        "import": "importing:import_",
        "check": "check:check",
        "reindex": "search:reindex",
        "backup": "backup:backup",
        "recover": "backup:recover",
        "export": "export:export",
        "move": "move:move",
        "pack": "pack:pack",
        "completion": "completion:completion",
    },
    "Server": {
        "init": "init:init",
        "serve": "serve:serve",
        "config": "config:config",
        "doctor": "doctor:doctor",
        "evolve": "evolve:evolve",
        "shell": "shell:shell",
    },
}
"""Section of the help -> command -> module and name of what is run."""

PLACES = {name: place for commands in SECTIONS.values() for name, place in commands.items()}


class Program(Group):
    """The whole program; finds its commands in :data:`SECTIONS`."""

    hides = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of the help."""
        return list(PLACES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if name not in PLACES:
            return None
        module, _, attribute = PLACES[name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"mypi.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, by section."""
        for section, names in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl(
                    [
                        (name, command.get_short_help_str(62))
                        for name in names
                        if (command := self.get_command(ctx, name))
                    ]
                )

    def main(self, *args: Any, standalone_mode: bool = True, **kw: Any) -> Any:
        """Run, and end the process with the exit code that docs/reference/cli tells."""
        run: Any = functools.partial(super().main, *args, standalone_mode=False, **kw)
        return finish(run) if standalone_mode else run()


def finish(run: Callable[[], Any]) -> NoReturn:
    """Call ``run`` and end the process as it went."""
    try:
        code = run()
    except Failure as failure:
        failure.show()
        code = failure.code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo(
            "mypi: interrupted; what was done stays done, it is safe to run it again", err=True
        )
        code = 130
    except BrokenPipeError:  # whoever read our output has seen enough
        # Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mypi", message="mypi %(version)s")
def cli() -> None:
    """Look after a package index: indexes, releases, people, and what is kept how long.

    Speaks to the server at -s URL (or MYPI_SERVER, with MYPI_TOKEN); or, on the machine of the
    index, works on the database of -c INI (or MYPI_CONFIG, ./production.ini, ./development.ini)
    with all rights, whether its server runs or not.
    """


def main() -> None:
    """The program."""
    cli(prog_name="mypi")
