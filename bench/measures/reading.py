"""Pages, files and search."""

from __future__ import annotations

import itertools
import re
import statistics
from typing import TYPE_CHECKING

from bench import corpus, load
from bench.corpus import LARGE_PROJECT
from bench.measures.measure import BEST_PEER, Goal, Measure
from bench.servers import SIMPLE_JSON, Server

if TYPE_CHECKING:
    from bench.running import Bench

PAGES = 500
"""Pages and files that are asked for in turn, at most."""

SMALL_PAGE = "small project page"
WORDS = ("wheel", "index", "release", "archive", "serial", "journal")


def small_page(bench: Bench, server: Server) -> float:
    """Pages of small projects in turn."""
    pages = [server.page(name) for name in corpus.project_names(bench.scale)[:PAGES]]
    return bench.read(server, pages, 16)


def small_json(bench: Bench, server: Server) -> float | None:
    """The same for today's installers."""
    if not server.json:
        return None
    names = corpus.project_names(bench.scale)[:PAGES]
    return bench.read(server, [server.page(name, Accept=SIMPLE_JSON) for name in names], 16)


def unchanged(bench: Bench, server: Server) -> float | None:
    """Small pages that the client has already."""
    if not server.etag:
        return None
    pages = []
    for name in corpus.project_names(bench.scale)[:20]:
        # Twice: the first answer may come from mypi, and the next ones from nginx.
        load.fetch(server.port, server.page(name))
        head, _body = load.fetch(server.port, server.page(name))
        tag = re.search(r"(?im)^etag: *(\S+)", head)
        assert tag is not None, head
        pages.append(server.page(name, If_None_Match=tag[1]))
    return bench.read(server, pages, 16, status=304)


def root_list(bench: Bench, server: Server) -> float:
    """The list of projects."""
    return bench.read(server, [server.page("")], 16)


def large_page(bench: Bench, server: Server) -> float:
    """The page of 1,000 files as HTML."""
    return bench.read(server, [server.page(LARGE_PROJECT)], 4)


def large_json(bench: Bench, server: Server) -> float | None:
    """The page of 1,000 files as JSON."""
    page = server.page(LARGE_PROJECT, Accept=SIMPLE_JSON)
    return bench.read(server, [page], 4) if server.json else None


def small_file(bench: Bench, server: Server) -> float:
    """Downloads of small archives."""
    archives = itertools.islice(corpus.small_files(bench.scale), PAGES)
    return bench.read(server, [server.file(archive) for archive in archives], 16)


def mebibyte_file(bench: Bench, server: Server) -> float:
    """Downloads of 1 MiB, 8 at once."""
    wanted = server.file(corpus.mebibytes(1))
    load.drive(server.port, [wanted] * 8, connections=8)
    repeated = itertools.repeat(wanted)
    return load.drive(server.port, repeated, connections=8, seconds=bench.seconds).megabytes


def large_file(bench: Bench, server: Server) -> float:
    """One download of 200 MiB; asked for once before, so that the disk is not measured."""
    wanted = server.file(bench.large)
    load.drive(server.port, [wanted])
    return load.drive(server.port, [wanted]).megabytes


def search(bench: Bench, server: Server) -> float | None:
    """Names and words of READMEs, always other ones, one after the other."""
    names = corpus.project_names(bench.scale)
    requests = []
    for number in range(bench.next_number("search"), 10**9):
        words = f"{names[number * 7 % len(names)]} {WORDS[number % len(WORDS)]}"
        request = server.search(words if number % 2 else words.split()[1] + f" {number}")
        if request is None:
            return None
        requests.append(request)
        if len(requests) == 200:
            break
    load.drive(server.port, requests[:3])
    result = load.drive(server.port, requests[3:], seconds=2 * bench.seconds)
    return statistics.median(result.latencies) * 1e3


FRONT = "mypi-front"
READING = [
    Measure(
        f"{SMALL_PAGE}, HTML, 16 connections",
        "req/s",
        small_page,
        goals=(Goal(">=", 8, "devpi", scales="ML"), Goal(">=", 0.9, "nginx", whose=FRONT)),
        by="wrk",
    ),
    Measure(
        f"{SMALL_PAGE}, JSON, 16 connections",
        "req/s",
        small_json,
        goals=(Goal(">=", 0.9, "nginx", whose=FRONT),),
        by="wrk",
    ),
    Measure(
        f"{SMALL_PAGE}, unchanged (304)",
        "req/s",
        unchanged,
        goals=(
            Goal(">=", 1, f"{SMALL_PAGE}, HTML, 16 connections"),
            Goal(">=", 0.9, "nginx", whose=FRONT),
        ),
        by="wrk",
    ),
    Measure(
        "list of projects, 16 connections",
        "req/s",
        root_list,
        goals=(Goal(">=", 5, BEST_PEER, scales="ML"),),
        by="wrk",
    ),
    Measure(
        "small file, 16 connections",
        "req/s",
        small_file,
        goals=(Goal(">=", 3, "devpi"), Goal(">=", 2, "pypiron", whose=FRONT)),
        by="wrk",
    ),
    Measure(
        "1 MiB file, 8 connections",
        "MB/s",
        mebibyte_file,
        goals=(Goal(">=", 2.5, "devpi"), Goal(">=", 1.3, "pypiron", whose=FRONT)),
    ),
    Measure(
        "search, median",
        "ms",
        search,
        less_is_better=True,
        goals=(Goal("<=", 5, scales="SM"), Goal("<=", 15, scales="L")),
    ),
]
LARGE = [
    Measure(
        "1,000-file page, HTML, 4 connections",
        "req/s",
        large_page,
        goals=(
            Goal(">=", 120, "devpi"),
            Goal(">=", 0.25, "nginx"),
            Goal(">=", 0.9, "nginx", whose=FRONT),
            Goal(">=", 1, "pypiron", whose=FRONT),
        ),
        by="wrk",
    ),
    Measure(
        "1,000-file page, JSON, 4 connections",
        "req/s",
        large_json,
        goals=(
            Goal(">=", 120, "devpi"),
            Goal(">=", 0.25, "nginx"),
            Goal(">=", 0.9, "nginx", whose=FRONT),
            Goal(">=", 1, "pypiron", whose=FRONT),
        ),
        by="wrk",
    ),
    Measure(
        "200 MiB file",
        "MB/s",
        large_file,
        goals=(Goal(">=", 1.5, BEST_PEER),),
    ),
]
