"""Listening sockets: accept connections, drop those that are overdue, stop listening."""

import contextlib
import errno
import os
import socket
import threading
import time
from typing import Any

from waitress import wasyncore
from waitress.server import TcpWSGIServer

try:
    from waitress.server import UnixWSGIServer
except ImportError:  # Windows
    UnixWSGIServer = None

from mypi.server.channel import Channel

EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
PAUSE = 1.0
"""Seconds without accepting when descriptors have run out; trying again at once would spin."""


class Complaints:
    """One log line in ten seconds, with the number of times it would have been said."""

    def __init__(self, every: float = 10.0) -> None:
        self.every = every
        self._count = 0
        self._next = float("-inf")

    def count(self, now: float) -> int:
        """How often to say it was, since last said; 0 = say nothing now."""
        self._count += 1
        if now < self._next:
            return 0
        self._next = now + self.every
        said, self._count = self._count, 0
        return said


class _Listening:
    """What a TCP and a Unix listener of ours have in common."""

    channel_class = Channel
    stopping = False
    """Set while the server finishes its last requests."""

    stopping_since = 0.0
    loop: int | None = None
    """The thread that turns the loop."""

    _deaf_until = 0.0

    def __init__(self, *args: Any, **kw: Any) -> None:
        self._exhausted = Complaints()
        super().__init__(*args, **kw)

    def accept(self: Any) -> Any:
        """The next connection, or None; without descriptors, none for a while."""
        try:
            return super().accept()  # type: ignore[misc]
        except OSError as error:
            if error.errno not in EXHAUSTED:
                raise
            now = time.monotonic()
            self._deaf_until = now + PAUSE
            if times := self._exhausted.count(now):
                self.logger.error(
                    "cannot accept connections: %s (%d times); raise LimitNOFILE (ulimit -n) or "
                    "lower connection_limit",
                    error.strerror, times,
                )  # fmt: skip
            return None

    def readable(self: Any) -> bool:
        """Whether to accept now.  waitress calls this once a round, and cleans up in it."""
        return bool(super().readable()) and time.monotonic() >= self._deaf_until  # type: ignore[misc]

    def add_task(self: Any, channel: Channel) -> None:
        """Have the channel's next request answered: by a thread, or at once when that is quick."""
        if threading.get_ident() == self.loop and channel.is_quick():
            channel.is_for_the_loop = True
        else:
            super().add_task(channel)  # type: ignore[misc]

    def pull_trigger(self: Any) -> None:
        """Wake the loop; from inside it nobody needs to."""
        if threading.get_ident() != self.loop:
            self.wake()

    def wake(self: Any) -> None:
        """Wake the loop, also from a signal's handler in the middle of it."""
        self.trigger.pull_trigger()

    def maintenance(self: Any, now: float) -> None:
        """Drop silent connections and overdue ones."""
        super().maintenance(now)  # type: ignore[misc]
        for channel in list(self.active_channels.values()):
            if channel.will_close or channel.overdue(now):
                # will_close alone waits until the client takes bytes, which it may never do.
                channel.will_close = True
                channel.handle_close()

    def stop_listening(self: Any) -> None:
        """Close the listening socket.  Connections and the trigger that wakes the loop stay.

        Who is in its queue is taken first, or the kernel would reset them.  A socket that stays
        open without us keeps its queue for who comes after us.
        """
        if self.stopping:
            return
        self.stopping = True
        self.stopping_since = time.time()
        if not self.adj.is_inherited:
            self._lead_nowhere()
            while len(self._map) < 2 * self.adj.connection_limit and self._take_one():
                pass
        wasyncore.dispatcher.close(self)

    def _take_one(self: Any) -> bool:
        before = len(self.active_channels)
        self.handle_accept()
        return len(self.active_channels) > before

    def _lead_nowhere(self) -> None:
        """Take the address away first, where that can be done: then nobody can be in the queue."""


class TcpListener(_Listening, TcpWSGIServer):
    """A listening TCP socket."""


if UnixWSGIServer is not None:

    class UnixListener(_Listening, UnixWSGIServer):
        """A listening Unix socket."""

        def bind_server_socket(self) -> None:
            """Bind, and remember which file that made."""
            super().bind_server_socket()
            self._file = os.stat(self.adj.unix_socket)

        def _lead_nowhere(self) -> None:
            with contextlib.suppress(OSError):
                # Who was started in our place meanwhile has made a file of its own there.
                if os.path.samestat(os.stat(self.adj.unix_socket), self._file):
                    os.unlink(self.adj.unix_socket)


def listeners(app: Any, options: Any, dispatcher: Any, sockets: dict[int, Any]) -> list[Any]:
    """Listen on every address of ``options``; ``sockets`` is the map of the loop.

    Raises OSError, with the address as its ``filename``, when one of them cannot be had.
    """
    made: dict[str, Any] = {"map": sockets, "dispatcher": dispatcher, "adj": options}
    if options.unix_socket:
        return [_listen(UnixListener, app, options.unix_socket, **made)]
    if options.sockets:
        return [
            (UnixListener if sock.family == getattr(socket, "AF_UNIX", None) else TcpListener)(
                app,
                _sock=sock,
                bind_socket=False,
                sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
                **made,
            )
            for sock in options.sockets
        ]
    return [
        _listen(TcpListener, app, "{}:{}".format(*info[3]), sockinfo=info, **made)
        for info in options.listen
    ]


def _listen(kind: Any, app: Any, address: str, **made: Any) -> Any:
    try:
        return kind(app, **made)
    except OSError as error:
        error.filename = address
        raise
