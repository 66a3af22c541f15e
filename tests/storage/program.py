"""pserve with a tiny application, in a process of its own, and what it takes to speak to it."""

import socket
import subprocess
import sys

from tests.serving import ROOT
from tests.waiting import PATIENCE, until

GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


class Program:
    """pserve in a process of its own, as people run it; ``before`` is a program that starts it."""

    def __init__(self, folder, before=(), **keys):
        ini = folder / "server.ini"
        keys = {"listen": "127.0.0.1:0", **keys}
        ini.write_text(
            "[app:main]\npaste.app_factory = tests.storage.tiny_app:main\n"
            "[server:main]\npaste.server_runner = mypi.server:run\n"
            + "".join(f"{key} = {value}\n" for key, value in keys.items())
        )
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "pyramid.scripts.pserve", str(ini)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, word):
        """The next line on stderr that contains ``word``."""
        return next(line for line in self.process.stderr if word in line)

    @property
    def address(self):
        """Host and port, from the banner."""
        host, port = self.wait_for("address").split("//")[1].strip(" /\n").split(":")
        self.wait_for("Ctrl-C stops")
        return host, int(port)

    def end(self):
        """Wait for the end; exit code and what was left on stderr."""
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


def connect(address):
    return socket.create_connection(address, timeout=PATIENCE)


def read_all(sock):
    """Everything up to the end of the connection."""
    return b"".join(iter(lambda: sock.recv(2**16), b""))


def read_until(sock, end):
    received = b""
    while end not in received:
        chunk = sock.recv(2**16)
        assert chunk, received
        received += chunk
    return received


def until_refused(address):
    """Return when nobody can connect any more."""

    def is_refused():
        try:
            connect(address).close()
        except (ConnectionRefusedError, ConnectionResetError):
            return True
        return False

    until(is_refused)
