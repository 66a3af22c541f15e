"""Time mypi beside pypiserver and devpi-server: one corpus, one run, one table.

    python -m bench.compare [--scale S|M] [--rounds N] [--seconds S] [--only WORD ...]

Servers take turns (A B C, then C B A) and each figure is the median of the rounds, so that a busy
machine disturbs all of them alike.  Read ratios, not figures; see bench/README.md.
"""

import argparse
import importlib.metadata
import itertools
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import corpus, load
from bench.corpus import LARGE_PROJECT, Archive
from bench.servers import KINDS, PEERS, SIMPLE_JSON, Server, install_peers

RESULTS = Path(__file__).parent / "results"
BATCH = 100
"""Files of one upload measurement at most; the corpus must not grow much while it is measured."""

Figures = dict[str, list[float]]
"""Server name -> one figure a round."""


@dataclass(frozen=True)
class Measure:
    """One line of the table; ``take`` returns a figure, None where a server lacks the thing."""

    title: str
    unit: str
    take: Callable[["Bench", Server], float | None]
    less_is_better: bool = False


class Bench:
    """The servers, what they hold, and the wheels still to be uploaded, the same for each."""

    def __init__(self, scale: str, seconds: float, folder: Path) -> None:
        self.scale = scale
        self.seconds = seconds
        self.servers = [kind(folder) for kind in KINDS]
        self.small = list(corpus.small_files(scale))
        self.mebibyte = corpus.wheel("one-mebibyte", "1.0", size=2**20)
        self.fresh = {server.name: _fresh_wheels() for server in self.servers}
        self.large = {server.name: _large_wheels() for server in self.servers}
        self.figures: dict[str, Figures] = {}

    def begin(self) -> None:
        """Start every server, empty, and fill it."""
        for server in self.servers:
            server.prepare()
            server.start()
            server.settle()
            self.note("memory, idle and empty", server, server.memory())
            self._load(server, [*self.small, self.mebibyte], f"{len(self.small)} files")

    def add_large_project(self) -> None:
        """Fill the project that has very many files."""
        archives = list(corpus.large_project())
        for server in self.servers:
            self._load(server, archives, f"{len(archives)} files of one project")

    def _load(self, server: Server, archives: list[Archive], what: str) -> None:
        begun = time.perf_counter()
        server.load(archives)
        server.settle()
        print(f"  {server.name}: {what} loaded, {time.perf_counter() - begun:.1f} s", flush=True)
        self._check(server, archives[-1])

    def _check(self, server: Server, archive: Archive) -> None:
        """The page lists the file and the file is what was stored: the servers do the same work."""
        _head, page = load.fetch(server.port, server.page(archive.project))
        _head, content = load.fetch(server.port, server.file(archive))
        if archive.filename.encode() not in page or content != archive.content:
            raise load.Failed(f"{server.name} does not have {archive.filename}")

    def end(self, restarts: int) -> None:
        """Memory after all that, and how long a start takes with this corpus."""
        for server in self.servers:
            self.note("memory, after the run", server, server.memory())
            server.stop()
        for server in _alternating(self.servers, restarts):
            self.note("start to first page", server, server.start())
            server.stop()

    def measure(self, measures: list[Measure], rounds: int) -> None:
        """Take each measure of each server in each round."""
        for measure in measures:
            for server in _alternating(self.servers, rounds):
                figure = measure.take(self, server)
                if figure is not None:
                    self.note(measure.title, server, figure)
            print(_line(measure, self.figures[measure.title]), flush=True)

    def note(self, title: str, server: Server, figure: float) -> None:
        """Keep a figure."""
        self.figures.setdefault(title, {}).setdefault(server.name, []).append(figure)

    def stop(self) -> None:
        """Stop what runs."""
        for server in self.servers:
            server.stop()

    def read(self, server: Server, requests: list[bytes], connections: int) -> load.Result:
        """Ask again and again for the measuring time."""
        load.drive(server.port, requests[:20])
        return load.drive(
            server.port, itertools.cycle(requests), connections=connections, seconds=self.seconds
        )

    def write(self, server: Server, connections: int) -> load.Result:
        """Upload fresh wheels; made beforehand, so that only the server is timed."""
        wheels = itertools.islice(self.fresh[server.name], BATCH)
        requests = [server.upload(wheel) for wheel in wheels]
        result = load.drive(
            server.port, requests, connections=connections, seconds=2 * self.seconds
        )
        server.settle()
        return result


def small_page(bench: Bench, server: Server) -> float:
    """Pages of all small projects in turn."""
    pages = [server.page(name) for name in corpus.project_names(bench.scale)]
    return bench.read(server, pages, 16).rate


def unchanged(bench: Bench, server: Server) -> float | None:
    """Small pages that the client has already."""
    if not server.etag:
        return None
    pages = []
    for name in corpus.project_names(bench.scale)[:20]:
        head, _body = load.fetch(server.port, server.page(name))
        tag = re.search(r"(?im)^etag: *(\S+)", head)
        assert tag is not None, head
        pages.append(server.page(name, If_None_Match=tag[1]))
    return load.drive(
        server.port, itertools.cycle(pages), connections=16, seconds=bench.seconds, status=304
    ).rate


def root_list(bench: Bench, server: Server) -> float:
    """The list of projects."""
    return bench.read(server, [server.page("")], 16).rate


def large_page(bench: Bench, server: Server) -> float:
    """The page of 1,000 files as HTML."""
    return bench.read(server, [server.page(LARGE_PROJECT)], 4).rate


def large_json(bench: Bench, server: Server) -> float | None:
    """The page of 1,000 files as JSON."""
    page = server.page(LARGE_PROJECT, Accept=SIMPLE_JSON)
    return bench.read(server, [page], 4).rate if server.json else None


def small_file(bench: Bench, server: Server) -> float:
    """Downloads of small wheels."""
    return bench.read(server, [server.file(archive) for archive in bench.small[:200]], 16).rate


def mebibyte_file(bench: Bench, server: Server) -> float:
    """Downloads of 1 MiB, 8 at once."""
    return bench.read(server, [server.file(bench.mebibyte)], 8).megabytes


def upload_one(bench: Bench, server: Server) -> float:
    """Uploads one by one."""
    return bench.write(server, 1).rate


def upload_eight(bench: Bench, server: Server) -> float:
    """Uploads 8 at once."""
    result = bench.write(server, 8)
    bench.note(SLOWEST.title, server, result.percentile(0.99))
    return result.rate


def upload_large(bench: Bench, server: Server) -> float:
    """One upload of 20 MiB."""
    result = load.drive(server.port, [server.upload(next(bench.large[server.name]))])
    server.settle()
    return result.megabytes


READING = [
    Measure("small project page, 16 connections", "req/s", small_page),
    Measure("the same, unchanged (304)", "req/s", unchanged),
    Measure("list of projects, 16 connections", "req/s", root_list),
    Measure("small file, 16 connections", "req/s", small_file),
    Measure("1 MiB file, 8 connections", "MB/s", mebibyte_file),
]
WRITING = [
    Measure("upload of small files, one by one", "files/s", upload_one),
    Measure("upload of small files, 8 at once", "files/s", upload_eight),
    Measure("upload of 20 MiB", "MB/s", upload_large),
]
LARGE = [
    Measure("1,000-file page, HTML, 4 connections", "req/s", large_page),
    Measure("1,000-file page, JSON, 4 connections", "req/s", large_json),
]


def _no_take(bench: Bench, server: Server) -> None:
    """Noted by others."""


SLOWEST = Measure("  of these the slowest 1 % took", "ms", _no_take, less_is_better=True)
NOTED = [
    Measure("start to first page", "s", _no_take, less_is_better=True),
    Measure("memory, idle and empty", "MiB", _no_take, less_is_better=True),
    Measure("memory, after the run", "MiB", _no_take, less_is_better=True),
]
TABLE = [*READING, *LARGE, *WRITING[:2], SLOWEST, WRITING[2], *NOTED]


def ratio(measure: Measure, figures: Figures) -> float | None:
    """How many times better mypi is than the best peer; None without a peer."""
    ours = statistics.median(figures["mypi"])
    peers = [statistics.median(each) for name, each in figures.items() if name != "mypi"]
    if not peers:
        return None
    return min(peers) / ours if measure.less_is_better else ours / max(peers)


def _alternating(servers: list[Server], rounds: int) -> Iterator[Server]:
    for number in range(rounds):
        yield from servers if number % 2 == 0 else reversed(servers)


def _fresh_wheels() -> Iterator[Archive]:
    return (corpus.wheel(corpus.project_name(n % 10), f"2.{n}") for n in itertools.count())


def _large_wheels() -> Iterator[Archive]:
    return (corpus.wheel("twenty-mebibyte", f"1.{n}", size=20 * 2**20) for n in itertools.count())


def _line(measure: Measure, figures: Figures) -> str:
    cells = [f"{measure.title:<38}{measure.unit:>8}"]
    for kind in KINDS:
        each = figures.get(kind.name)
        cells.append(f"{_short(statistics.median(each)) if each else '-':>12}")
    times = ratio(measure, figures)
    cells.append(f"{times:>12.1f} x" if times is not None else f"{'-':>12}")
    return "".join(cells)


def _short(figure: float) -> str:
    return (
        f"{figure:,.0f}" if figure >= 100 else f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"
    )


def _heading() -> str:
    names = "".join(f"{kind.name:>12}" for kind in KINDS)
    return f"{'':<38}{'':>8}{names}{'mypi : best':>14}"


def _versions() -> dict[str, str]:
    code = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
    peers = [name for kind in KINDS[1:] for name in kind.packages]
    done = subprocess.run(
        [PEERS / "bin" / "python", "-c", code, *peers], capture_output=True, text=True, check=True
    )
    found = dict(zip(peers, done.stdout.split(), strict=True))
    return {"mypi": importlib.metadata.version("mypi"), **found}


def _keep(bench: Bench, seconds: float) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime(f"compare-{bench.scale}-%Y%m%d-%H%M%S.json")
    rows = {
        measure.title.strip(): {
            "unit": measure.unit,
            "rounds": bench.figures[measure.title],
            "ratio": ratio(measure, bench.figures[measure.title]),
        }
        for measure in TABLE
        if measure.title in bench.figures
    }
    said = {
        "scale": bench.scale,
        "versions": _versions(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "seconds": round(seconds),
        "measures": rows,
    }
    path.write_text(json.dumps(said, indent=1) + "\n")
    return path


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description="Time mypi beside pypiserver and devpi-server.")
    parser.add_argument("--scale", choices=corpus.SIZES, default="S", help="100 or 5,000 files")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="time of one reading measure")
    chosen = parser.parse_args()
    # So that an interrupted run stops its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    install_peers()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mypi-bench-") as folder:
        bench = Bench(chosen.scale, chosen.seconds, Path(folder))
        try:
            bench.begin()
            print(_heading(), flush=True)
            bench.measure(READING, chosen.rounds)
            bench.measure(WRITING, chosen.rounds)
            bench.add_large_project()
            bench.measure(LARGE, chosen.rounds)
            bench.end(min(chosen.rounds, 2))
        finally:
            bench.stop()
    took = time.perf_counter() - begun
    path = _keep(bench, took)
    print(f"\nscale {chosen.scale}, median of {chosen.rounds} rounds, {took:.0f} s")
    print(_heading())
    for measure in TABLE:
        print(_line(measure, bench.figures[measure.title]))
    print(
        f"\nwritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}"
    )


if __name__ == "__main__":
    main()
