"""Servers in turns: fill them, take the measures of each, keep the figures."""

import functools
import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from bench import corpus, load, measures, wrk
from bench.corpus import Archive
from bench.measures.measure import Measure, Middles, noted
from bench.measures.writing import fresh_wheels
from bench.parts import Part, more, small
from bench.servers import KINDS, Server, processes
from bench.wrk import Reading

BATCH = 100
"""Files of one upload measurement at most; the corpus must not grow much while it is measured."""

PATIENCE = 120
"""Seconds after which a server must have the pages of what was uploaded."""

Figures = dict[str, list[float]]
"""Server name -> one figure a round."""


class Bench:
    """The servers, what they hold, and the wheels still to be uploaded, the same for each."""

    def __init__(self, scale: str, seconds: float, folder: Path, names: list[str]) -> None:
        self.scale = scale
        self.seconds = seconds
        self.servers = [KINDS[name](folder) for name in names]
        self.uses_wrk = wrk.is_available()
        self.small = small(scale)
        self.more = more()
        self.large = corpus.mebibytes(200)
        self.is_whole = False
        self.figures: dict[str, Figures] = {}
        self._fresh: dict[tuple[str, str], Iterator[Archive]] = {}
        self._numbers: dict[str, int] = {}

    def begin(self) -> None:
        """Start every server, empty, and fill it."""
        self.small.folder()
        for server in self.servers:
            server.prepare()
            server.start()
            server.settle()
            self.note(measures.IDLE.title, server, server.memory())
            rate = self._fill(server, self.small)
            if server.fills_by != "copying" and server.uploads:
                self.note(measures.FILLING.title, server, rate)
            self._check(server, corpus.mebibytes(1))

    def add_more(self) -> None:
        """Store the project that has very many files, the large file, and the 60 packages."""
        self.more.folder()
        self.is_whole = True
        for server in self.servers:
            self._fill(server, self.more)
            self._check(server, self.large)

    def _fill(self, server: Server, part: Part) -> float:
        """Files a second; what a server does with them afterwards is only told."""
        number, size = part.size
        if server.fills_stopped:
            server.stop()
        begun = time.perf_counter()
        server.fill(part)
        took = time.perf_counter() - begun
        if server.fills_stopped:
            server.start()
        rest = server.settle()
        self._wait_for_pages(server)
        server.stored += size
        said = f"{number} files by {server.fills_by}, {took:.1f} s"
        print(f"  {server.name}: {said}, at rest after {rest:.1f} s more", flush=True)
        return number / took

    def _wait_for_pages(self, server: Server) -> None:
        """pypiron has a page of a project some seconds after it was idle, at M and L."""
        until = time.perf_counter() + PATIENCE
        for name in corpus.project_names(self.scale):
            while True:
                try:
                    load.fetch(server.port, server.page(name))
                    break
                except load.Failed:
                    if time.perf_counter() > until:
                        raise
                    time.sleep(0.5)

    def _check(self, server: Server, archive: Archive) -> None:
        """The page lists the file and the file is what was stored: the servers do the same work."""
        _head, page = load.fetch(server.port, server.page(archive.project))
        _head, content = load.fetch(server.port, server.file(archive))
        if archive.filename.encode() not in page or content != archive.content:
            raise load.Failed(f"{server.name} does not have {archive.filename}")

    def end(self, restarts: int) -> None:
        """Memory and disk after all that, and how long a start takes with this corpus."""
        for server in self.servers:
            self.note(measures.LOADED.title, server, server.memory())
            server.stop()
            if self.is_whole:  # with 100 small files it would be of blocks that are not full
                share = processes.disk(server.data) / server.stored
                self.note(measures.DISK.title, server, share)
        for server in _alternating(self.servers, restarts):
            self.note(measures.START.title, server, server.start())
            server.stop()

    def measure(self, chosen: list[Measure], rounds: int) -> Iterator[Measure]:
        """Take each measure of each server in each round; they are given back as they are done."""
        for measure in chosen:
            if measure.take is not noted:
                for server in _alternating(self.servers, min(rounds, measure.most_rounds)):
                    figure = measure.take(self, server)
                    if figure is not None:
                        self.note(measure.title, server, figure)
            yield measure

    def note(self, title: str, server: Server, figure: float) -> None:
        """Keep a figure."""
        self.figures.setdefault(title, {}).setdefault(server.name, []).append(figure)

    def middles(self, measure: Measure) -> Middles:
        """The median of each server's rounds."""
        each = self.figures.get(measure.title, {})
        return {name: statistics.median(rounds) for name, rounds in each.items()}

    def stop(self) -> None:
        """Stop what runs."""
        for server in self.servers:
            server.stop()

    def read(
        self, server: Server, requests: list[bytes], connections: int, status: int = 200
    ) -> float:
        """Ask again and again for the measuring time; each was asked once before."""
        load.drive(server.port, requests, connections=4, status=status)
        return self.ask(server, requests, connections, self.seconds, status).rate

    def ask(
        self,
        server: Server,
        requests: list[bytes],
        connections: int,
        seconds: float,
        status: int = 200,
    ) -> Reading:
        """Ask for so many seconds, with wrk if it is there."""
        if self.uses_wrk:
            return wrk.read(server.port, requests, connections, seconds)
        result = load.drive(
            server.port,
            itertools.cycle(requests),
            connections=connections,
            seconds=seconds,
            status=status,
        )
        return Reading(result.rate, result.percentile(0.99))

    def write(
        self,
        server: Server,
        connections: int,
        project: str = "",
        at_most: int = BATCH,
        seconds: float = 0.0,
    ) -> load.Result:
        """Upload fresh wheels; made beforehand, so that only the server is timed."""
        fresh = self._fresh.setdefault((server.name, project), fresh_wheels(project))
        wheels = list(itertools.islice(fresh, at_most))
        requests = [server.upload(wheel) for wheel in wheels]
        result = load.drive(
            server.port, requests, connections=connections, seconds=seconds or 2 * self.seconds
        )
        server.stored += sum(len(wheel.content) for wheel in wheels[: result.requests])
        server.settle()
        return result

    def next_number(self, what: str) -> int:
        """A number from which on nobody was asked for ``what``."""
        self._numbers[what] = self._numbers.get(what, -1000) + 1000
        return self._numbers[what]

    def fresh_large(self, server: Server) -> Archive:
        """A wheel of 200 MiB that this server has not."""
        return _large(self.next_number(f"large {server.name}") // 1000)


@functools.lru_cache(2)
def _large(number: int) -> Archive:
    return corpus.mebibytes(200, f"2.{number}")


def _alternating(servers: list[Server], rounds: int) -> Iterator[Server]:
    for number in range(rounds):
        yield from servers if number % 2 == 0 else reversed(servers)
