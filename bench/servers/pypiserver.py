"""pypiserver, a folder of files behind a small web server."""

import shutil
from pathlib import Path

from bench import load
from bench.corpus import Archive
from bench.parts import Part
from bench.servers import peers
from bench.servers.server import Server


class Pypiserver(Server):
    """pypiserver with its watching cache; anybody may upload."""

    name = "pypiserver"
    json = False
    fills_by = "copying"

    @property
    def data(self) -> Path:
        """Its packages lie in one flat folder."""
        return self.folder / "packages"

    def prepare(self) -> None:
        """Make the folder."""
        self.data.mkdir()

    def command(self) -> list[str]:
        """Open, without asking the public index for what is missing."""
        options = "--disable-fallback -a . -P . --backend cached-dir -i 127.0.0.1".split()
        words = [peers.program("pypi-server"), "run", *options]
        return [*words, "-p", str(self.port), str(self.data)]

    def fill(self, part: Part) -> None:
        """Copying is how a pypiserver is filled (uploads slow down with the number of files)."""
        for path in part.folder().iterdir():
            shutil.copyfile(path, self.data / path.name)

    def file(self, archive: Archive) -> bytes:
        """All files are in one folder."""
        return load.request("GET", f"/packages/{archive.filename}")
