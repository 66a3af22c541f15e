"""devpi-server with devpi-web."""

import base64
import json
import subprocess
import urllib.parse
from collections.abc import Mapping
from typing import Any

from bench import load
from bench.corpus import Archive
from bench.servers import peers
from bench.servers.server import Server


class Devpi(Server):
    """devpi-server with devpi-web and core metadata; one stage index that anybody may read."""

    name = "devpi"
    prefix = "/bench/dev/"
    simple = "+simple/"

    def prepare(self) -> None:
        """Make the database, a user and an index."""
        for command in (
            ["devpi-init", "--serverdir", f"{self.folder}/data", "--no-root-pypi"],
            ["devpi-gen-secret", "--secretfile", f"{self.folder}/secret"],
        ):
            subprocess.run(
                [peers.program(command[0]), *command[1:]], check=True, stdout=-3, stderr=-3
            )
        self.start("/+api")
        user = {"user": "bench", "password": "bench"}
        self._call("PUT", "/bench", {"password": "bench"}, 201)
        token = self._call("POST", "/+login", user)["result"]["password"]
        self.headers = {"X-Devpi-Auth": base64.b64encode(f"bench:{token}".encode()).decode()}
        self._call("PUT", "/bench/dev", {"type": "stage", "bases": []})
        self.stop()

    def command(self) -> list[str]:
        """Without connections to other indexes."""
        options = "--offline-mode --enable-core-metadata --host 127.0.0.1".split()
        folders = ["--serverdir", str(self.folder / "data")]
        folders += ["--secretfile", str(self.folder / "secret")]
        return [peers.program("devpi-server"), *folders, *options, "--port", str(self.port)]

    def file(self, archive: Archive) -> bytes:
        """Addresses of files hold a part of their sha256."""
        sha256 = archive.sha256
        path = f"{self.prefix}+f/{sha256[:3]}/{sha256[3:16]}/{archive.filename}"
        return load.request("GET", path)

    def search(self, words: str) -> bytes | None:
        """The page of devpi-web."""
        path = f"/+search?query={urllib.parse.quote(words)}"
        return load.request("GET", path, Accept="text/html")

    def _call(self, method: str, path: str, said: Mapping[str, object], status: int = 200) -> Any:
        body = json.dumps(said).encode()
        kinds = {"Content_Type": "application/json", "Accept": "application/json"}
        sent = load.request(method, path, body, **kinds, **self.headers)
        return json.loads(load.fetch(self.port, sent, status)[1])
