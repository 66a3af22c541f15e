"""Where to listen: what systemd hands over, else what the environment says, else the ini file."""

import os
from collections.abc import Mapping, MutableMapping
from typing import Any

from mypi.errors import CannotStart
from mypi.server.systemd import inherited

KEYS = ("host", "port", "listen", "unix_socket", "unix_socket_perms", "sockets")
"""Keys of ``[server:main]`` that say it."""

VARIABLE = "MYPI_LISTEN"
"""Addresses with a port, or ``unix:/run/mypi/socket``; takes the place of those keys.

For what one ini file cannot say: containers, and several processes on one machine.
"""

UNIX = "unix:"


def placed(
    given: Mapping[str, Any], environ: MutableMapping[str, str] = os.environ
) -> dict[str, Any]:
    """``given``, keys of ``[server:main]``, with one place to listen at.

    Raises CannotStart when the environment says what cannot be.
    """
    others = {key: value for key, value in given.items() if key not in KEYS}
    if sockets := inherited(environ):
        return {**others, "sockets": sockets}
    if words := environ.get(VARIABLE, "").split():
        return {**others, **_said(words)}
    if not given.keys() & {"listen", "sockets", "unix_socket"}:
        return {"host": "127.0.0.1", "port": 6543, **given}
    return dict(given)


def _said(words: list[str]) -> dict[str, str]:
    if not any(word.startswith(UNIX) for word in words):
        return {"listen": " ".join(words)}
    if len(words) > 1:
        raise CannotStart(
            f"{VARIABLE} = {' '.join(words)}: one Unix socket is wanted, or addresses such as "
            "127.0.0.1:6543."
        )
    # Who may enter the folder may speak, as at a port: the front server is another user.
    return {"unix_socket": words[0].removeprefix(UNIX), "unix_socket_perms": "666"}
