"""mypi as it is in this working tree."""

import subprocess
import sys
import urllib.parse
from pathlib import Path

from bench import load
from bench.corpus import Archive
from bench.parts import Part
from bench.servers.server import Server
from tests.serving import ROOT


class Mypi(Server):
    """This repository's working tree: ``pserve production.ini``."""

    name = "mypi"
    etag = True
    fills_by = "mypi import folder"
    fills_stopped = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.ini = ROOT / "production.ini"
        self.inner_port = self.port

    @property
    def data(self) -> Path:
        """The database and the archives."""
        return self.folder / "var"

    def command(self) -> list[str]:
        """The command of the README."""
        arguments = [str(self.ini), f"http_port={self.inner_port}", f"data={self.data}"]
        return [str(Path(sys.executable).with_name("pserve")), *arguments]

    def fill(self, part: Part) -> None:
        """As somebody moves in who has a folder of archives."""
        self.run("import", "folder", str(part.folder()))

    def run(self, *words: str) -> str:
        """The output of a command of mypi."""
        mypi = Path(sys.executable).with_name("mypi")
        settings = ["-c", str(self.ini), "--set", f"data={self.data}"]
        done = subprocess.run(
            [str(mypi), *settings, *words], cwd=ROOT, capture_output=True, text=True
        )
        if done.returncode:
            raise load.Failed(f"{self.name}: {' '.join(words)}: {done.stderr}")
        return done.stdout

    def file(self, archive: Archive) -> bytes:
        """Files are below their project."""
        return load.request("GET", f"/packages/stable/{archive.project}/{archive.filename}")

    def search(self, words: str) -> bytes | None:
        """The JSON that the search page is made of."""
        path = f"/+api/v1/indexes/stable/search?q={urllib.parse.quote(words)}&limit=20"
        return load.request("GET", path, Accept="application/json")
