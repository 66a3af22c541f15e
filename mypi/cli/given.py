"""What the command line says of settings (``--set``): it comes before environment and ini file."""

import configparser
import difflib
import os
from collections.abc import Mapping
from typing import Any

from mypi.cli.output import USAGE, Failure
from mypi.settings import PREFIX, environment_name

MARK = "given on the command line"


def check_names(ini: str, given: Mapping[str, str]) -> None:
    """Raise Failure for a name that changes nothing: the data would be looked for elsewhere."""
    from mypi.cli.ini import defaults

    known = [*defaults(), *_words(ini)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            raise Failure(
                f"--set {name}: {ini} does not use it; the nearest name is {near}.",
                USAGE,
                "mypi config show",
            )


def overrule(ini: str, given: Mapping[str, str], settings: dict[str, Any]) -> None:
    """Let ``given`` count in ``settings``, and nothing that the environment says of the same.

    A setting is given by its own name, or by a word that the file makes it of, as ``data``.
    """
    from mypi.cli.loading import loader

    marked = loader(ini).get_wsgi_app_settings(None, dict.fromkeys(given, MARK))
    for key in {**marked, **given}:
        if key.startswith(PREFIX) and (key in given or MARK in str(marked[key])):
            settings[key] = given[key] if key in given else settings[key]
            os.environ.pop(environment_name(key), None)


def pass_on(given: Mapping[str, str]) -> None:
    """Tell the application that this process is about to make, which reads the file itself."""
    os.environ.update(
        {environment_name(name): text for name, text in given.items() if name.startswith(PREFIX)}
    )


def _words(ini: str) -> list[str]:
    """The words of an ini file for values: those of ``[DEFAULT]``, and in ``%(...)s``."""
    file = configparser.RawConfigParser(strict=False)
    file.read(ini)
    used = []
    for name in file.sections():
        for key, text in file.items(name):
            used += [part.partition(")")[0] for part in text.split("%(")[1:]]
            used += [text] * key.startswith("get ")
    return [*file.defaults(), *used]
