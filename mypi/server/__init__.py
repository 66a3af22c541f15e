"""The web server: waitress, hardened, with graceful stop and a start banner.

``run`` is what ``[server:main] use = egg:mypi`` calls.  The parts, as a request meets them:
``listener`` accepts, ``channel`` keeps the connection, ``parser`` reads the request and refuses
what cannot be taken, ``runner`` turns the loop and ends it; ``whereabouts`` tells the command line
where all this is.  Nothing here knows what an index is.
"""

import contextlib
import importlib.metadata
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from mypi.errors import CannotStart
from mypi.server import banner, memory
from mypi.server.options import app_settings, read_options
from mypi.server.runner import Runner
from mypi.server.whereabouts import Whereabouts, published, reached_at

__all__ = ["run"]

TURN = 0.001
"""Seconds a thread may compute while others wait for the interpreter; Python's own are 0.005.

An upload waits for the disk a dozen times, partly with the commit lock held, and each time it then
waits for its turn: measured, 8 uploads at once are 1.3 to 1.5 times as fast.
"""


def run(app: Any, global_config: Mapping[str, str] | None = None, **settings: Any) -> None:
    """Serve ``app`` until SIGTERM or Ctrl-C; ``settings`` are the keys of ``[server:main]``.

    Returns when the last request is finished.  Ends the process with exit code 2 and one line on
    stderr when a key is wrong or an address taken.
    """
    # Four threads and a queue are how waitress works, not an event worth a line each time.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        runner = Runner(app, read_options(app, settings))
    except CannotStart as error:
        _give_up(f"mypi: {error}")
    facts = gather_facts(app_settings(app).get("mypi.facts") or {}, runner.addresses)
    sys.setswitchinterval(TURN)
    memory.give_back()
    with _findable(app, runner):
        runner.run(started=lambda: banner.show(facts, sys.stderr))


def gather_facts(told: Mapping[str, Any], addresses: list[tuple[str, str]]) -> banner.Facts:
    """Facts for the banner, from what the application tells and where the server listens.

    Keys of ``told``, all optional: version, storage, projects, files, open, and url, the one that
    is configured.
    """
    tcp = [(host, port) for host, port in addresses if host != "unix"]
    urls = [f"{told['url'].rstrip('/')}/"] if told.get("url") else []
    urls += [banner.url_of(host, port) for host, port in tcp]
    hosts = [host for host, _ in tcp]
    hosts += [urlsplit(told["url"]).hostname or ""] if told.get("url") else []
    return banner.Facts(
        version=told.get("version") or _version(),
        urls=tuple(dict.fromkeys(urls)) or tuple(f"unix:{path}" for _, path in addresses),
        beyond_loopback=not all(map(banner.is_loopback, hosts)),
        **{key: told[key] for key in ("storage", "projects", "files", "open") if key in told},
    )


def _findable(app: Any, runner: Runner) -> contextlib.AbstractContextManager[None]:
    """Let the command line find the server, if the application has a folder and a key for that."""
    folder = app_settings(app).get("mypi.data_dir")
    key = getattr(getattr(app, "registry", None), "operator_key", "")
    if not folder or not key:
        return contextlib.nullcontext()
    url, socket = reached_at(runner.socket_names, runner.options.url_prefix)
    return published(Path(folder), Whereabouts(url, key, socket))


def _version() -> str:
    try:
        return importlib.metadata.version("mypi")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _give_up(line: str) -> NoReturn:
    """End the process with exit code 2.

    pserve catches SystemExit around the server and would report success; hence the hard way.  The
    database is left as after a kill, which is safe; nothing was served yet.
    """
    print(line, file=sys.stderr)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(2)
