"""The reference of the command line, read from its commands."""

import re
from collections.abc import Iterator

import click

from mypi.cli import SECTIONS, cli


def commands() -> str:
    """The options of ``mypi``, then every command by section."""
    context = click.Context(cli, info_name="mypi")
    parts = ["Options of all commands", "-" * 23, "", *_options(cli)]
    for section, names in SECTIONS.items():
        parts += [section, "-" * len(section), ""]
        for name in names:
            command = cli.get_command(context, name)
            parts += _command(command, click.Context(command, info_name=name, parent=context))
    return "\n".join(parts) + "\n"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            yield from _command(below, click.Context(below, info_name=name, parent=context))
        return
    usage = f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}"
    usage = usage.replace(" [OPTIONS]", "")
    yield from (context.command_path, "~" * len(context.command_path), "")
    yield from (".. code-block:: text", "", f"   {usage}", "")
    yield from (_marked(" ".join(part.split())) + "\n" for part in command.help.split("\n\n"))
    yield from _options(command)


def _options(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            names, text = option.get_help_record(click.Context(command))
            yield f"``{names}``"
            yield f"   {_marked(text)}"
            yield ""


def _marked(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"``\1``", text)
