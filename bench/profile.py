"""Where a running server spends its time under load: flame graphs, recorded by py-spy.

    python -m bench.profile [pages] [uploads] [downloads] [--seconds 10]

``pserve production.ini`` runs by itself and is looked at 100 times a second, so it does not know of
it; only threads that do something are counted.  Open the SVG in a browser: the wider, the longer.
"""

import argparse
import itertools
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import corpus, load
from bench.parts import small
from bench.servers import SIMPLE_JSON, Mypi
from bench.table import RESULTS

LOOKS = "100"
CONNECTIONS = 8


def pages(server: Mypi) -> Iterator[bytes]:
    """Small pages in both forms, and the list of projects."""
    for name in itertools.cycle(corpus.project_names("S")):
        yield server.page(name, Accept=SIMPLE_JSON)
        yield server.page(name)
        yield server.page("")


def uploads(server: Mypi) -> Iterator[bytes]:
    """New releases of known projects."""
    for number in itertools.count():
        project = corpus.project_name(number % 20)
        yield server.upload(corpus.wheel(project, f"4.{number}"))


def downloads(server: Mypi) -> Iterator[bytes]:
    """Small files."""
    archives = list(corpus.small_files("S"))
    return itertools.cycle([server.file(archive) for archive in archives])


KINDS: dict[str, Callable[[Mypi], Iterator[bytes]]] = {
    "pages": pages,
    "uploads": uploads,
    "downloads": downloads,
}


def record(server: Mypi, kind: str, seconds: int) -> None:
    """Write the flame graph of one kind of load, and print how much was done meanwhile."""
    requests = KINDS[kind](server)
    load.drive(server.port, itertools.islice(requests, 60), connections=CONNECTIONS)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"profile-{kind}.svg"
    program = Path(sys.executable).with_name("py-spy")
    options = ["--rate", LOOKS, "--duration", str(seconds), "--output", str(path), "--function"]
    words = [str(program), "record", *options, "--pid", str(server.running[0].pid)]
    with tempfile.TemporaryFile() as told:
        looking = subprocess.Popen(words, stdout=told, stderr=told)
        # py-spy needs a while to begin, and stops by itself.
        result = load.drive(server.port, requests, connections=CONNECTIONS, seconds=seconds + 1)
        code = looking.wait(60)
        told.seek(0)
        if code:
            raise SystemExit(f"py-spy: {told.read().decode()}(is ptrace allowed? try as root)")
    print(f"{kind}: {result.rate:,.0f} requests a second while looked at; {path}", flush=True)


def main() -> None:
    """Run it, one kind of load after the other."""
    parser = argparse.ArgumentParser(description="Flame graphs of a running mypi.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}; else all")
    parser.add_argument("--seconds", type=int, default=10, help="time of each")
    chosen = parser.parse_args()
    if unknown := set(chosen.kinds) - set(KINDS):
        parser.error(f"there is no {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="mypi-profile-") as folder:
        server = Mypi(Path(folder))
        server.start()
        try:
            server.fill(small("S"))
            for kind in chosen.kinds or KINDS:
                record(server, kind, chosen.seconds)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
