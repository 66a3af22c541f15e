"""pypiron, one program in Rust with its index in memory: the compiled rival."""

import base64
from pathlib import Path

from bench import load
from bench.corpus import Archive
from bench.servers import peers
from bench.servers.server import Server

USER, PASSWORD = "bench", "bench-bench"


class Pypiron(Server):
    """pypiron with its feeds from the internet off; open to read, one user who may upload.

    It answers an upload before its pages show it, unless ``--wait-on-upload``; as it comes, here.
    """

    name = "pypiron"
    etag = True

    @classmethod
    def is_available(cls) -> bool:
        """Whether there is one for this machine."""
        return Path(peers.program("pypiron")).exists()

    @property
    def data(self) -> Path:
        """Files, and what it knows of them."""
        return self.folder / "data"

    def prepare(self) -> None:
        """Make the folders, and know the user."""
        self.data.mkdir()
        (self.folder / "spool").mkdir()
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.headers = {"Authorization": f"Basic {login}"}

    def command(self) -> list[str]:
        """Without the internet; uploads arrive on the disk where they stay."""
        options = {
            "--data-dir": self.data,
            "--spool-dir": self.folder / "spool",
            "--bind-addr": f"127.0.0.1:{self.port}",
            "--advisory-feed": "",
            "--malware-block": "false",
            "--uploader-user": USER,
            "--uploader-pass": PASSWORD,
        }
        words = [str(word) for pair in options.items() for word in pair]
        return [peers.program("pypiron"), "serve", *words]

    def upload(self, archive: Archive) -> bytes:
        """At an address of its own."""
        body, kind = archive.form()
        return load.request("POST", "/legacy/", body, Content_Type=kind, **self.headers)

    def file(self, archive: Archive) -> bytes:
        """Files are below their project."""
        return load.request("GET", f"/files/{archive.project}/{archive.filename}")
