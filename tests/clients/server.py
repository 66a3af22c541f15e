"""A real ``pserve production.ini`` on loopback, and what an outsider can see of it."""

import hashlib
import json
import socket
import subprocess
import sys
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from tests.serving import ROOT, free_port

HOST = "127.0.0.1"
SECONDS = 60
JSON = "application/vnd.pypi.simple.v1+json"


class NotAnswering(Exception):
    """The server did not come up; the text is its log."""


@dataclass
class Server:
    """One running server with its data in a folder of its own."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def ini(self) -> Path:
        """Its settings; ``data`` is given beside."""
        return ROOT / "production.ini"

    @property
    def url(self) -> str:
        """The bare host, as a person would type it: without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.data.with_suffix(".log")

    def start(self) -> None:
        """Start it and wait for its first answer."""
        pserve = Path(sys.executable).with_name("pserve")
        settings = [f"http_port={self.port}", f"data={self.data}"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [pserve, self.ini, *settings], cwd=ROOT, stdout=log, stderr=log
            )
        self._wait()

    def stop(self) -> int:
        """Ask it to end, as a service manager does, and return its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(SECONDS)
        finally:
            self.process.kill()  # does nothing to a process that has ended

    def _wait(self) -> None:
        while self.process.poll() is None:
            try:
                socket.create_connection((HOST, self.port), timeout=SECONDS).close()
            except ConnectionRefusedError:
                pause_unless_ended(self.process)
            else:
                return
        raise NotAnswering(self.log.read_text())

    # What an outsider sees

    def files(self, project: str, index: str = "") -> dict[str, dict]:
        """The project's files by name, from the JSON page of ``index`` ("+incubator", say)."""
        return {file["filename"]: file for file in self._page(project, index)["files"]}

    def digests(self, project: str, index: str = "") -> dict[str, str]:
        """sha256 by file name, of the bytes that are served; the page has to say the same."""
        files = self.files(project, index)
        served = {name: self._sha256(project, index, file["url"]) for name, file in files.items()}
        assert served == {name: file["hashes"]["sha256"] for name, file in files.items()}
        return served

    def publish(self, *archives: Path, index: str = "") -> None:
        """Publish with no client's help: the least of forms."""
        for archive in archives:
            name, version = name_and_version(archive)
            body, content_type = upload_form(name, version, archive)
            target = f"{self.url}/{index}/" if index else f"{self.url}/"
            request = urllib.request.Request(target, body, {"Content-Type": content_type})
            urllib.request.urlopen(request).close()

    def _sha256(self, project: str, index: str, link: str) -> str:
        with urllib.request.urlopen(urljoin(self._address(project, index), link)) as answer:
            return hashlib.sha256(answer.read()).hexdigest()

    def _address(self, project: str, index: str) -> str:
        return "/".join(part for part in (self.url, index, "simple", project) if part) + "/"

    def _page(self, project: str, index: str) -> dict:
        request = urllib.request.Request(self._address(project, index), headers={"Accept": JSON})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except HTTPError as error:
            error.close()
            if error.code == 404:
                return {"files": []}
            raise


def pause_unless_ended(process: subprocess.Popen) -> None:
    """Give a starting process a moment; returns at once if it ends."""
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return


def sha256(archive: Path) -> str:
    """The digest of a local file."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def digests_of(archives: list[Path]) -> dict[str, str]:
    """sha256 by file name, as :meth:`Server.digests` has them."""
    return {archive.name: sha256(archive) for archive in archives}


def name_and_version(archive: Path) -> tuple[str, str]:
    """As the file name says."""
    parse = parse_wheel_filename if archive.suffix == ".whl" else parse_sdist_filename
    name, version, *_ = parse(archive.name)
    return name, str(version)


def upload_form(name: str, version: str, archive: Path) -> tuple[bytes, str]:
    """A multipart body and its content type."""
    wheel = archive.suffix == ".whl"
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": name,
        "version": version,
        "filetype": "bdist_wheel" if wheel else "sdist",
        "pyversion": "py3" if wheel else "source",
        "sha256_digest": sha256(archive),
    }
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{{}}"'
    parts = [f"{head.format(key)}\r\n\r\n{value}\r\n" for key, value in fields.items()]
    parts.append(f'{head.format("content")}; filename="{archive.name}"\r\n\r\n')
    body = "".join(parts).encode() + archive.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
