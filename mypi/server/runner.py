"""Run the loop, and end it well: running requests are finished, the others are let go.

listening  --signal-->  draining (stop_timeout at most)  -->  threads stopped  -->  all closed
                              --second signal-->

While draining, who was accepted is served, and an idle connection is kept as long as a proxy may
have just sent a request on it (``stop_idle``).
"""

import contextlib
import errno
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from mypi.errors import CannotStart
from mypi.server.listener import listeners
from mypi.server.options import Options
from mypi.server.systemd import Notifier

SIGNALS = (signal.SIGTERM, signal.SIGINT)
THREADS_TIMEOUT = 1.0
"""Seconds for threads to end.  Idle ones need milliseconds; others were given their time before."""

log = logging.getLogger(__name__)


def _nothing() -> None:
    """Nobody wants to know."""


class Runner:
    """A server that listens from the moment it exists and serves while :meth:`run` runs.

    Raises CannotStart when an address cannot be had.
    """

    def __init__(self, app: Any, options: Options) -> None:
        self.options = options
        self.sockets: dict[int, Any] = {}
        self.dispatcher = ThreadedTaskDispatcher()
        self._asked_to_stop = 0
        # A signal may come to the thread that has it.
        self._waking = threading.RLock()
        try:
            self.listeners = listeners(
                options.proxies.around(app), options, self.dispatcher, self.sockets
            )
        except OSError as error:
            wasyncore.close_all(self.sockets)
            raise CannotStart(_cannot_listen(error)) from error
        self._wake = self.listeners[0].wake
        self.dispatcher.set_thread_count(options.threads)

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """Host and port of every listener; ``("unix", path)`` for a Unix socket."""
        return [(each.effective_host, each.effective_port) for each in self.listeners]

    @property
    def places(self) -> str:
        """The addresses as people write them."""
        return " ".join(f"{host}:{port}" for host, port in self.addresses)

    @property
    def socket_names(self) -> list[Any]:
        """What ``getsockname`` says of every listener."""
        return [each.socket.getsockname() for each in self.listeners]

    def run(self, started: Callable[[], None] = _nothing) -> None:
        """Serve until a signal comes or :meth:`stop` is called, then return.

        ``started`` is called when signals are heeded.
        """
        notifier = Notifier()
        for each in self.listeners:
            each.loop = threading.get_ident()
        with _signals(self.stop):
            try:
                started()
                notifier.ready(f"listening on {self.places}")
                while not self._asked_to_stop:
                    self._turn(self.options.asyncore_loop_timeout)
                    notifier.alive()
                notifier.stopping()
                self._drain(notifier)
            finally:
                self._close()

    def stop(self) -> None:
        """Ask for a graceful stop; asked twice, for a stop at once.  Safe in any thread."""
        self._asked_to_stop += 1
        with self._waking:
            self._wake()

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout, self.options.asyncore_use_poll, self.sockets, count=1)

    def _drain(self, notifier: Notifier) -> None:
        # Who came before the signal is served too: stop_listening accepts, a turn reads.
        self._turn(0)
        for each in self.listeners:
            each.stop_listening()
        self._turn(0)
        deadline = time.monotonic() + self.options.limits.stop_timeout
        announced = False
        while sum(waiting := self._let_idle_go()):
            busy = waiting[0]
            left = deadline - time.monotonic()
            if self._asked_to_stop > 1 or left <= 0:
                log.warning("stopped with %d requests unfinished", busy)
                break
            if busy and not announced:
                log.info("stopping: %d requests are finished first, for %d s at most", busy, left)
                announced = True
            self._turn(min(left, 1.0 if busy else 0.1))
            notifier.alive()

    def _let_idle_go(self) -> tuple[int, int]:
        """Close the channels that do nothing; count those that do, and those that may begin to."""
        busy = awaited = 0
        now = time.time()
        for listener in self.listeners:
            listener.maintenance(now)
            for channel in list(listener.active_channels.values()):
                if channel.busy and not channel.will_close:
                    busy += 1
                elif channel.awaited(now) and not channel.will_close:
                    awaited += 1
                else:
                    channel.handle_close()
        return busy, awaited

    def _close(self) -> None:
        with self._waking:
            self._wake = _nothing
        for each in self.listeners:
            each.stop_listening()
            for channel in list(each.active_channels.values()):
                channel.handle_close()
        self.dispatcher.shutdown(timeout=THREADS_TIMEOUT)
        if not self.dispatcher.threads:
            # Else the triggers stay: a thread that ends later writes to its trigger's descriptor,
            # and that number may be another file's by then.
            wasyncore.close_all(self.sockets)


@contextlib.contextmanager
def _signals(stop: Any) -> Iterator[None]:
    """Let SIGTERM and SIGINT call ``stop``; does nothing outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop()) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _cannot_listen(error: OSError) -> str:
    where = f"Cannot listen on {error.filename}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where}: another program does already. Stop that one, or choose another port (port "
            "or listen in [server:main], http_port=NUMBER after the ini file)."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{where}: this machine has no such address. Change host or listen in [server:main]."
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"{where}: not permitted. Choose a port above 1023 (port or listen in [server:main])."
        )
    return f"{where}: {error.strerror}. Change host, port, listen or unix_socket in [server:main]."
