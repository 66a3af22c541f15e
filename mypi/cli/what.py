"""How people name projects, releases and files on the command line."""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mypi.services.wanted import Wanted

PARTS = ("project", "release", "file")


class What(click.ParamType):  # type: ignore[type-arg]  # click 8.2 takes none
    """A word of the form PROJECT, PROJECT==VERSION or PROJECT==VERSION/FILE.

    ``least`` and ``most`` are how much it must and may say.
    """

    name = "what"

    def __init__(self, least: str = "project", most: str = "file") -> None:
        self.least = PARTS.index(least)
        self.most = PARTS.index(most)

    def convert(self, value: Any, param: Any, ctx: Any) -> "Wanted":
        """The word, read."""
        from mypi.errors import Refused
        from mypi.services.wanted import parse

        try:
            wanted = parse(value)
        except Refused as error:
            self.fail(str(error), param, ctx)
        said = sum(map(bool, wanted)) - 1
        if said < self.least:
            self.fail(f"say which {PARTS[said + 1]} of {value}, as {_example(said)}.", param, ctx)
        if said > self.most:
            self.fail(f"{value!r} says too much; name a {PARTS[self.most]}.", param, ctx)
        return wanted


def _example(said: int) -> str:
    return "six==1.17.0" if said == 0 else "six==1.17.0/six-1.17.0.tar.gz"


def address(index: str, wanted: "Wanted") -> tuple[str, ...]:
    """The parts of the API's address of a project, a release or a file."""
    parts: tuple[str, ...] = ("indexes", index, "projects", wanted.project)
    if wanted.version:
        parts += ("releases", wanted.version)
    if wanted.filename:
        parts += ("files", wanted.filename)
    return parts
