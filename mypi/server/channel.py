"""One client's connection: when it is busy, when it is overdue, and how it ends after a refusal."""

import logging
import socket
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from mypi.server.bodies import TAKER
from mypi.server.parser import StrictParser
from mypi.server.sending import LARGE, Piece, Whole, file_wrapper, send_piece

SLOWEST = 1_000
"""Bytes a second of a body, on the average; who sends less holds a connection that others want."""
GRACE = 120.0
"""Seconds of a request after which that counts."""
RECENT = 1.0
"""Seconds of silence after which a refused client has read its answer, when the server stops."""

log = logging.getLogger(__name__)


class AppTask(WSGITask):
    """A request that the application answers."""

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment; says that the body can be rewound, or WebOb would copy it."""
        made: dict[str, Any] | None = self.request.environ
        if made is None:
            made = self.request.environ = super().get_environment()
            made["webob.is_body_seekable"] = True
            made["wsgi.file_wrapper"] = file_wrapper
            made["SERVER_SOFTWARE"] = made["SERVER_SOFTWARE"] or "mypi"
            if self.request.taker is not None:
                made[TAKER] = self.request.taker
        return made

    def build_response_header(self) -> bytes:
        """The head of the answer; says ``Connection: close`` while the server is stopping."""
        if self.channel.server.stopping:
            self.request.headers["CONNECTION"] = "close"
        head: bytes = super().build_response_header()
        return head

    def set_close_on_finish(self) -> None:
        """waitress also closes after 204 and 304, as they tell no length: they have none."""
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version == "1.0" or asked == "close":
            super().set_close_on_finish()


class RefusalTask(ErrorTask):
    """A request that the server answers itself, with an error."""

    def execute(self) -> None:
        """Send the answer and let the channel linger after it."""
        self.channel.refused = True
        self.request.headers["CONNECTION"] = "close"
        error = self.request.error
        log.info("refused %s: %d %s", self.channel.addr[0], error.code, error.reason)
        super().execute()


class Channel(HTTPChannel):
    """A connection.

    After a refusal the client may still be sending.  Closing then would reset the connection and
    the client would never see why, so the channel lingers: it closes its own half, and reads and
    forgets what still comes, within the bounds of ``Limits``.
    """

    parser_class = StrictParser
    task_class = AppTask
    error_task_class = RefusalTask

    request: Any = None
    refused = False
    lingers_until: float | None = None
    is_for_the_loop = False
    """The next request is not handed to a thread: whoever set this answers it."""

    _forgotten = 0

    @property
    def busy(self) -> bool:
        """Whether something would be lost by closing now."""
        if self.lingers_until is not None:
            return bool(time.time() - self.last_activity < RECENT)
        return bool(
            self.requests
            or self.request is not None
            or self.total_outbufs_len
            or self.close_when_flushed
        )

    def is_quick(self) -> bool:
        """Whether the application has the next answer in memory, and the client takes it.

        Handing a request to a thread and back takes longer than such an answer.  Who sends many
        requests without waiting has them answered by a thread: all others wait for the loop.
        """
        request = self.requests[0]
        is_alone = len(self.requests) == 1 and not self.total_outbufs_len
        if request.error or request.command != "GET" or not is_alone:
            return False
        environ = AppTask(self, request).get_environment()
        return bool(self.adj.proxies.are_absent(environ) and self.adj.at_once(environ))

    def awaited(self, now: float) -> bool:
        """Whether a request may be on its way, though none is here; asked when the server stops."""
        is_new = self.last_activity == self.creation_time and now < self.creation_time + RECENT
        return is_new or now < self.server.stopping_since + self.adj.limits.stop_idle

    def overdue(self, now: float) -> bool:
        """Whether the client has used up its time; waitress itself only drops silent clients."""
        if self.lingers_until is not None:
            return now > self.lingers_until
        if self.requests:
            return self._reads_nothing(now)
        if self.request is None or self.total_outbufs_len:
            return False
        took = now - self.request.started
        if not self.request.headers_finished:
            return bool(took > self.adj.limits.header_timeout)
        return bool(took > GRACE and self.request.body_bytes_received < SLOWEST * (took - GRACE))

    def write_soon(self, data: Any) -> int:
        """Send bytes, or a file that is wrapped, as soon as the client takes them."""
        if data.__class__ is bytes and len(data) >= LARGE:
            data = Whole(data)
        written: int = super().write_soon(data)
        return written

    def send(self, data: Any, do_close: bool = True) -> int:
        """Send what the socket takes of bytes, or of a piece of a file; how many it took."""
        if not isinstance(data, Piece):
            sent: int = super().send(data, do_close)
            return sent
        try:
            return send_piece(self.socket, data)
        except BlockingIOError:
            return 0
        except ConnectionError:  # the client is gone
            if do_close:
                self.handle_close()
            return 0

    def handle_write(self) -> None:
        """Send what is due; after a refusal linger where waitress would close."""
        if not (self.refused and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif self.connected and not self.total_outbufs_len:
            self._linger()

    def handle_close(self) -> None:
        """Close the connection and forget a request that was not read to its end."""
        if self.request is not None:
            self.request.close()
        super().handle_close()

    def received(self, data: bytes) -> bool:
        """Hand ``data`` to the request, or forget it when lingering."""
        if self.lingers_until is None:
            taken = bool(super().received(data))
            while self.is_for_the_loop:
                self.is_for_the_loop = False
                self.service()
            return taken
        self._forgotten += len(data)
        if self._forgotten > self.adj.limits.linger_bytes or self.overdue(time.time()):
            self.will_close = True
        return False

    def _linger(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # The client is gone.
            self.handle_close()
            return
        self.lingers_until = time.time() + self.adj.limits.linger_timeout
        self.close_when_flushed = False

    def _reads_nothing(self, now: float) -> bool:
        """Whether the answer waits for a client that takes none of it (and so holds a thread)."""
        # A thread that is just writing holds the lock; then the client may well be reading.
        if not self.outbuf_lock.acquire(blocking=False):
            return False
        try:
            waits = self.total_outbufs_len > 0
            return bool(waits and now > self.last_activity + self.adj.channel_timeout)
        finally:
            self.outbuf_lock.release()
