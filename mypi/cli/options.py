"""The options that every command takes, wherever on the line they stand, and what they ask for."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from mypi.cli.client import Client

OURS = "global_"
"""How click knows these options; a command may have an option or argument of the same name."""

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass
class Run:
    """One run of the program: how to reach the index, and how to talk."""

    config: str = ""
    server: str = ""
    user: str = ""
    given: dict[str, str] = field(default_factory=dict)
    """Values of the ini file's ``[DEFAULT]`` section that the command line overrides."""
    json: bool = False
    yes: bool = False
    quiet: bool = False
    no_progress: bool = False
    color: str = "auto"
    verbose: int = 0

    @functools.cached_property
    def client(self) -> "Client":
        """The index; reached when first asked for, let go when the program ends."""
        from mypi.cli.reach import reach

        client = reach(self)
        click.get_current_context().find_root().call_on_close(client.close)
        return client

    def index(self, name: str | None) -> str:
        """The index that ``name`` says (a leading ``+`` is dropped), or the default one."""
        return name.removeprefix("+") if name else self.client.default_index()


def run_of(function: Function) -> Function:
    """Decorator: the command's function gets the :class:`Run` as its first argument."""
    passing: Any = click.make_pass_decorator(Run, ensure=True)
    decorated: Function = passing(function)
    return decorated


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Put an option into the Run.  What stands behind the command wins."""
    run = ctx.ensure_object(Run)
    name = (param.name or "").removeprefix(OURS)
    if value and name == "given":
        run.given.update(value)
    elif value:
        setattr(run, name, value)


def _colour(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Click takes colours out of what goes to no terminal, unless the context says otherwise."""
    if value:
        ctx.color = {"always": True, "never": False}.get(value)
        _keep(ctx, param, value)


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> None:
    for text in values:
        if not text.partition("=")[0] or "=" not in text:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE.", ctx, param)
    _keep(ctx, param, dict(text.split("=", 1) for text in values))


def _options(*, hidden: bool) -> list[click.Option]:
    def option(name: str, *names: str, callback: Any = _keep, **kw: Any) -> click.Option:
        names = (OURS + name, *names)
        return click.Option(names, expose_value=False, hidden=hidden, callback=callback, **kw)

    flag = {"is_flag": True}
    return [
        option(
            "server", "-s", "--server", metavar="URL", help="Speak to the server at this address."
        ),
        option(
            "user",
            "-u",
            "--user",
            metavar="NAME",
            help="Log in there as NAME; asks for the password.",
        ),
        option(
            "config", "-c", "--config", metavar="INI", help="Work on the database of this ini file."
        ),
        option(
            "given",
            "--set",
            multiple=True,
            metavar="NAME=VALUE",
            callback=_pairs,
            help="A setting, before environment and ini: data=/srv/mypi.",
        ),
        option("json", "--json", help="Print the API's answer instead of text.", **flag),
        option("yes", "--yes", help="Ask nothing; the answer is yes.", **flag),
        option("quiet", "-q", "--quiet", help="Say nothing but errors.", **flag),
        option("no_progress", "--no-progress", help="Do not tell how far long work is.", **flag),
        option(
            "color",
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            callback=_colour,
            help="Colours; auto: on a terminal, unless NO_COLOR is set.",
        ),
        option(
            "verbose",
            "-v",
            "--verbose",
            count=True,
            help="Say how the index is reached; show more.",
        ),
    ]


class _TakesAll:
    """Takes the global options as well; only the program itself shows them in its help."""

    params: list[click.Parameter]
    hides = True

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.params += _options(hidden=self.hides)


class Command(_TakesAll, click.Command):
    """A command."""


class Group(_TakesAll, click.Group):
    """A command with commands."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order in which they were written."""
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that ``args`` begin with; what is mistyped is told the nearest one."""
        import difflib

        known = self.list_commands(ctx)
        name = args[0]
        if name not in known and not name.startswith("-"):
            near = difflib.get_close_matches(name, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"No such command {name!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)


def index_option(function: Function) -> Function:
    """Decorator: adds ``-i INDEX``, given to the function as ``index``."""
    text = "The index; without it, the default one."
    return click.option("-i", "--index", metavar="INDEX", help=text)(function)


def dry_run_option(function: Function) -> Function:
    """Decorator: adds ``--dry-run``."""
    return click.option("--dry-run", is_flag=True, help="Tell what would be done; do nothing.")(
        function
    )
