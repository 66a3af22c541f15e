"""READMEs are rendered in a child process that can be stopped.

Some hundred kilobytes of nested quotes keep a Markdown parser and a sanitiser busy for ten minutes
(measured), and neither lets other threads run meanwhile.  So one child does the work, has a few
seconds and a bounded memory for it, and is replaced when it does not come back.
"""

import atexit
import contextlib
import json
import logging
import resource
import select
import struct
import subprocess
import sys
import threading
from typing import IO

from mypi.errors import MypiError
from mypi.web.pages import readme

log = logging.getLogger(__name__)

SECONDS = 4.0
START = 30.0
"""Seconds that a child may take to start: it imports much, and a machine may be busy."""
PATIENCE = 0.5
"""Seconds that a page waits for its turn: it must not hold a thread that installers need."""

MEMORY = 2**30
_LENGTH = struct.Struct("!I")


class Busy(MypiError):
    """The child is at another README; the source will do until it is free."""

    status = 503


class Renderer:
    """Renders READMEs, one at a time, in a child process started at the first one."""

    def __init__(self, seconds: float = SECONDS, patience: float = PATIENCE) -> None:
        self.seconds = seconds
        self.patience = patience
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def render(self, text: str, content_type: str, images: str = readme.LINK) -> str:
        """As :func:`mypi.web.pages.readme.render`, in bounded time; the source when that is up.

        Raises Busy when others' READMEs keep the child.
        """
        if len(text) > readme.MAX_SOURCE:
            return readme.source(text)
        if not self._lock.acquire(timeout=self.patience):
            raise Busy("Other READMEs are being rendered; ask again in some seconds.")
        try:
            html = self._ask(json.dumps([text, content_type, images]).encode())
            if html is None:
                log.warning("gave up on a README of %d characters; its source is shown", len(text))
                self._stop()
                return readme.source(text)
            return html
        finally:
            self._lock.release()

    def close(self) -> None:
        """Stop the child."""
        with self._lock:
            self._stop()

    def _ask(self, question: bytes) -> str | None:
        try:
            child = self._started()
            assert child.stdin is not None
            _write(child.stdin, question)
            answer = _answer(child, self.seconds)
        except OSError:
            return None
        return None if answer is None else answer.decode()

    def _started(self) -> subprocess.Popen[bytes]:
        """The child, ready for questions."""
        child = self._child
        if child is None or child.poll() is not None:
            child = self._child = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Its own group: Ctrl-C at the terminal is for the server, which then closes it.
                process_group=0,
            )
            _answer(child, START)
        return child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


RENDERER = Renderer()
"""The one of this process."""

atexit.register(RENDERER.close)


def _answer(child: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """The child's next message, if it comes in time."""
    assert child.stdout is not None
    ready, _, _ = select.select([child.stdout], [], [], seconds)
    return _read(child.stdout) if ready else None


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_LENGTH.pack(len(message)) + message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    body = pipe.read(length)
    return body if len(body) == length else None


def main() -> None:
    """The child: say that it is ready, then answer until the pipe is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _write(sys.stdout.buffer, b"ready")
    while (question := _read(sys.stdin.buffer)) is not None:
        text, content_type, images = json.loads(question)
        try:
            html = readme.render(text, content_type, images)
        except MemoryError:
            html = readme.source(text)
        _write(sys.stdout.buffer, html.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
