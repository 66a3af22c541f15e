"""``mypi serve``: run the server, as ``pserve`` does, of an ini file, a folder, or of nothing."""

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

import click

from mypi.cli.options import Command, Run, run_of
from mypi.cli.output import UNUSABLE, USAGE, Failure, tell

LOOPBACK = "127.0.0.1"


@click.command(cls=Command)
@click.argument("place", metavar="[DIR|INI]", required=False, type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), help="Listen there; 0 is any free port.")
@click.option("--demo", is_flag=True, help="A new index to play with; it is gone afterwards.")
@run_of
def serve(run: Run, place: Path | None, port: int | None, demo: bool) -> None:
    """Run the index of an ini file, or of a folder, until Ctrl-C.

    The same as pserve with that ini file; of a folder it is production.ini.  With --demo nothing is
    needed, and nothing is left.  Exit code 2: it cannot start; one line says why.
    """
    if demo:
        if place or run.config or run.given:
            raise Failure("A demo has settings of its own: give --demo, or an ini file.", USAGE)
        ini, given = str(_demo(run)), {}
        port = _usual_or_free() if port is None else port
    else:
        ini, given = _ini(run, place), run.given
    if port is not None:
        _listen(ini, given, port)
    _serve(ini, given)


def _serve(ini: str, given: dict[str, str]) -> None:
    from mypi.cli.given import pass_on
    from mypi.cli.loading import loader
    from mypi.cli.local import read_settings

    read_settings(ini, given)  # for the sentence when it cannot be read
    pass_on(given)
    file = loader(ini)
    try:
        file.setup_logging(given)
        server = file.get_wsgi_server(None, given)
    except (LookupError, ValueError, ImportError, OSError) as error:
        raise Failure(f"{ini}: {error}.", UNUSABLE, f"mypi -c {ini} config check") from None
    server(file.get_wsgi_app(None, given))


def _ini(run: Run, place: Path | None) -> str:
    from mypi.cli.local import INI_FILES, ini_of

    if place is None:
        return ini_of(run)
    if run.config:
        raise Failure(f"-c {run.config} or {place}; name one ini file.", USAGE)
    if not place.is_dir():
        if not place.suffix and not place.exists():  # an ini file that is missing is told later
            raise Failure(f"There is no {place}.", UNUSABLE, f"mypi init {place}")
        return str(place)
    for name in INI_FILES:
        if (place / name).exists():
            return str(place / name)
    raise Failure(f"There is no {INI_FILES[0]} in {place}.", UNUSABLE, f"mypi init {place}")


def _listen(ini: str, given: dict[str, str], port: int) -> None:
    """Have the server listen on ``port`` in place of what the ini file and the environment say."""
    from mypi.cli.ini import SERVER, section
    from mypi.server.places import VARIABLE

    host = section(ini, SERVER, given).get("host", LOOPBACK)
    os.environ[VARIABLE] = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _demo(run: Run) -> Path:
    """The ini file of a new index in a folder of its own, which goes when the program ends."""
    from mypi.cli.ini import defaults
    from mypi.cli.local import opened, read_settings
    from mypi.cli.making import INI, PORT, ini_text, write
    from mypi.cli.sample import publish, wheel
    from mypi.settings import environment_name

    for key in defaults():  # they would lead to another index
        os.environ.pop(environment_name(key), None)
    folder = Path(tempfile.mkdtemp(prefix="mypi-demo-"))
    # What is registered first is done last: the database is closed by then.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write(folder, {INI: ini_text(folder, "%(here)s/var", PORT, {"title": "mypi demo"})})
    client: Any = opened(Run(quiet=True), read_settings(str(folder / INI), {}))
    publish(client, "stable", wheel("hello-mypi", "1.0"), wheel("hello-mypi", "1.1"))
    publish(client, "incubator", wheel("hello-mypi", "2.0rc1"))
    client.close()
    tell(run, f"mypi: an index to play with, in {folder}; it is gone when you press Ctrl-C")
    return folder / INI


def _usual_or_free() -> int:
    from mypi.cli.making import PORT

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return 0 if probe.connect_ex((LOOPBACK, PORT)) == 0 else PORT
