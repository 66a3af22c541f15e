"""What ZEO and PostgreSQL cost: the same index on each storage, one process, in turns.

    python -m bench.engines [--rounds N] [--seconds S]

Read the ratios to the file storage; see bench/README.md.
"""

import argparse
import itertools
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import corpus, load
from bench.corpus import Archive
from bench.servers import Mypi
from tests.engines import ENGINES
from tests.serving import ROOT, with_uri

BATCH = 60
"""Files of one upload measurement."""


class MypiOn(Mypi):
    """This repository's working tree on another storage."""

    def __init__(self, folder: Path, engine: str, stack: ExitStack) -> None:
        self.name = engine
        super().__init__(folder)
        self.data.mkdir()
        uri = stack.enter_context(ENGINES[engine](self.data)).uri
        self.ini = self.folder / "production.ini"
        self.ini.write_text(with_uri((ROOT / "production.ini").read_text(), uri))
        self.fresh = (
            corpus.wheel(corpus.project_name(n % 10), f"2.{n}") for n in itertools.count()
        )


@dataclass(frozen=True)
class Measure:
    """One line: ``take`` returns requests a second."""

    title: str
    take: Callable[[MypiOn, list[Archive], float], float]


def cached(server: MypiOn, archives: list[Archive], seconds: float) -> float:
    """Project pages that are in memory: what remains is asking whether there is news."""
    return _read(server, [server.page(it.project) for it in archives], seconds)


def unseen(server: MypiOn, archives: list[Archive], _seconds: float) -> float:
    """Pages of releases, each for the first time: objects come from the storage."""
    number = next(_numbers)
    paths = [f"/pypi/{it.project}/{it.version}/json?unseen={number}" for it in archives]
    return load.drive(server.port, [load.request("GET", path) for path in paths]).rate


def file(server: MypiOn, archives: list[Archive], seconds: float) -> float:
    """Downloads of small wheels."""
    return _read(server, [server.file(it) for it in archives], seconds)


def one_by_one(server: MypiOn, _archives: list[Archive], _seconds: float) -> float:
    """Uploads, one connection."""
    return _write(server, 1)


def eight(server: MypiOn, _archives: list[Archive], _seconds: float) -> float:
    """Uploads, eight connections."""
    return _write(server, 8)


MEASURES = [
    Measure("project page, 8 connections", cached),
    Measure("JSON of releases, one connection", unseen),
    Measure("small file, 8 connections", file),
    Measure("upload, one by one", one_by_one),
    Measure("upload, 8 at once", eight),
]
_numbers = itertools.count()


def _read(server: MypiOn, requests: list[bytes], seconds: float) -> float:
    load.drive(server.port, requests[:20])
    return load.drive(server.port, itertools.cycle(requests), connections=8, seconds=seconds).rate


def _write(server: MypiOn, connections: int) -> float:
    requests = [server.upload(it) for it in itertools.islice(server.fresh, BATCH)]
    rate = load.drive(server.port, requests, connections=connections).rate
    server.settle()
    return rate


def _line(title: str, figures: dict[str, float]) -> str:
    rates = "".join(f"{figure:>12,.0f}" for figure in figures.values())
    ratios = "".join(f"{figure / figures['file']:>7.2f}" for figure in figures.values())
    return f"{title:<36}{rates}  {ratios}"


def _alternating(servers: list[MypiOn], rounds: int) -> Iterator[MypiOn]:
    for number in range(rounds):
        yield from servers if number % 2 == 0 else reversed(servers)


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description="Time mypi on files, ZEO and PostgreSQL.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="time of one reading measure")
    chosen = parser.parse_args()
    archives = list(corpus.small_files("S"))
    with tempfile.TemporaryDirectory(prefix="mypi-bench-") as folder, ExitStack() as stack:
        servers = []
        Path(folder).chmod(0o755)
        for engine in ENGINES:
            server = MypiOn(Path(folder), engine, stack)
            stack.callback(server.stop)
            server.start()
            load.drive(server.port, map(server.upload, archives), connections=4)
            server.settle()
            servers.append(server)
        names = "".join(f"{server.name:>12}" for server in servers)
        print(f"{'a second':<36}{names}   : file")
        for measure in MEASURES:
            figures: dict[str, list[float]] = {it.name: [] for it in servers}
            for server in _alternating(servers, chosen.rounds):
                figures[server.name].append(measure.take(server, archives, chosen.seconds))
            middle = {name: statistics.median(each) for name, each in figures.items()}
            print(_line(measure.title, middle), flush=True)


if __name__ == "__main__":
    main()
