"""Work that no request waits for: a thread does it, when it is woken and once in a while."""

import logging
import threading
import time
from collections.abc import Callable

from transaction.interfaces import TransientError

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between two rounds; other processes change the database too, and wake nobody here."""
GATHER = 0.2
"""Seconds from waking to a round: what is committed within them costs one transaction, not many."""
REST = 4
"""A round that took long is followed by a rest of so many times that: publishers go first."""
LONGEST_REST = 5.0
PROMPT = 0.25
"""Seconds between two rounds of small tasks that must not wait for anything: they never rest."""


Task = Callable[[], bool | None]


class Background:
    """Tasks, and the thread that runs them, if one was started.

    A task is called without arguments and makes transactions of its own.  It may be called at any
    time; what it raises is logged, and it is called again.  Work that takes long it does a piece at
    a time, and returns True as long as there is more: other tasks then have their turn, and
    stopping does not wait for all of it.  A round follows ``pause`` seconds after the last one, or
    a waking; a long one after a rest of at most ``longest_rest``.
    """

    def __init__(self, pause: float = PAUSE, longest_rest: float = LONGEST_REST) -> None:
        self._pause = pause
        self._longest_rest = longest_rest
        self._tasks: dict[str, Task] = {}
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._running = threading.Lock()

    def add(self, name: str, task: Task) -> None:
        """Another task; ``name`` tells it in the log."""
        self._tasks[name] = task

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="mypi background", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether there is a thread, and nobody has asked it to stop."""
        return self._thread is not None and not self._stopped.is_set()

    def wake(self) -> None:
        """Something was committed: do not wait for the next round."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread after its last round."""
        if self._thread is None:
            return
        self._stopped.set()
        self._woken.set()
        self._thread.join()
        self._thread = None

    def rest_after(self, seconds: float) -> float:
        """Seconds to rest after a round that took so many."""
        return min(max(GATHER, REST * seconds), self._longest_rest)

    def run_once(self) -> None:
        """All tasks, until they have nothing left to do, now and in the thread of the caller."""
        with self._running:
            while self._round() and not self._stopped.is_set():
                pass

    def _round(self) -> bool:
        """Each task once; whether one has more to do."""
        is_more = False
        for name, task in self._tasks.items():
            try:
                is_more = bool(task()) or is_more
            except TransientError as error:
                log.info("%s: in the way of another process, again soon: %s", name, error)
            except Exception:
                log.exception("%s failed, and is tried again", name)
        return is_more

    def _run(self) -> None:
        rest = min(GATHER, self._longest_rest)
        while not self._stopped.is_set():
            self._woken.wait(self._pause)
            self._stopped.wait(rest)
            self._woken.clear()
            began = time.monotonic()
            self.run_once()
            rest = self.rest_after(time.monotonic() - began)
        self.run_once()
