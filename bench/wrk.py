"""Read with wrk, a load generator in C: one that is not slower than nginx.

It sends the same requests as bench/load.py, in turn, and looks at each answer's status only.
"""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.load import Failed

SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Reading:
    """What wrk tells: requests a second, and the latency in ms that 99 % did not exceed."""

    rate: float
    slowest: float


def is_available() -> bool:
    """Whether it is installed (Debian: wrk)."""
    return shutil.which("wrk") is not None


def read(port: int, requests: list[bytes], connections: int, seconds: float) -> Reading:
    """Send ``requests`` in turn for so many seconds, whole ones; raises Failed."""
    with tempfile.NamedTemporaryFile(prefix="mypi-wrk-") as file:
        file.write(b"".join(requests))
        file.flush()
        words = ["wrk", "--threads", "1", "--connections", str(connections), "--timeout", "60s"]
        words += ["--duration", f"{max(1, round(seconds))}s", "--script", str(SCRIPT)]
        words += [f"http://127.0.0.1:{port}/", "--", file.name]
        done = subprocess.run(words, capture_output=True, text=True)
    try:
        told = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise Failed(f"wrk: {done.stdout[-500:]}{done.stderr[-500:]}") from None
    if told["failed"] or not told["requests"]:
        raise Failed(f"wrk: {told}")
    return Reading(told["requests"] / told["microseconds"] * 1e6, told["p99"] / 1e3)
