"""Find the Pythons of this machine by version: on PATH, then among pyenv's.

A program called ``python2.7`` may be a shim that answers nothing, so each candidate is asked for
its version before it is believed.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

ASK = "import sys; print('%d.%d' % sys.version_info[:2])"


@functools.cache
def find(version: str) -> Path | None:
    """A Python of this ``version`` ("2.7"), or None where the machine has none."""
    candidates = [*_on_path(version), *_of_pyenv(version)]
    return next((python for python in candidates if _version_of(python) == version), None)


def _on_path(version: str) -> list[Path]:
    found = shutil.which(f"python{version}")
    return [Path(found)] if found else []


def _of_pyenv(version: str) -> list[Path]:
    root = _pyenv_root()
    return sorted(root.glob(f"versions/*/bin/python{version}")) if root else []


@functools.cache
def _pyenv_root() -> Path | None:
    if "PYENV_ROOT" in os.environ:
        return Path(os.environ["PYENV_ROOT"])
    if not shutil.which("pyenv"):
        return None
    answer = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None


def _version_of(python: Path) -> str | None:
    answer = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


if __name__ == "__main__":
    found = find(sys.argv[1])
    sys.exit(print(found) if found else f"no Python {sys.argv[1]} on this machine")
