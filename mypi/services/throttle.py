"""Slow down who guesses passwords: by name and address together, so that nobody else waits."""

import math
import threading
from collections import OrderedDict

from mypi.errors import TooManyAttempts

FREE = 5
"""Wrong passwords that cost nothing."""
FIRST = 1
"""Seconds that the next one costs; each further one, twice as much."""
LONGEST = 300
"""Seconds that one wrong password costs at most."""
FORGOTTEN = 3_600
"""Seconds of peace after which all is forgotten; less would give more guesses than waiting does."""
PAIRS = 10_000
"""Names and addresses remembered; the oldest are forgotten first."""
_NAME = 64
"""No name is longer; what comes in a header may be, and would fill the memory."""


class Throttle:
    """Counts failures of (name, address); in memory, of this process alone.  Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many pairs are remembered."""
        return len(self._failures)

    def check(self, name: str, address: str, now: float) -> None:
        """Raise TooManyAttempts while the pair has to wait; ``now`` is seconds."""
        with self._lock:
            count, last = self._failures.get((name[:_NAME], address), (0, now))
        delay = _delay(count)
        # Requests are not looked at in the order in which they came: ``last`` may be after ``now``.
        wait = math.ceil(min(delay, last + delay - now))
        if wait > 0:
            raise TooManyAttempts(
                f"Too many wrong logins from {address or 'there'}; wait {wait} s.", wait
            )

    def failed(self, name: str, address: str, now: float) -> None:
        """Another wrong password."""
        pair = name[:_NAME], address
        with self._lock:
            count, last = self._failures.pop(pair, (0, now))
            if now - last > FORGOTTEN:
                count = 0
            self._failures[pair] = (count + 1, now)
            while len(self._failures) > PAIRS:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """The right one at last."""
        with self._lock:
            self._failures.pop((name[:_NAME], address), None)


def _delay(count: int) -> float:
    return 0 if count < FREE else min(FIRST * 2 ** (count - FREE), LONGEST)
