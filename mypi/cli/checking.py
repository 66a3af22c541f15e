"""What is wrong in an ini file and the environment, all at once; nothing is opened or made."""

import configparser
import difflib
import os
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mypi.cli.ini import APPLICATION, SERVER, defaults, masked, section
from mypi.errors import CannotStart
from mypi.settings import PREFIX, Settings, environment_name

ERROR, WARNING = "error", "warning"

OTHERS = ("CONFIG", "SERVER", "TOKEN", "USER", "PASSWORD", "NEW_PASSWORD", "LISTEN")
"""Variables beside those of the settings that are read: ``MYPI_CONFIG`` and so on."""

_KEY = re.compile(r"mypi\.\w+")


class Problem(NamedTuple):
    """Something that keeps mypi from starting (an error), or that is hardly meant (a warning)."""

    level: str
    where: str
    what: str


def problems(ini: str, given: Mapping[str, str]) -> list[Problem]:
    """All that can be found without starting; raises Failure when the file cannot be read."""
    app = section(ini, APPLICATION, given)
    server = section(ini, SERVER, given)
    return [
        *_of_settings(app),
        *_of_the_environment(),
        *_of_the_database(app),
        *_of_the_server(server),
        *_of_both(app, server),
        *_of_logging(ini),
    ]


def _of_settings(app: Mapping[str, str]) -> Iterator[Problem]:
    said = {key: text for key, text in app.items() if key.startswith(PREFIX)}
    for key in defaults():
        if environment_name(key) in os.environ:
            said[key] = os.environ[environment_name(key)]
    # The settings stop at the first mistake; without it they come to the next one.
    while True:
        try:
            settings = Settings.from_ini(said)
        except CannotStart as error:
            found = _KEY.search(str(error))
            key = found[0] if found else ""
            yield Problem(ERROR, key, str(error))
            if said.pop(key, None) is None:
                return
        else:
            break
    if settings.htpasswd and not os.access(settings.htpasswd, os.R_OK):
        what = f"{settings.htpasswd} is not there, or may not be read; nobody in it can log in."
        yield Problem(ERROR, PREFIX + "htpasswd", what)


def _of_the_environment() -> Iterator[Problem]:
    known = [environment_name(key) for key in defaults()] + [f"MYPI_{word}" for word in OTHERS]
    for name in sorted(os.environ):
        if name.startswith("MYPI_") and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
            yield Problem(WARNING, name, f"Nothing reads this variable; did you mean {near}?")


def _of_the_database(app: Mapping[str, str]) -> Iterator[Problem]:
    import zodburi

    from mypi.model.storage import parse_file_uri
    from mypi.model.uris import complete

    key, uri = "zodbconn.uri", complete(app.get("zodbconn.uri"), app.get(PREFIX + "data", "var"))
    try:
        if uri.startswith("file://"):
            parse_file_uri(uri)
        else:
            zodburi.resolve_uri(uri)
    except KeyError:
        scheme = uri.partition(":")[0]
        extra = {"zeo": "zeo", "postgres": "postgresql"}.get(scheme, "")
        hint = f"install mypi[{extra}]" if extra else "zeo://, postgresql:// and file:// are known"
        yield Problem(ERROR, key, f"Nothing here opens {scheme}:// addresses; {hint}.")
    except (CannotStart, ValueError, ImportError) as error:
        yield Problem(ERROR, key, masked(key, str(error)))


def _of_the_server(server: Mapping[str, str]) -> Iterator[Problem]:
    from mypi.server.options import read_options

    if server.get("use") != "egg:mypi":
        what = "Another server than mypi's own: its settings are not looked at."
        yield Problem(WARNING, f"[{SERVER}]", what)
        return
    try:
        read_options(None, {key: text for key, text in server.items() if key != "use"})
    except CannotStart as error:
        yield Problem(ERROR, f"[{SERVER}]", str(error).removeprefix(f"[{SERVER}] "))


def _of_both(app: Mapping[str, str], server: Mapping[str, str]) -> Iterator[Problem]:
    sends = os.environ.get("MYPI_SENDFILE") or app.get(PREFIX + "sendfile", "none")
    if sends != "none" and not server.get("trusted_proxy"):
        what = "Downloads are handed over to nobody: no front server is named in trusted_proxy."
        yield Problem(WARNING, PREFIX + "sendfile", what)


def _of_logging(ini: str) -> Iterator[Problem]:
    file = configparser.RawConfigParser(strict=False)
    file.read(ini)
    for kind in ("loggers", "handlers", "formatters"):
        words = file.get(kind, "keys", fallback="") if file.has_section(kind) else ""
        for word in filter(None, (it.strip() for it in words.split(","))):
            name = f"{kind.removesuffix('s')}_{word}"
            if not file.has_section(name):
                yield Problem(ERROR, f"[{kind}]", f"{word} is named, but there is no [{name}].")
