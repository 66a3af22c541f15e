"""The indexes that are compared: each on loopback, with its data in a folder of its own."""

from bench.servers.devpi import Devpi
from bench.servers.front import Front
from bench.servers.mypi import Mypi
from bench.servers.nginx import Nginx
from bench.servers.peers import install_peers, versions
from bench.servers.pypiron import Pypiron
from bench.servers.pypiserver import Pypiserver
from bench.servers.server import SIMPLE_JSON, Server

KINDS: dict[str, type[Server]] = {
    kind.name: kind for kind in (Mypi, Front, Pypiserver, Devpi, Pypiron, Nginx)
}
"""Name -> kind, in the order of the table's columns."""

PEERS = ("pypiserver", "devpi")
"""What mypi is compared with; the others show where the limits are."""

__all__ = [
    "KINDS",
    "PEERS",
    "SIMPLE_JSON",
    "Devpi",
    "Front",
    "Mypi",
    "Nginx",
    "Pypiron",
    "Pypiserver",
    "Server",
    "install_peers",
    "versions",
]
