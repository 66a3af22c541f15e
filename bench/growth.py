"""Whether uploads into one project become slower as it grows, and how fast its page is then.

    python -m bench.growth [--files 20000] [--servers mypi,devpi]

One upload at a time, over HTTP; what grows would show in the ratio of the last to the first.
"""

import argparse
import re
import signal
import statistics
import sys
import tempfile
from pathlib import Path

from bench import corpus, load, wrk
from bench.servers import KINDS, SIMPLE_JSON, Server, install_peers

PROJECT = "growing"
SPAN = 100
"""Uploads at the beginning and at the end whose median is told."""


def grow(server: Server, files: int) -> list[float]:
    """Upload wheels of 1 kB one by one, four to a release; milliseconds of each."""
    requests = (
        server.upload(corpus.wheel(PROJECT, f"1.{n // 4}", 1_000, build=str(n % 4)))
        for n in range(files)
    )
    return [seconds * 1e3 for seconds in load.drive(server.port, requests).latencies]


def pages(server: Server, seconds: float) -> dict[str, float]:
    """Requests a second of the page in each of its forms."""
    # pypiron and devpi-web work on what was uploaded after they have answered.
    server.settle()
    html = server.page(PROJECT)
    head, _body = load.fetch(server.port, html)
    asked = {"page, HTML": (html, 200)}
    if server.json:
        asked["page, JSON"] = (server.page(PROJECT, Accept=SIMPLE_JSON), 200)
    if tag := re.search(r"(?im)^etag: *(\S+)", head):
        asked["page, unchanged"] = (server.page(PROJECT, If_None_Match=tag[1]), 304)
    return {title: _rate(server, *request, seconds) for title, request in asked.items()}


def _rate(server: Server, request: bytes, status: int, seconds: float) -> float:
    load.drive(server.port, [request] * 4, status=status)
    if wrk.is_available():
        return wrk.read(server.port, [request], 4, seconds).rate
    few = [request] * 200
    return load.drive(server.port, few, connections=4, seconds=seconds, status=status).rate


def tell(server: Server, files: int, seconds: float) -> None:
    """Print it all."""
    times = grow(server, files)
    span = min(SPAN, files // 2)
    first, last = statistics.median(times[:span]), statistics.median(times[-span:])
    print(f"{server.name}: {files:,} files in one project")
    print(f"  first {span} uploads {first:>13.2f} ms")
    print(f"  last {span} uploads {last:>14.2f} ms")
    print(f"  last : first {last / first:>19.2f}")
    for title, rate in pages(server, seconds).items():
        print(f"  {title:<20}{rate:>12,.0f} req/s", flush=True)


def main() -> None:
    """Run it, server after server."""
    parser = argparse.ArgumentParser(description="Uploads into one project that grows.")
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--servers", default="mypi", help=f"of {','.join(KINDS)}")
    parser.add_argument("--seconds", type=float, default=2.0, help="time of each page")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    install_peers()
    for name in chosen.servers.split(","):
        with tempfile.TemporaryDirectory(prefix="mypi-growth-") as folder:
            Path(folder).chmod(0o755)
            server = KINDS[name](Path(folder))
            server.prepare()
            server.start()
            server.settle()
            try:
                tell(server, chosen.files, chosen.seconds)
            finally:
                server.stop()


if __name__ == "__main__":
    main()
