"""Databases that a server of their own keeps: ZEO and PostgreSQL, and whatever zodburi knows."""

from typing import Any

import zodburi

from mypi.errors import CannotStart
from mypi.model.troubles import Trouble, trouble_of

PATIENCE = 1.0
"""Seconds for which a call waits for a ZEO server that went away: it keeps a thread from others.

Half a minute is ZEO's own.  A writing request tries five times, so it outlives a restart.
"""


def open_server(uri: str) -> tuple[Any, dict[str, Any]]:
    """The storage of ``uri``, and options for the database on it.

    Raises CannotStart, with one sentence, when its server does not answer.
    """
    factory, options = zodburi.resolve_uri(uri)
    try:
        storage = factory()
    except Exception as error:
        if trouble_of(error) is not Trouble.AWAY:
            raise
        why = " ".join(str(error).split()) or "no answer in time"
        raise CannotStart(
            f"The database {name_of(uri)} does not answer: {why}. Start its server, or say another "
            "one in zodbconn.uri."
        ) from error
    if hasattr(storage, "ping"):  # ZEO
        # Whoever is told that a file is published finds it, whichever process is asked next; else a
        # commit of another process is seen up to 30 ms later (measured).  No address can say it,
        # and the first connection is made by now: that needs the second line.
        storage.server_sync = True
        storage.sync = storage.ping
        _forget_numbers(storage)
    if hasattr(getattr(storage, "_server", None), "timeout"):
        storage._server.timeout = PATIENCE  # neither can it say this
    return storage, options


def _forget_numbers(storage: Any) -> None:
    """Forget the numbers for new objects that a ZEO server gave in advance, when it goes away.

    The next one begins after the last number that was stored, and gives the same ones again.
    """
    told = storage.notify_disconnected

    def notify_disconnected() -> None:
        storage._oids.clear()
        told()

    storage.notify_disconnected = notify_disconnected


def name_of(uri: str) -> str:
    """Where the server is, as it may be shown: no options, and no password."""
    scheme, _, rest = uri.partition("?")[0].partition("://")
    login, at, place = rest.rpartition("@")
    return f"{scheme}://{login.partition(':')[0]}{at}{place}"
