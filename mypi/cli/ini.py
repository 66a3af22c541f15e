"""An ini file: the value of each setting, and where it comes from, for people to read."""

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mypi.settings import PREFIX, Settings, environment_name
from mypi.sizes import parse_size, size_in_units

MASK = "***"
DEFAULT = "default"
APPLICATION, SERVER = "app:main", "server:main"

_SECRET = re.compile(r"passw|secret|token|key$", re.IGNORECASE)
_LOGIN = re.compile(r"(://[^/?@:]*):[^/?]*@")
_WORD = re.compile(r"([?&]\w*(?:passw|secret|token|key)\w*=)[^&]*", re.IGNORECASE)


class Value(NamedTuple):
    """A setting as it counts; ``source`` is ``default``, the file's name, a variable or ``--set``.

    ``value`` is text as it is written into an ini file, with ``***`` for what is secret.
    """

    section: str
    key: str
    value: str
    source: str


def values(ini: str, given: Mapping[str, str]) -> list[Value]:
    """Every setting of ours, and what else the file says to application and server.

    Raises Failure when the file cannot be read.
    """
    return [*_of_the_application(ini, given), *_of_the_server(ini, given)]


def section(ini: str, name: str, given: Mapping[str, str]) -> dict[str, str]:
    """What a section says; empty if there is no such section.

    Raises Failure when the file cannot be read.
    """
    from mypi.cli.loading import loader
    from mypi.cli.local import read_settings

    if name == APPLICATION:
        return {key: str(text) for key, text in read_settings(ini, dict(given)).items()}
    try:
        return {k: str(v) for k, v in loader(ini).get_settings(name, dict(given)).items()}
    except LookupError:
        return {}


def as_text(value: Any, *, is_size: bool = False) -> str:
    """A setting's value as it is written into an ini file."""
    if is_size:
        return size_in_units(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value)


def defaults() -> dict[str, str]:
    """The settings ``mypi.*`` -> their defaults, as they are written into an ini file."""
    return {
        PREFIX + it.name: as_text(it.default, is_size=it.metadata["parse"] is parse_size)
        for it in dataclasses.fields(Settings)
    }


def masked(key: str, text: str) -> str:
    """``text`` without the secrets that are in it, or that it is as the value of ``key``."""
    if _SECRET.search(key) and text:
        return MASK
    return _WORD.sub(rf"\1{MASK}", _LOGIN.sub(rf"\1:{MASK}@", text))


def _of_the_application(ini: str, given: Mapping[str, str]) -> Iterator[Value]:
    known = defaults()
    said, unset = (section(ini, APPLICATION, words) for words in (given, {}))
    others = [key for key in said if "." in key and key not in known and said[key]]
    for key in [*known, *sorted(others)]:
        variable = environment_name(key)
        if key in known and variable in os.environ:
            text, source = os.environ[variable], variable
        elif key in said:
            text, source = said[key], _source(ini, key, said, unset)
        else:
            text, source = known[key], DEFAULT
        yield Value(APPLICATION, key, masked(key, text), source)


def _of_the_server(ini: str, given: Mapping[str, str]) -> Iterator[Value]:
    from mypi.server.options import DEFAULTS, OWN_KEYS, SIZE_KEYS, Limits
    from mypi.server.places import KEYS, VARIABLE

    said, unset = (section(ini, SERVER, words) for words in (given, {}))
    limits = {it.name: it.default for it in dataclasses.fields(Limits)}
    ours = {**DEFAULTS, **{key: limits[key] for key in OWN_KEYS}}
    listen = os.environ.get(VARIABLE, "")
    if listen:
        yield Value(SERVER, "listen", listen, VARIABLE)
    for key, text in said.items():
        if key != "use" and not (listen and key in KEYS):
            yield Value(SERVER, key, masked(key, text), _source(ini, key, said, unset))
    for key, value in ours.items():
        if key not in said:
            yield Value(SERVER, key, as_text(value, is_size=key in SIZE_KEYS), DEFAULT)


def _source(ini: str, key: str, said: Mapping[str, str], unset: Mapping[str, str]) -> str:
    return Path(ini).name if said[key] == unset.get(key) else "--set"
