"""nginx with pages and files on the disk: what this machine can do at most."""

import getpass
import os
import shutil
from pathlib import Path

from bench.corpus import Archive
from bench.parts import Part
from bench.servers.mypi import Mypi
from bench.servers.server import SIMPLE_JSON, Server

STATIC = """
map $http_accept $form {{
    default index.html;
    "~^application/vnd\\.pypi\\.simple\\.v1\\+json" index.v1_json;
}}
server {{
    listen 127.0.0.1:{port};
    root {root};
    default_type application/octet-stream;
    location /simple/ {{
        try_files $uri$form =404;
        types {{ {json} v1_json; "text/html; charset=utf-8" html; }}
        add_header Vary Accept;
    }}
}}
"""


def program() -> str:
    """The path of nginx, which Debian keeps from users; empty if it is not installed."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or ""


def command(folder: Path, servers: str) -> list[str]:
    """What starts an nginx that has its files in ``folder`` and ``servers`` in its configuration.

    Otherwise as Debian has it, but for the log of requests, and connections that are kept.
    """
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    kept = "\n".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off;\n{user}\nworker_processes auto;\npid {folder}/nginx.pid;\n"
        "events { worker_connections 768; }\n"
        "http {\naccess_log off;\nsendfile on;\ntcp_nopush on;\nkeepalive_requests 10000000;\n"
        f"{kept}\n{servers}\n}}\n"
    )
    return [program(), "-c", str(conf), "-e", str(folder / "nginx.log")]


class Nginx(Server):
    """nginx before what ``mypi export static`` wrote; nothing is uploaded to it."""

    name = "nginx"
    etag = True
    uploads = False
    fills_by = "mypi import folder, mypi export static"

    @classmethod
    def is_available(cls) -> bool:
        """Whether it is installed."""
        return bool(program())

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.source = Mypi(self.folder)

    @property
    def data(self) -> Path:
        """Pages and files."""
        return self.folder / "static"

    def prepare(self) -> None:
        """An empty list of projects."""
        self.source.run("export", "static", str(self.data))

    def command(self) -> list[str]:
        """Debian's nginx."""
        servers = STATIC.format(port=self.port, root=self.data, json=SIMPLE_JSON)
        return command(self.folder, servers)

    def fill(self, part: Part) -> None:
        """Written by a mypi of its own, which does not run."""
        self.source.fill(part)
        self.source.run("export", "static", str(self.data))

    def file(self, archive: Archive) -> bytes:
        """Files are below their project."""
        return self.source.file(archive)
