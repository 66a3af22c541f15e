"""What the ini file says, and files made from it."""

import click

from mypi.cli import output
from mypi.cli.gen import gen
from mypi.cli.options import Command, Group, Run, run_of

WRONG = 1
"""The exit code when mypi would not start."""


@click.group(cls=Group)
def config() -> None:
    """What the settings are, and files made from them."""


@config.command(cls=Command)
@click.argument("word", default="")
@run_of
def show(run: Run, word: str) -> None:
    """Show every setting, and where its value comes from.

    Or those with WORD in their names.  The command line comes first (`--set`), then the
    environment, the ini file, and the default.  Secrets are shown as `***`.
    """
    from mypi.cli.ini import values
    from mypi.cli.local import ini_of

    ini = ini_of(run)
    found = [it for it in values(ini, run.given) if word.lower() in it.key]
    if run.json:
        output.emit({"ini": ini, "settings": [it._asdict() for it in found]})
        return
    name = ""
    for it in found:
        if it.section != name:
            click.echo(f"\n[{it.section}]" if name else f"[{it.section}]")
            rows = [(one.key, one.value, one.source) for one in found if one.section == it.section]
            output.table(("key", "value", "from"), rows)
            name = it.section
    if not found:
        output.tell(run, f"no setting has {word!r} in its name")


@config.command(cls=Command)
@run_of
def check(run: Run) -> int:
    """Look whether mypi would start with these settings.

    Tells all mistakes at once.  Nothing is opened or made; `mypi doctor` looks further.  Exit code
    1: it would not start.
    """
    from mypi.cli.checking import ERROR, problems
    from mypi.cli.local import ini_of

    ini = ini_of(run)
    found = problems(ini, run.given)
    if run.json:
        output.emit({"ini": ini, "problems": [it._asdict() for it in found]})
    else:
        output.table(("level", "where", "problem"), found)
    count = output.plural(len(found), "problem") if found else "all is well"
    output.tell(run, f"{ini}: {count}")
    return WRONG if any(it.level == ERROR for it in found) else 0


config.add_command(gen)
