"""What the ini file says, and files made from it."""

import click

from mypi.cli.gen import gen
from mypi.cli.options import Group


@click.group(cls=Group)
def config() -> None:
    """What the settings are, and files made from them."""


config.add_command(gen)
