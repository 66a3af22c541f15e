"""What the server did since it started, counted in memory: two microseconds a request."""

import threading
import time
from bisect import bisect_left
from collections import Counter
from typing import Any

BOUNDS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0)
"""Seconds: upper bounds of the classes that durations are counted in; there is one more above."""


class Tally:
    """The requests that one door answered: by status, by duration, and what they cost."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.durations = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self.received = 0
        self.sent = 0
        self.loads = 0
        self.retries = 0

    def copy(self) -> "Tally":
        """A tally that stays as it is."""
        copied = Tally()
        vars(copied).update(vars(self))
        copied.statuses, copied.durations = self.statuses.copy(), self.durations.copy()
        return copied


class Meters:
    """All counts of one process; ``tallies`` are by the name of a door."""

    def __init__(self) -> None:
        self.started = time.time()
        self.uploads = 0
        self.upload_bytes = 0
        self.slow = 0
        self._tallies: dict[str, Tally] = {}
        self._lock = threading.Lock()

    @property
    def tallies(self) -> dict[str, Tally]:
        """A copy of what is counted now."""
        with self._lock:
            return {door: tally.copy() for door, tally in self._tallies.items()}

    def answered(
        self,
        door: str,
        status: int,
        seconds: float,
        *,
        received: int = 0,
        sent: int = 0,
        loads: int = 0,
        retries: int = 0,
    ) -> None:
        """One request: bytes both ways, objects loaded, and attempts after the first."""
        with self._lock:
            tally = self._tallies.get(door)
            if tally is None:
                tally = self._tallies[door] = Tally()
            tally.statuses[status] += 1
            tally.durations[bisect_left(BOUNDS, seconds)] += 1
            tally.seconds += seconds
            tally.received += received
            tally.sent += sent
            tally.loads += loads
            tally.retries += retries

    def published(self, size: int) -> None:
        """One archive of ``size`` bytes is there for good."""
        with self._lock:
            self.uploads += 1
            self.upload_bytes += size

    def was_slow(self) -> None:
        """One request took longer than it should."""
        with self._lock:
            self.slow += 1


class Loads(threading.local):
    """Objects that connections of this thread loaded; ZODB tells it as an activity monitor."""

    count = 0

    def closedConnection(self, connection: Any) -> None:
        """ZODB calls this when a connection is given back."""
        loaded, _stored = connection.getTransferCounts(True)
        self.count += loaded

    def take(self) -> int:
        """The number since the last call."""
        count, self.count = self.count, 0
        return count
