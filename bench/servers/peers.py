"""The peers' virtual environment; remove it to have the newest releases."""

import importlib.metadata
import subprocess
import sys

from tests.serving import ROOT

PEERS = ROOT / ".clients" / "bench"
REQUIRES = (
    "pypiserver[cache]",
    "devpi-server",
    "devpi-web",
    "waitress",
    "setuptools<82",
    "pypiron",
    "uv",
)
_VERSIONS = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"


def install_peers() -> None:
    """Make the peers' environment, if it is not there yet, or not with all of them."""
    complete = PEERS / "complete"
    if complete.exists() and complete.read_text() == repr(REQUIRES):
        return
    print("installing the peers into .clients/bench ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", PEERS], check=True)
    pip = [program("python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--disable-pip-version-check", *REQUIRES], check=True)
    complete.write_text(repr(REQUIRES))


def program(name: str) -> str:
    """The path of one of the peers' commands."""
    return str(PEERS / "bin" / name)


def versions() -> dict[str, str]:
    """What is compared, and its versions."""
    names = ["pypiserver", "devpi-server", "devpi-web", "pypiron", "uv", "pip"]
    done = subprocess.run(
        [program("python"), "-c", _VERSIONS, *names], capture_output=True, text=True, check=True
    )
    found = dict(zip(names, done.stdout.split(), strict=True))
    return {"mypi": importlib.metadata.version("mypi"), **found}
