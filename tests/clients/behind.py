"""Two servers on one database behind nginx, as one server that clients see.

nginx has the file that ``mypi config gen`` makes, but for TLS: clients of all ages trust no
certificate of ours.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests import fronts
from tests.clients.server import HOST, Server, free_port
from tests.engines import ENGINES

BLOBS = {"zeo": "blobs", "postgresql": "blob-cache"}
"""Where below the data folder nginx finds archives."""


@dataclass
class Pair(Server):
    """The two; ``port`` is nginx's, and ``storage`` what both keep their data in."""

    storage: str = "zeo"
    servers: list[fronts.Behind] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def ini(self) -> Path:
        """The settings of one of them."""
        return self.servers[0].ini

    def start(self) -> None:
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
    return conf.replace("listen 443 ssl;", f"listen {HOST}:{port};")
