"""The virtual environments of the client tests: one for each client version.

``python -m tests.clients.environments`` builds them all under ``.clients/`` (git-ignored) with the
package index that this machine is configured for; a test builds those it needs that are missing.
An environment that is there with the same recipe is left alone; remove its folder to have it anew.
The tests themselves need no other index than ours.
"""

import contextlib
import fcntl
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.clients import interpreters

CACHE = Path(__file__).parents[2] / ".clients"
RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"
# `python -m venv` of these gives a pip too old for today's wheels; virtualenv brings a good one.
NEEDS_VIRTUALENV = {"2.7", "3.6", "3.7"}


@dataclass(frozen=True)
class Environment:
    """A client version: what is installed, and for which Python (that of the tests by default)."""

    name: str
    requires: tuple[str, ...]
    python: str = RUNNING

    @property
    def bin(self) -> Path:
        """The folder of its programs."""
        return CACHE / self.name / "bin"


def _environment(name: str, python: str, *requires: str) -> Environment:
    return Environment(name, requires, python)


VIRTUALENV = _environment("virtualenv", RUNNING, "virtualenv<20.22")
# setuptools 69.3 began to normalise the names of sdists; old clients look for the old ones.
BUILDER = _environment("builder", RUNNING, "setuptools==69.2.0", "wheel==0.43.0")

# Ordered by age.  A name without a number is the newest release there is when it is built.
ENVIRONMENTS = {
    environment.name: environment
    for environment in (
        VIRTUALENV,
        BUILDER,
        _environment("pip-1.5-py2.7", "2.7", "pip==1.5.6", "setuptools==44.1.1", "wheel==0.37.1"),
        _environment("pip-7-py2.7", "2.7", "pip==7.1.2", "setuptools==44.1.1", "wheel==0.37.1"),
        _environment("pip-9-py2.7", "2.7", "pip==9.0.3", "setuptools==44.1.1", "wheel==0.37.1"),
        _environment("pip-20-py2.7", "2.7", "pip==20.3.4", "setuptools==44.1.1", "wheel==0.37.1"),
        _environment("pip-18-py3.6", "3.6", "pip==18.1", "setuptools==41.6.0", "wheel==0.37.1"),
        _environment("pip-21-py3.6", "3.6", "pip==21.3.1"),
        _environment("pip-22.0-py3.7", "3.7", "pip==22.0.4"),
        _environment("pip-22.3-py3.7", "3.7", "pip==22.3.1"),
        _environment("pip-23-py3.8", "3.8", "pip==23.0.1"),
        _environment("pip-24-py3.9", "3.9", "pip==24.0"),
        _environment("pip-25-py3.10", "3.10", "pip==25.3"),
        _environment("pip-26.0-py3.12", "3.12", "pip==26.0"),
        _environment("pip-py3.13", "3.13", "pip"),
        _environment("pip", RUNNING, "pip", "setuptools", "wheel"),
        _environment("uv-0.5", RUNNING, "uv==0.5.31"),
        _environment("uv", RUNNING, "uv"),
        _environment("easy_install-0.6-py2.7", "2.7", "setuptools==0.6c11"),
        _environment("easy_install-0.9-py2.7", "2.7", "setuptools==0.9.8"),
        _environment("easy_install-36-py2.7", "2.7", "setuptools==36.8.0", "wheel==0.37.1"),
        _environment("easy_install-44-py2.7", "2.7", "setuptools==44.1.1", "wheel==0.37.1"),
        _environment("easy_install-51-py3.8", "3.8", "setuptools==51.3.3", "wheel==0.37.1"),
        _environment("easy_install-79", RUNNING, "setuptools==79.0.1", "wheel==0.45.1"),
        _environment("setuptools-36-py2.7", "2.7", "setuptools==36.8.0", "wheel==0.37.1"),
        _environment("setuptools-44-py2.7", "2.7", "setuptools==44.1.1", "wheel==0.37.1"),
        _environment("setuptools-40-py3.6", "3.6", "setuptools==40.6.2", "wheel==0.37.1"),
        # 42 took `register` and `upload` away; 41.6 runs on all that still have distutils.
        *(
            _environment(f"setuptools-41-py{python}", python, "setuptools==41.6.0", "wheel==0.37.1")
            for python in ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11")
        ),
        _environment("setuptools-65-py3.11", "3.11", "setuptools==65.5.0", "wheel==0.37.1"),
        _environment("twine-1-py2.7", "2.7", "twine==1.15.0"),
        _environment("twine-3-py3.6", "3.6", "twine==3.8.0", "packaging"),
        _environment("twine-3-py3.7", "3.7", "twine==3.8.0", "packaging"),
        # twine 4 asks metadata for keys that may be absent; importlib_metadata 8 raises for these.
        _environment("twine-4", RUNNING, "twine==4.0.2", "importlib_metadata<8"),
        _environment("twine-6", RUNNING, "twine==6.1.0"),
        _environment("twine", RUNNING, "twine"),
        _environment("flit-3", RUNNING, "flit==3.2.0", "flit_core==3.2.0"),
        _environment("flit", RUNNING, "flit"),
        _environment("hatch-1.7", RUNNING, "hatch==1.7.0", "hatchling<1.19"),
        _environment("hatch", RUNNING, "hatch"),
        _environment("poetry-1", RUNNING, "poetry==1.8.5"),
        _environment("poetry", RUNNING, "poetry"),
        # Later releases of unearth ask the public index as well.
        _environment("pdm-2.10", RUNNING, "pdm==2.10.4", "pdm-backend<2.2", "unearth<0.13"),
        # pdm works with few versions of hishel and names them in this extra only.
        _environment("pdm", RUNNING, "pdm[locked]", "pdm-backend"),
        _environment("pip-tools-6", RUNNING, "pip-tools==6.14.0", "pip==23.0.1"),
        _environment("pip-tools", RUNNING, "pip-tools", "pip"),
        # The old one knows XML-RPC alone; setuptools 81 took away pkg_resources.
        _environment(
            "bandersnatch-5", RUNNING, "bandersnatch==5.3.0", "setuptools<81", "packaging<22"
        ),
        _environment("devpi", RUNNING, "devpi-server", "devpi-client", "setuptools<81"),
        _environment("pypiserver", RUNNING, "pypiserver", "setuptools<81"),
        _environment("bandersnatch", RUNNING, "bandersnatch", "setuptools<81"),
        _environment("sphinx-1-py2.7", "2.7", "Sphinx==1.8.6"),
        _environment("sphinx", RUNNING, "Sphinx"),
    )
}

# Published as they are: pure, with a native extension, and one that builds need from the index.
REAL_WHEELS = ("six==1.17.0", "MarkupSafe==3.0.2", "setuptools==69.2.0", "wheel==0.43.0")


class InterpreterMissing(Exception):
    """This machine has no Python of the version that the client needs."""


class CannotBuild(Exception):
    """Making an environment failed; the text is the failing command's output."""


def build(environment: Environment) -> Path:
    """Make ``environment`` unless it is there, and return the folder of its programs."""
    python = _interpreter(environment)
    folder = CACHE / environment.name
    with _once(folder, f"{python}\n{environment.requires}\n") as missing:
        if missing:
            _create(folder, python, environment.python)
            _run(folder / "bin/python", "-m", "pip", "install", "--upgrade", *environment.requires)
    return environment.bin


def real_wheels() -> list[Path]:
    """Wheels of other people's projects, as the configured package index has them."""
    folder = CACHE / "wheels"
    with _once(folder, f"{RUNNING} {REAL_WHEELS}") as missing:
        if missing:
            pip = [build(ENVIRONMENTS["pip"]) / "python", "-m", "pip"]
            _run(*pip, "download", "--no-deps", "--only-binary=:all:", "-d", folder, *REAL_WHEELS)
    return sorted(folder.glob("*.whl"))


def _interpreter(environment: Environment) -> Path:
    if environment.python == RUNNING:
        return Path(sys.executable).resolve()
    python = interpreters.find(environment.python)
    if python is None:
        raise InterpreterMissing(f"no Python {environment.python} on this machine")
    return python


@contextlib.contextmanager
def _once(folder: Path, recipe: str) -> Iterator[bool]:
    """Whether ``folder`` has to be made; it counts as made when the block ends without an error."""
    CACHE.mkdir(exist_ok=True)
    recipe = f"{folder}\n{recipe}"  # virtual environments do not survive being moved
    done = folder / ".recipe"
    with CACHE.joinpath(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = not done.exists() or done.read_text() != recipe
        if missing:
            shutil.rmtree(folder, ignore_errors=True)
        yield missing
        done.write_text(recipe)


def _create(folder: Path, python: Path, version: str) -> None:
    if version in NEEDS_VIRTUALENV:
        virtualenv = build(VIRTUALENV) / "virtualenv"
        _run(virtualenv, "--app-data", CACHE / "app-data", "--python", python, folder)
    else:
        _run(python, "-m", "venv", folder)


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotBuild(f"{' '.join(map(str, command))}\n{done.stdout}")


def _report(environment: Environment) -> str:
    started = time.monotonic()
    try:
        build(environment)
    except InterpreterMissing as missing:
        return f"{environment.name:24} SKIPPED: {missing}"
    seconds = time.monotonic() - started
    what = f"Python {environment.python:5} {_installed(environment):50}"
    return f"{environment.name:24} {what} {seconds:5.1f} s"


def _installed(environment: Environment) -> str:
    names = [re.split(r"[\[<=]", requirement)[0] for requirement in environment.requires]
    site = [str(folder) for folder in environment.bin.parent.glob("lib/python*/site-packages")]
    found = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions(path=site)}
    return ", ".join(f"{name} {found.get(name, '?')}" for name in names)


def main() -> None:
    """Build everything, two at a time, with a line for each."""
    build(VIRTUALENV)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for line in pool.map(_report, ENVIRONMENTS.values()):
            print(line, flush=True)
    print(f"{'wheels':24} {', '.join(wheel.name for wheel in real_wheels())}")


if __name__ == "__main__":
    main()
