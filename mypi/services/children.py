"""Work on hostile input that may take too long, in a child process that can be stopped.

Neither Pygments nor difflib, nor a parser of Markdown or Python, promises an end, or lets other
threads run while it works.  A child is started when first asked, has one question at a time, some
seconds for it and a bounded memory, and is replaced when it does not come back.
"""

import atexit
import contextlib
import json
import logging
import os
import resource
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from mypi.errors import MypiError

log = logging.getLogger(__name__)

START = 30.0
"""Seconds that a child may take to start: it imports much, and a machine may be busy."""

PATIENCE = 0.3
"""Seconds that a question waits for its turn: it must not hold a thread that installers need."""

MEMORY = 2**30
NICENESS = 10
_LENGTH = struct.Struct("!I")


class Busy(MypiError):
    """The child is at another question; ask again in some seconds."""

    status = 503


class Child:
    """A process that runs ``module`` and answers questions: JSON in, JSON out.

    ``seconds`` is how long one may take; ``patience``, how long a question waits for its turn.
    """

    def __init__(self, module: str, seconds: float, patience: float = PATIENCE) -> None:
        self.module = module
        self.seconds = seconds
        self.patience = patience
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def ask(self, question: Any) -> Any:
        """The answer; None when there came none in time.  Raises Busy."""
        if not self._lock.acquire(timeout=self.patience):
            raise Busy("The server is at another question of this kind; ask again in some seconds.")
        try:
            answer = self._answer(json.dumps(question).encode())
            if answer is None:
                log.warning("gave up on a question to %s", self.module)
                self._stop()
                return None
            return json.loads(answer)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Stop the process; the next question starts another one."""
        with self._lock:
            self._stop()

    def _answer(self, question: bytes) -> bytes | None:
        try:
            process = self._started()
            assert process.stdin is not None
            process.stdin.write(_LENGTH.pack(len(question)) + question)
            process.stdin.flush()
            return _message(process, self.seconds)
        except OSError:
            return None

    def _started(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None or process.poll() is not None:
            self._stop()
            process = self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Its own group: Ctrl-C at the terminal is for the server, which then closes it.
                process_group=0,
            )
            if _message(process, START) is None:
                raise OSError("the child does not start")
        return process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


def _message(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """The next message, if all of it comes in time."""
    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    handle, held, wanted = process.stdout.fileno(), bytearray(), _LENGTH.size
    while len(held) < wanted:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            return None
        chunk = os.read(handle, min(2**16, wanted - len(held)))
        if not chunk:
            return None
        held += chunk
        if wanted == _LENGTH.size == len(held):
            wanted += _LENGTH.unpack(held)[0]
    return bytes(held[_LENGTH.size :])


def serve(answer: Callable[[Any], Any], niceness: int = NICENESS) -> None:
    """Be the child: say that it is ready, then answer until the pipe is closed.

    A question that ``answer`` runs out of memory on is answered by null.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(niceness)
    _send(b"null")
    while (question := _received()) is not None:
        try:
            told = json.dumps(answer(json.loads(question))).encode()
        except MemoryError:
            told = b"null"
        _send(told)


def _send(message: bytes) -> None:
    sys.stdout.buffer.write(_LENGTH.pack(len(message)) + message)
    sys.stdout.buffer.flush()


def _received() -> bytes | None:
    head = sys.stdin.buffer.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    body = sys.stdin.buffer.read(length)
    return body if len(body) == length else None
