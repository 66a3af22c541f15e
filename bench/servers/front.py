"""nginx before mypi, as ``mypi config gen nginx`` writes it, with pages and archives laid out."""

import re
from pathlib import Path

from bench.servers import nginx
from bench.servers.mypi import Mypi
from tests.fronts import said
from tests.serving import ROOT, free_port


class Front(Mypi):
    """A mypi behind nginx with ``mypi.front``; what was asked for once nginx sends by itself."""

    name = "mypi-front"

    @classmethod
    def is_available(cls) -> bool:
        """Whether nginx is installed."""
        return bool(nginx.program())

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.inner_port = free_port()
        self.ini = self.folder / "production.ini"
        self.conf = self.folder / "mypi.conf"

    def prepare(self) -> None:
        """Write the ini file and nginx's, each as the other one wants it."""
        # nginx wants the folder when it starts, and mypi makes it when it starts.
        (self.data / "front").mkdir(parents=True)
        self.ini.write_text(_told({"app:main": f"mypi.front = {self.data}/front"}))
        words = ["--url", f"http://127.0.0.1:{self.port}", "--port", str(self.inner_port)]
        conf = self.run("config", "gen", "nginx", *words)
        self.ini.write_text(_told(said(conf)))
        self.conf.write_text(_without_tls(conf, self.port))

    def before(self) -> list[str]:
        """Debian's nginx with the generated file."""
        return nginx.command(self.folder, f"include {self.conf};")


def _told(lines: dict[str, str]) -> str:
    """production.ini with ``lines`` in its sections."""
    text = (ROOT / "production.ini").read_text()
    for section, more in lines.items():
        text = text.replace(f"[{section}]\n", f"[{section}]\n{more}\n")
    return text


def _without_tls(conf: str, port: int) -> str:
    """The other servers of the comparison do not encrypt either."""
    conf = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", conf, flags=re.DOTALL)
    conf = re.sub(r"    (listen \[::\]|ssl_).*\n", "", conf)
    return conf.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
