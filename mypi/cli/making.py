"""A new index: its ini file with every setting in it, and files for what runs it."""

import dataclasses
import textwrap
from collections.abc import Mapping
from pathlib import Path

from mypi.cli.generating import files, filled
from mypi.cli.ini import defaults
from mypi.cli.output import REFUSED, UNUSABLE, Failure
from mypi.errors import Refused
from mypi.settings import PREFIX, Settings

INI = "production.ini"
DEPLOY = "deploy"
"""The folder beside the ini file with files for nginx, systemd and so on."""

EXAMPLE = "https://pypi.example"
PORT = 6543


def ini_text(folder: Path, data: str, port: int, said: Mapping[str, str]) -> str:
    """The ini file of an index in ``folder``; ``said`` are settings, without their ``mypi.``."""
    words = {
        "folder": str(folder),
        "ini": str(folder / INI),
        "port": str(port),
        "data": data,
        "settings": _settings(said),
    }
    return filled(INI, words) + "\n"


def around(ini: Path, data: Path, url: str, user: str) -> dict[str, str]:
    """Files for what runs mypi and stands in front of it: path below the ini file's folder -> text.

    Raises Failure when the paths have characters that such files do not take.
    """
    try:
        made = files(ini, url=url or EXAMPLE, prefix=_path_of(url), data=data, user=user)
    except Refused as error:
        raise Failure(str(error), REFUSED, "mypi init --no-deploy") from None
    return {f"{DEPLOY}/{name}": text for name, text in made.items()}


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write all files, or none when one of them is there.  Raises Failure."""
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        raise Failure(
            f"{folder / taken[0]} is there already. Nothing was written.",
            REFUSED,
            f"mypi serve {folder}" if taken[0] == INI else "another folder",
        )
    try:
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise Failure(f"{folder} cannot be written: {error.strerror}.", UNUSABLE) from None


def _settings(said: Mapping[str, str]) -> str:
    """Every setting with its meaning: those that are said, the others as a comment."""
    known = defaults()
    lines = ["# Every setting with its default; see also: mypi config show"]
    for it in dataclasses.fields(Settings):
        if it.name == "data":
            continue
        lines += ["", *textwrap.wrap(it.metadata["meaning"], 98, initial_indent="# ",
                                     subsequent_indent="# ")]  # fmt: skip
        key, text = PREFIX + it.name, said.get(it.name)
        default = f"# {key} = {known[key]}".rstrip()
        lines.append(default if text is None else f"{key} = {text.replace('%', '%%')}")
    return "\n".join(lines)


def _path_of(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).path
