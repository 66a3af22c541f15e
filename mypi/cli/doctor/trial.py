"""A trial: publish a small package as twine does, and let pip install it, in an index of its own.

The index takes from everybody, since neither twine's nor pip's login is at hand; its name cannot be
guessed, and it is gone after some seconds.
"""

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from mypi.cli.doctor.finding import Finding, Patient, bad, good, warning
from mypi.cli.doctor.network import NoAnswer, ask, place
from mypi.cli.options import Run
from mypi.cli.output import Failure
from mypi.cli.reach import agent
from mypi.cli.sample import wheel

NAME = "mypi-doctor-trial"
SECONDS = 120
LOG = "look into the server's log"


def findings(run: Run, patient: Patient) -> Iterator[Finding]:
    """Publish and install through the address that people use; else through the server's own."""
    url, socket = patient.settings.url, ""
    if not url:
        url, socket = place(patient)
    try:
        ask(url, socket)
    except NoAnswer as error:
        yield bad("trial", f"There is no server to try: {error}", f"mypi -c {patient.ini} serve")
        return
    if socket:
        yield warning("trial", "pip and twine do not speak to a Unix socket.", "set mypi.url")
        return
    index = f"doctor-{secrets.token_hex(8)}"
    everybody = {"read": ["everyone"], "upload": ["everyone"]}
    policy: dict[str, Any] = {
        "grants": everybody,
        "trash_days": 0,
        "title": "A trial of mypi doctor",
    }
    try:
        run.client.post("indexes", body={"name": index, "policy": policy})
    except Failure as error:
        yield bad("trial", f"No index can be made: {error}", error.hint or LOG)
        return
    try:
        yield from _tried(f"{url}/+{index}/")
    finally:
        run.client.delete("indexes", index)


def _tried(address: str) -> Iterator[Finding]:
    name, content = wheel(NAME, "1.0")
    try:
        answer = _publish(address, name, content)
    except httpx.HTTPError as error:
        yield bad("publishing", f"{address}: {error or type(error).__name__}.", LOG)
        return
    if answer.status_code != 200:
        yield bad("publishing", f"{answer.status_code} {answer.reason_phrase}", LOG)
        return
    yield good("publishing", "a package was published as twine does it")
    yield _installed(address, sha256(content).hexdigest())


def _publish(address: str, name: str, content: bytes) -> httpx.Response:
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": NAME,
        "version": "1.0",
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "sha256_digest": sha256(content).hexdigest(),
    }
    file = {"content": (name, content, "application/octet-stream")}
    with httpx.Client(timeout=SECONDS, headers=agent()) as client:
        return client.post(address, data=fields, files=file, auth=("", ""))


def _installed(address: str, digest: str) -> Finding:
    """What pip, that of this Python, makes of the index."""
    with tempfile.TemporaryDirectory(prefix="mypi-doctor-") as folder:
        words = [
            "download",
            "--no-deps",
            "--no-cache-dir",
            "--disable-pip-version-check",
            "--quiet",
        ]
        where = ["--dest", folder, "--index-url", f"{address}simple/", f"{NAME}==1.0"]
        try:
            done = subprocess.run(  # noqa: S603 - words of our own
                [sys.executable, "-m", "pip", *words, *where],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return bad("installing", f"pip was not done in {SECONDS} seconds.", LOG)
        if "No module named pip" in done.stderr:
            what = "There is no pip in this Python's environment to try."
            return warning("installing", what, f"pip download -i {address}simple/ from elsewhere")
        got = [sha256(path.read_bytes()).hexdigest() for path in Path(folder).iterdir()]
    if done.returncode or got != [digest]:
        said = done.stderr.strip().splitlines() or ["it got other bytes"]
        return bad("installing", f"pip: {said[-1]}", LOG)
    return good("installing", "pip installed it")
