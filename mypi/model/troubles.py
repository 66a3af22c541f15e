"""What an error of the database means for who asked: it is away, has no room, or is damaged.

Each engine has errors of its own for that; nobody else has to know them.
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from ZODB.FileStorage.format import CorruptedError
from ZODB.POSException import POSKeyError, ReadOnlyError, StorageSystemError

from mypi.errors import CannotStart, Refused

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})
"""What the kernel says when nothing can be written; elsewhere it may."""

_POSTGRESQL_NO_ROOM = "53100"
_POSTGRESQL_FOR_READING = "25006"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class Trouble(Enum):
    """What is the matter; the value is the HTTP status that says so."""

    AWAY = 503
    NO_ROOM = 507
    DAMAGED = 500


def trouble_of(error: BaseException) -> Trouble | None:
    """What ``error`` says of the database; None when it is not the database's."""
    if isinstance(error, OSError):
        return Trouble.NO_ROOM if error.errno in NO_ROOM else None
    if isinstance(error, ReadOnlyError):
        return Trouble.NO_ROOM
    if isinstance(error, (POSKeyError, CorruptedError, StorageSystemError)):
        return Trouble.DAMAGED
    return _of_zeo(error) or _of_postgresql(error)


@contextmanager
def told_at_start(where: str) -> Iterator[None]:
    """Raise CannotStart when the database at ``where`` turns out to be damaged."""
    try:
        yield
    except Exception as error:
        if trouble_of(error) is not Trouble.DAMAGED:
            raise
        raise CannotStart(
            f"The database {where} is damaged: {type(error).__name__}: {error}. Keep a copy of it, "
            "and recover a backup (mypi recover)."
        ) from error


@contextmanager
def told_when_full(what: str, hint: str = "make room, and run it again") -> Iterator[None]:
    """Raise Refused with these words when a disk turns out to be full."""
    try:
        yield
    except OSError as error:
        if trouble_of(error) is not Trouble.NO_ROOM:
            raise
        raise Refused(f"{what}: {error.strerror}; {hint}.") from error


def _of_zeo(error: BaseException) -> Trouble | None:
    known = sys.modules.get("ZEO.Exceptions")
    if known is None or not isinstance(error, known.ClientStorageError):
        return None
    if isinstance(error, known.ServerException):
        # The name of the server's error, and what it was made with.
        name, args = (*error.args, "", ())[:2]
        if name.rpartition(".")[2] in ("OSError", "IOError") and args and args[0] in NO_ROOM:
            return Trouble.NO_ROOM
        return None
    return Trouble.AWAY


def _of_postgresql(error: BaseException) -> Trouble | None:
    relstorage: Any = sys.modules.get("relstorage.storage.interfaces")
    if relstorage and isinstance(error, relstorage.StorageDisconnectedDuringCommit):
        return Trouble.AWAY
    known: Any = sys.modules.get("psycopg2")
    if known is None or not isinstance(error, known.Error):
        return None
    code = getattr(error, "pgcode", None)
    if code in (_POSTGRESQL_NO_ROOM, _POSTGRESQL_FOR_READING):
        return Trouble.NO_ROOM
    # Not connected, or just being cut off; too many connections; a lock that took too long.
    is_away = isinstance(error, (known.OperationalError, known.InterfaceError))
    return Trouble.AWAY if is_away else None
