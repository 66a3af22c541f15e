"""Uploads, and reading beside them."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bench import corpus, load
from bench.measures.measure import BEST_PEER, Goal, Measure, noted
from bench.servers import Server, processes

if TYPE_CHECKING:
    from bench.running import Bench

FRONT = "mypi-front"


def upload_one(bench: Bench, server: Server) -> float | None:
    """Uploads one by one."""
    return bench.write(server, 1).rate if server.uploads else None


def upload_eight(bench: Bench, server: Server) -> float | None:
    """Uploads 8 at once."""
    if not server.uploads:
        return None
    result = bench.write(server, 8)
    bench.note(SLOWEST.title, server, result.percentile(0.99))
    return result.rate


def upload_into_one(bench: Bench, server: Server) -> float | None:
    """Uploads 8 at once, all of them new releases of one project."""
    if not server.uploads:
        return None
    result = bench.write(server, 8, "one-for-all")
    bench.note(SLOWEST_INTO_ONE.title, server, result.percentile(0.99))
    return result.rate


def reading_beside(bench: Bench, server: Server) -> float | None:
    """How long a page takes at the slowest, while four connections upload."""
    if not server.uploads:
        return None
    pages = [server.page(name) for name in corpus.project_names(bench.scale)[10:20]]
    seconds = max(1.0, 2 * bench.seconds)
    with ThreadPoolExecutor(1) as readers:
        reading = readers.submit(bench.ask, server, pages, 4, seconds)
        # More than can be taken meanwhile.
        bench.write(server, 4, at_most=int(300 * seconds), seconds=seconds)
        return reading.result().slowest


def upload_large(bench: Bench, server: Server) -> float | None:
    """One upload of 200 MiB, and the memory that it takes above the idle server's."""
    if not server.uploads:
        return None
    archive = bench.fresh_large(server)
    request = server.upload(archive)
    found = server.processes()
    before = processes.memory(found)
    processes.forget_peak(found)
    result = load.drive(server.port, [request])
    peak = processes.memory(found, "VmHWM") - before
    server.stored += len(archive.content)
    server.settle()
    bench.note(PEAK.title, server, max(peak, 0.0))
    return result.megabytes


def fresh_wheels(project: str = "") -> itertools.chain[corpus.Archive]:
    """Wheels that were never uploaded: new releases of known projects, or of ``project``."""
    return itertools.chain.from_iterable(
        [corpus.wheel(project or corpus.project_name(n % 10), f"2.{n}")] for n in itertools.count()
    )


SLOWEST = Measure(
    "  of these the slowest 1 % took",
    "ms",
    noted,
    less_is_better=True,
    goals=(Goal("<=", 1, BEST_PEER),),
)
SLOWEST_INTO_ONE = Measure("  of those the slowest 1 % took", "ms", noted, less_is_better=True)
PEAK = Measure(
    "  memory above idle meanwhile", "MiB", noted, less_is_better=True, goals=(Goal("<=", 16),)
)
WRITING = [
    Measure(
        "upload of small files, one by one",
        "files/s",
        upload_one,
        goals=(Goal(">=", 1, BEST_PEER, scales="S"), Goal(">=", 3, BEST_PEER, scales="ML")),
    ),
    Measure(
        "upload of small files, 8 at once",
        "files/s",
        upload_eight,
        goals=(
            Goal(">=", 2, BEST_PEER),
            Goal(">=", 1, "pypiron"),
            Goal(">=", 1, "pypiron", whose=FRONT),
        ),
    ),
    SLOWEST,
    Measure(
        "upload 8 at once into one project",
        "files/s",
        upload_into_one,
        goals=(Goal(">=", 2, BEST_PEER),),
    ),
    SLOWEST_INTO_ONE,
    Measure(
        "page beside 4 uploads, slowest 1 %",
        "ms",
        reading_beside,
        less_is_better=True,
        goals=(Goal("<=", 0.5, "devpi"),),
        by="wrk",
    ),
]
WRITING_LARGE = [
    Measure(
        "upload of 200 MiB",
        "MB/s",
        upload_large,
        goals=(Goal(">=", 3, BEST_PEER),),
        most_rounds=3,
    ),
    PEAK,
]
