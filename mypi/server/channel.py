"""One client's connection: when it is busy, when it is overdue, and how it ends after a refusal."""

import logging
import socket
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask

from mypi.server.parser import StrictParser

RECENT = 1.0
"""Seconds of silence after which a refused client has read its answer, when the server stops."""

log = logging.getLogger(__name__)


class AppTask(WSGITask):
    """A request that the application answers."""

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment; says that the body can be rewound, or WebOb would copy it."""
        environ: dict[str, Any] = super().get_environment()
        environ["webob.is_body_seekable"] = True
        environ["SERVER_SOFTWARE"] = environ["SERVER_SOFTWARE"] or "mypi"
        return environ

    def build_response_header(self) -> bytes:
        """The head of the answer; says ``Connection: close`` while the server is stopping."""
        if self.channel.server.stopping:
            self.request.headers["CONNECTION"] = "close"
        head: bytes = super().build_response_header()
        return head


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
        return bool(
            self.request is not None
            and not self.request.headers_finished
            and not self.total_outbufs_len
            and now > self.request.started + self.adj.limits.header_timeout
        )

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
            return bool(super().received(data))
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
