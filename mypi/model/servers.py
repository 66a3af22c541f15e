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
        from mypi.model.zeoclient import prepare

        prepare(storage)
    if hasattr(getattr(storage, "_server", None), "timeout"):
        storage._server.timeout = PATIENCE  # neither can it say this
    return storage, options


def name_of(uri: str) -> str:
    """Where the server is, as it may be shown: no options, and no password."""
    scheme, _, rest = uri.partition("?")[0].partition("://")
    login, at, place = rest.rpartition("@")
    return f"{scheme}://{login.partition(':')[0]}{at}{place}"
