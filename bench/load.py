"""A load generator that needs nothing installed: one process, sockets kept alive, a selector.

Every connection sends its next request when the answer to the last one is complete.  It costs about
30 microseconds a request, so it measures servers in Python and would measure itself beside nginx.
"""

import contextlib
import math
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

RECEIVE = 2**18
PATIENCE = 120.0
"""Seconds without a single byte after which a server is taken for dead."""


class Failed(Exception):
    """The server's answer is not the one that was asked for, so its speed means nothing."""


@dataclass
class Result:
    """What was done in ``seconds``; ``latencies`` are seconds, one a request."""

    requests: int = 0
    received: int = 0
    sent: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    @property
    def megabytes(self) -> float:
        """Megabytes per second, both ways together."""
        return (self.received + self.sent) / self.seconds / 1e6

    def percentile(self, part: float) -> float:
        """The latency, in milliseconds, that ``part`` of the requests did not exceed."""
        return sorted(self.latencies)[int(part * (len(self.latencies) - 1))] * 1e3


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a request; underscores in names of ``headers`` stand for dashes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: mypi-bench"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(
    port: int,
    requests: Iterable[bytes],
    *,
    connections: int = 1,
    seconds: float = math.inf,
    status: int = 200,
) -> Result:
    """Send ``requests`` until they end or ``seconds`` are over; raises Failed."""
    waiting = iter(requests)
    result = Result()
    selector = selectors.DefaultSelector()
    start = time.perf_counter()
    for _number in range(connections):
        _Connection(port, selector, status, result).next(waiting)
    while selector.get_map():
        events = selector.select(PATIENCE)
        if not events:
            raise Failed(f"no answer within {PATIENCE} s")
        if time.perf_counter() - start > seconds:
            waiting = iter(())
        for key, _mask in events:
            if key.data.advance():
                key.data.next(waiting)
    result.seconds = time.perf_counter() - start
    selector.close()
    return result


def fetch(port: int, sent: bytes, status: int = 200) -> tuple[str, bytes]:
    """Head and body of one answer; raises Failed."""
    selector = selectors.DefaultSelector()
    connection = _Connection(port, selector, status, Result(), keep=True)
    connection.next(iter([sent]))
    while not connection.advance():
        selector.select(PATIENCE)
    connection.close()
    selector.close()
    return connection.head.decode("latin-1"), connection.body()


class _Connection:
    """One connection, one request at a time."""

    def __init__(
        self,
        port: int,
        selector: selectors.BaseSelector,
        status: int,
        result: Result,
        keep: bool = False,
    ) -> None:
        self.port = port
        self.selector = selector
        self.status = str(status).encode()
        self.result = result
        self.keep = keep
        self._open()

    def next(self, waiting: Iterator[bytes]) -> None:
        """Send the next request; close when there is none."""
        sent = next(waiting, None)
        if sent is None:
            self.close()
            return
        self._unsent = memoryview(sent)
        self.head = b""
        self._parts: list[bytes] = []
        self._start = b""
        self._left = -1
        self._begun = time.perf_counter()
        self.result.sent += len(sent)
        self._send()

    def advance(self) -> bool:
        """Send or receive what is possible now; whether the answer is complete."""
        if self._unsent:
            self._send()
            return False
        try:
            data = self.sock.recv(RECEIVE)
        except BlockingIOError:
            return False
        self.result.received += len(data)
        if not self._is_complete(data):
            if not data:
                raise Failed("the connection was closed in the middle of an answer")
            return False
        self.result.requests += 1
        self.result.latencies.append(time.perf_counter() - self._begun)
        if not data or b"connection: close" in self.head.lower():
            self.close()
            self._open()
        return True

    def body(self) -> bytes:
        """The body of the last answer."""
        body = b"".join(self._parts)
        return _dechunked(body) if self._chunked else body

    def close(self) -> None:
        """Leave."""
        self.selector.unregister(self.sock)
        self.sock.close()

    def _open(self) -> None:
        self.sock = socket.create_connection(("127.0.0.1", self.port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.selector.register(self.sock, selectors.EVENT_READ, self)

    def _send(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._unsent = self._unsent[self.sock.send(self._unsent) :]
        events = selectors.EVENT_WRITE if self._unsent else selectors.EVENT_READ
        self.selector.modify(self.sock, events, self)

    def _is_complete(self, data: bytes) -> bool:
        if not self.head:
            self._start += data
            head, end, data = self._start.partition(b"\r\n\r\n")
            if not end:
                return False
            self._take_head(head)
        if self.keep or self._chunked:
            self._parts.append(data)
        if self._chunked:
            return b"".join(self._parts[-2:]).endswith(b"0\r\n\r\n")
        if self._left < 0:
            return not data
        self._left -= len(data)
        return self._left <= 0

    def _take_head(self, head: bytes) -> None:
        self.head = head
        if head[9:12] != self.status:
            raise Failed(head.decode("latin-1") + "\n" + self._start.decode("latin-1")[-500:])
        lower = head.lower()
        self._chunked = b"transfer-encoding: chunked" in lower
        place = lower.find(b"\r\ncontent-length:")
        if place >= 0:
            self._left = int(lower[place + 17 :].partition(b"\r\n")[0])
        elif self.status == b"304":
            self._left = 0


def _dechunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        whole += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
    return whole
