"""Whether a server that reads, downloads, uploads and searches for long needs more and more memory.

    python -m bench.endurance [--minutes 10] [--servers mypi]

Its memory is looked at every 30 seconds.  It is flat when the second half of the run, after which
caches are full, grew by less than 1 % a minute, or 4 MiB in all.
"""

import argparse
import itertools
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench import corpus, load
from bench.parts import small
from bench.servers import KINDS, Server, install_peers

EVERY = 30.0
CONNECTIONS = 6
FLAT_A_MINUTE = 0.01
FLAT = 4.0
"""MiB; less is noise."""

MIX = {"page": 60, "list": 4, "file": 25, "search": 6, "upload": 5}
"""Kind of request -> how many of a hundred."""


def requests(server: Server) -> Iterator[bytes]:
    """The mix, without end; the same one each time."""
    chance = random.Random(7)
    names = corpus.project_names("S")
    archives = list(corpus.small_files("S"))
    for number in itertools.count():
        kind = chance.choices(list(MIX), list(MIX.values()))[0]
        name = chance.choice(names)
        if kind == "upload" and server.uploads:
            yield server.upload(corpus.wheel(name, f"3.{number}"))
        elif kind == "search" and (asked := server.search(f"{name} {number % 1000}")):
            yield asked
        elif kind == "file":
            yield server.file(chance.choice(archives))
        else:
            yield server.page("" if kind == "list" else name)


class Watch(threading.Thread):
    """Looks at the memory again and again: ``samples`` are minutes and MiB."""

    def __init__(self, server: Server, every: float) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.every = every
        self.samples: list[tuple[float, float]] = []
        self.done = threading.Event()

    def run(self) -> None:
        """Until ``done``."""
        begun = time.monotonic()
        while True:
            minutes = (time.monotonic() - begun) / 60
            self.samples.append((minutes, self.server.memory()))
            print(f"  {minutes:6.1f} min {self.samples[-1][1]:8.1f} MiB", flush=True)
            if self.done.wait(self.every):
                return


def growth(samples: list[tuple[float, float]]) -> tuple[float, float]:
    """MiB a minute in the second half of the run (least squares), and MiB in all of that half."""
    half = samples[len(samples) // 2 :]
    middle = sum(minutes for minutes, _ in half) / len(half)
    level = sum(memory for _, memory in half) / len(half)
    spread = sum((minutes - middle) ** 2 for minutes, _ in half)
    if not spread:
        return 0.0, 0.0
    slope = sum((minutes - middle) * (memory - level) for minutes, memory in half) / spread
    return slope, slope * (half[-1][0] - half[0][0])


def tell(server: Server, minutes: float) -> bool:
    """Run the mix, print what happened; whether the memory was flat."""
    print(f"{server.name}: {', '.join(f'{share} % {kind}' for kind, share in MIX.items())}")
    watch = Watch(server, min(EVERY, minutes * 60 / 6))
    watch.start()
    try:
        result = load.drive(
            server.port, requests(server), connections=CONNECTIONS, seconds=minutes * 60
        )
    finally:
        watch.done.set()
        watch.join()
    a_minute, in_all = growth(watch.samples)
    level = watch.samples[-1][1]
    is_flat = in_all < FLAT or a_minute < FLAT_A_MINUTE * level
    print(f"  {result.requests:,} requests, {result.rate:,.0f} a second")
    print(f"  slowest 1 %: {result.percentile(0.99):.0f} ms")
    print(f"  second half: {a_minute:+.2f} MiB a minute: {'flat' if is_flat else 'IT GROWS'}")
    return is_flat


def main() -> None:
    """Run it, server after server; the exit code tells whether all were flat."""
    parser = argparse.ArgumentParser(description="Memory of a server under a long mixed load.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--servers", default="mypi", help=f"of {','.join(KINDS)}")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    install_peers()
    all_flat = True
    for name in chosen.servers.split(","):
        with tempfile.TemporaryDirectory(prefix="mypi-endurance-") as folder:
            Path(folder).chmod(0o755)
            server = KINDS[name](Path(folder))
            server.prepare()
            server.start()
            try:
                server.fill(small("S"))
                all_flat = tell(server, chosen.minutes) and all_flat
            finally:
                server.stop()
    sys.exit(not all_flat)


if __name__ == "__main__":
    main()
