"""Time mypi beside other indexes: one corpus, one run, one table.

    python -m bench.compare [--scale S|M|L] [--servers mypi,devpi] [--only WORD ...]
                            [--rounds N] [--seconds S]

Servers take turns (A B C, then C B A) and each figure is the median of the rounds, so that a busy
machine disturbs all of them alike.  Read ratios, not figures; see bench/README.md.
"""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench import corpus, table
from bench.measures import (
    INSTALLING,
    LARGE,
    READING,
    TABLE,
    WRITING,
    WRITING_LARGE,
    Measure,
)
from bench.running import Bench
from bench.servers import KINDS, install_peers

AT_L = ("mypi", "mypi-front", "pypiron", "nginx")
"""The others take hours to be filled with 50,000 files."""


def main() -> None:
    """Run it all."""
    chosen = _arguments()
    # So that an interrupted run stops its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    install_peers()
    names = chosen.servers or [
        name
        for name, kind in KINDS.items()
        if kind.is_available() and (chosen.scale != "L" or name in AT_L)
    ]
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mypi-bench-") as folder:
        # nginx's workers are another user than root.
        Path(folder).chmod(0o755)
        bench = Bench(chosen.scale, chosen.seconds, Path(folder), names)
        try:
            _run(bench, chosen.rounds, chosen.only)
        finally:
            bench.stop()
    took = time.perf_counter() - begun
    path = table.keep(bench, took)
    reader = "wrk" if bench.uses_wrk else "bench/load.py"
    print(
        f"\nscale {chosen.scale}, median of {chosen.rounds} rounds, read by {reader}, {took:.0f} s"
    )
    print(table.heading(bench))
    for measure in TABLE:
        if measure.title in bench.figures:
            print(table.line(bench, measure))
    print(f"\nwritten to {path}")


def _run(bench: Bench, rounds: int, only: list[str]) -> None:
    def take(measures: list[Measure]) -> None:
        for measure in bench.measure(measures, rounds):
            if measure.title in bench.figures:
                print(table.line(bench, measure), flush=True)

    def wanted(measures: list[Measure]) -> list[Measure]:
        return [m for m in measures if not only or any(word in m.title for word in only)]

    bench.begin()
    print(table.heading(bench), flush=True)
    take(wanted([*READING, *WRITING]))
    if needs_more := wanted([*LARGE, *INSTALLING, *WRITING_LARGE]):
        bench.add_more()
        take(needs_more)
    bench.end(min(rounds, 2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time mypi beside other package indexes.")
    parser.add_argument(
        "--scale", choices=corpus.SIZES, default="S", help="100, 5,000 or 50,000 files"
    )
    parser.add_argument("--servers", type=_names, help=f"of {','.join(KINDS)}; else all there are")
    parser.add_argument("--only", nargs="*", default=[], help="measures with these words")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="time of one reading measure")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(KINDS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}")
    return names


if __name__ == "__main__":
    main()
