"""Let the shell complete commands and options."""

import click

from mypi.cli.options import Command

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes a shell complete `mypi`.

    Put this into ~/.bashrc: eval "$(mypi completion bash)"
    """
    from click.shell_completion import get_completion_class

    program = click.get_current_context().find_root().command
    kind = get_completion_class(shell)
    assert kind is not None, "click knows these"
    click.echo(kind(program, {}, "mypi", "_MYPI_COMPLETE").source())
