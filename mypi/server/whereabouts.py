"""``server.json``: how the command line finds the server that holds the database.

The running server's address, and a key that makes its holder the operator, lie beside the database
in a file that only its owner can read.  The key is made anew at every start.
"""

import contextlib
import ipaddress
import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "server.json"
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Whereabouts:
    """Where a server on this machine is; with ``socket``, ``url`` is spoken on that Unix socket."""

    url: str
    key: str
    socket: str = ""


def reached_at(names: Iterable[Any], prefix: str = "") -> tuple[str, str]:
    """URL and Unix socket (or nothing) that lead from this machine to who listens on ``names``.

    ``names`` are what ``getsockname`` says of the sockets.  Loopback is preferred, then an address
    that includes it, then a Unix socket; the URL does not end with a slash.
    """
    best = min(names, key=_distance)
    if isinstance(best, (str, bytes)):
        return f"http://localhost{prefix}", os.path.abspath(os.fsdecode(best))
    host = WILDCARDS.get(best[0], best[0])
    return f"http://{f'[{host}]' if ':' in host else host}:{best[1]}{prefix}", ""


def read(folder: Path) -> Whereabouts | None:
    """What a server wrote into ``folder``; None if none did, or half of it.

    Raises PermissionError when the file is another user's.
    """
    try:
        return Whereabouts(**json.loads((folder / FILE).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


@contextlib.contextmanager
def published(folder: Path, here: Whereabouts) -> Iterator[None]:
    """Keep the file in ``folder`` while the server runs; without it the server serves as well."""
    file = folder / FILE
    try:
        _write(file, here)
    except OSError as error:
        log.warning("the command line will not find this server: %s: %s", file, error.strerror)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if read(folder) == here:
                file.unlink()


def _write(file: Path, here: Whereabouts) -> None:
    """Write aside, readable by the owner alone from the first byte on, then put in place."""
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump({key: text for key, text in asdict(here).items() if text}, opened)
    aside.replace(file)


def _distance(name: Any) -> int:
    if isinstance(name, (str, bytes)):
        return 2
    if name[0] in WILDCARDS:
        return 1
    return 0 if ipaddress.ip_address(name[0].partition("%")[0]).is_loopback else 3
