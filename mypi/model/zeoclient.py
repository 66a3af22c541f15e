"""What ZEO's client storage has to be told besides its address; only where ZEO is installed."""

import io
from typing import Any

import ZEO.ClientStorage
from ZEO.TransactionBuffer import TransactionBuffer
from zodbpickle.pickle import Pickler


class MemoryBuffer(TransactionBuffer):
    """What a transaction changes, kept until the server has it: in memory.

    ZEO's own is a file.  On a full disk it cannot be closed, and the client keeps its commit lock
    for ever; or it cannot be read when the server has stored everything already, and the client is
    told that nothing was.
    """

    file: Any

    def __init__(self, generation: int) -> None:
        super().__init__(generation)
        self.file.close()
        self.file = io.BytesIO()
        self.pickler = Pickler(self.file, 1)
        self.pickler.fast = 1


def prepare(storage: Any) -> None:
    """Make ``storage``, a client that is connected, see others' commits and outlive its server."""
    # Whoever is told that a file is published finds it, whichever process is asked next; else a
    # commit of another process is seen up to 30 ms later (measured).  No address can say it, and
    # the first connection is made by now: that needs the second line.
    storage.server_sync = True
    storage.sync = storage.ping
    ZEO.ClientStorage.TransactionBuffer = MemoryBuffer
    _forget_numbers(storage)


def _forget_numbers(storage: Any) -> None:
    """Forget the numbers for new objects that a server gave in advance, when it goes away.

    The next one begins after the last number that was stored, and gives the same ones again.
    """
    told = storage.notify_disconnected

    def notify_disconnected() -> None:
        storage._oids.clear()
        told()

    storage.notify_disconnected = notify_disconnected
