"""Wait for what another thread or process does: the one place that looks again and again."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 60
"""Seconds after which what does not come fails a test; none waits that long when all is well."""


def until(holds: Callable[[], object], process: "subprocess.Popen[Any] | None" = None) -> None:
    """Return as soon as ``holds`` does; ``process`` is who brings it about, and must not end."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert process is None or process.poll() is None, f"it ended, with {process.returncode}"
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.01)
