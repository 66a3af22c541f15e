"""Two servers on one database behind nginx, as one server that clients see.

nginx has the file that ``mypi config gen`` makes, but for TLS: clients of all ages trust no
certificate of ours.
"""

import re
from contextlib import ExitStack
from pathlib import Path

from tests import fronts
from tests.clients.server import Server
from tests.engines import ENGINES
from tests.serving import free_port

BLOBS = {"zeo": "blobs", "postgresql": "blob-cache"}
"""Where below the data folder nginx finds archives."""


class Pair(Server):
    """The two; ``port`` is nginx's, and ``storage`` what both keep their data in."""

    def __init__(self, data: Path, storage: str = "zeo") -> None:
        super().__init__(data)
        self.storage = storage
        self.servers: list[fronts.Behind] = []
        self.stack = ExitStack()

    def start(self) -> "Pair":
        """Start the database, both servers, and nginx."""
        folder = self.data.with_name("nginx")
        folder.mkdir()
        engine = self.stack.enter_context(ENGINES[self.storage](self.data))
        ports = (free_port(), free_port())
        front = fronts.Front("nginx", folder, self.data, ports=ports)
        front.port = self.port
        front.conf = _plain(front.conf, self.url, self.port).replace(
            f"{self.data}/blobs", f"{self.data}/{BLOBS[self.storage]}"
        )
        for port in ports:
            server = fronts.Behind(self.data, port, front.conf, uri=engine.uri)
            server.log = self.log
            self.servers.append(self.stack.enter_context(server))
        self.stack.enter_context(fronts.nginx_running(front))
        self.ini = self.servers[0].ini
        return self

    def stop(self) -> int:
        """Stop all of it; the servers' exit code."""
        codes = [server.stop() for server in self.servers]
        self.stack.close()
        return max(codes)


def _plain(conf: str, url: str, port: int) -> str:
    """``conf`` without TLS: it listens at one port of loopback."""
    conf = re.sub(r"\nserver \{\n    listen 80;.*?\n\}\n", "\n", conf, flags=re.DOTALL)
    conf = re.sub(r"\n    ssl_.*;", "", conf)
    conf = re.sub(r"mypi\.url = .*", f"mypi.url = {url}", conf)
    return conf.replace("listen 443 ssl;", f"listen {fronts.HOST}:{port};")
