"""What systemd gives a service and wants to hear: listening sockets, readiness, signs of life.

The protocols are variables of the environment: sd_listen_fds(3), sd_notify(3).  A socket that
systemd holds stays open while the service is started anew: clients wait, and none is refused.
"""

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping

FIRST = 3
"""The descriptor of the first socket: those below are stdin, stdout and stderr."""


def inherited(environ: MutableMapping[str, str] = os.environ) -> list[socket.socket]:
    """The listening sockets that were handed to this process; none if it was none.

    What says so is taken out of ``environ``: it does not hold for programs that we start.
    """
    count, pid = environ.pop("LISTEN_FDS", ""), environ.pop("LISTEN_PID", "")
    environ.pop("LISTEN_FDNAMES", None)
    if not count.isdecimal() or pid != str(os.getpid()):
        return []
    sockets = [socket.socket(fileno=FIRST + number) for number in range(int(count))]
    for each in sockets:
        each.set_inheritable(False)
    return sockets


class Notifier:
    """Tells systemd how the service is; silent where nobody asked to be told."""

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        told = environ.get("NOTIFY_SOCKET", "")
        self.address = "\0" + told[1:] if told.startswith("@") else told
        seconds = environ.get("WATCHDOG_USEC", "")
        is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        # Half of the time that systemd waits, as sd_watchdog_enabled(3) recommends.
        self.every = int(seconds) / 2e6 if seconds.isdecimal() and is_ours else 0.0
        self._next = 0.0

    def ready(self, status: str) -> None:
        """Requests are answered from now on."""
        self._tell(f"READY=1\nSTATUS={status}")

    def stopping(self) -> None:
        """No new requests are taken."""
        self._tell("STOPPING=1\nSTATUS=finishing requests")

    def alive(self) -> None:
        """The loop turns.  Called at each turn; says so often enough for the watchdog."""
        if self.every and time.monotonic() >= self._next:
            self._next = time.monotonic() + self.every
            self._tell("WATCHDOG=1")

    def _tell(self, text: str) -> None:
        if not self.address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(text.encode(), self.address)
