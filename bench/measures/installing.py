"""pip and uv install the 60 packages of ``demo-tree-00``, with nothing in a cache."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.corpus import TREE, TREE_PROJECTS
from bench.load import Failed
from bench.measures.measure import Goal, Measure
from bench.servers import Server, peers

if TYPE_CHECKING:
    from bench.running import Bench

UV = "pip install --no-cache --no-config --python {python} --target {target} --index-url {url}"
PIP = (
    "-m pip --isolated install --no-cache-dir --disable-pip-version-check"
    " --target {target} --index-url {url}"
)


def uv_install(bench: Bench, server: Server) -> float:
    """uv."""
    return _installed(server, peers.program("uv"), UV)


def pip_install(bench: Bench, server: Server) -> float:
    """pip."""
    return _installed(server, peers.program("python"), PIP)


def _installed(server: Server, program: str, words: str) -> float:
    """The seconds that it took."""
    with tempfile.TemporaryDirectory(prefix="mypi-installed-") as target:
        told = {"python": peers.program("python"), "target": target, "url": server.url}
        command = [program, *(word.format(**told) for word in words.split()), f"{TREE}-00"]
        begun = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, env=_environment())
        seconds = time.perf_counter() - begun
        installed = len(list(Path(target).glob("demo_tree_*.dist-info")))
    if installed != TREE_PROJECTS:
        raise Failed(f"{server.name}: {installed} installed: {done.stderr[-1_000:]}")
    return seconds


def _environment() -> dict[str, str]:
    """Ours, without what others told pip and uv."""
    unwanted = ("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV")
    return {name: text for name, text in os.environ.items() if not name.startswith(unwanted)}


INSTALLING = [
    Measure(
        "uv pip install of 60 packages",
        "s",
        uv_install,
        less_is_better=True,
        goals=(
            Goal("<=", 1.25, "nginx"),
            Goal("<=", 1.1, "nginx", whose="mypi-front"),
            Goal("<=", 0.5, "pypiron", whose="mypi-front"),
        ),
        by="uv",
        most_rounds=3,
    ),
    Measure(
        "pip install of 60 packages",
        "s",
        pip_install,
        less_is_better=True,
        goals=(
            Goal("<=", 1.25, "nginx"),
            Goal("<=", 1.1, "nginx", whose="mypi-front"),
            Goal("<=", 0.5, "pypiron", whose="mypi-front"),
        ),
        by="pip",
        most_rounds=2,
    ),
]
