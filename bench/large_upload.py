"""Memory, disk and time of one very large upload to a real server.

    python -m bench.large_upload [--mebibytes 2048]

Linux only: it reads ``/proc``.  Needs three times the size free on disk.
"""

import argparse
import os
import socket
import tempfile
import threading
import time
from pathlib import Path

from bench import load
from bench.servers import Mypi
from bench.upload_profile import write_large_form

EVERY = 0.05
"""Seconds between two looks at the server."""


class Watch(threading.Thread):
    """Looks at a server again and again; keeps the highest memory (MiB) and disk use (bytes)."""

    def __init__(self, server: Mypi) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.memory = server.memory()
        self.disk = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Until ``done``."""
        while not self.done.wait(EVERY):
            self.memory = max(self.memory, self.server.memory())
            self.disk = max(self.disk, disk_use(self.server))


def disk_use(server: Mypi) -> int:
    """Bytes on disk of the data folder, and of what the server holds open without a name."""
    held = [path for each in server.processes() for path in Path(f"/proc/{each}/fd").iterdir()]
    sizes = {}
    for path in [*server.folder.rglob("*"), *held]:
        try:
            found = path.stat()
        except OSError:
            continue
        sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(sizes.values())


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="Memory and disk use of one very large upload.")
    parser.add_argument("--mebibytes", type=int, default=2048)
    mebibytes = parser.parse_args().mebibytes
    os.environ["MYPI_MAX_UPLOAD"] = f"{2 * mebibytes + 64} MiB"
    with tempfile.TemporaryDirectory(prefix="mypi-large-") as folder:
        form = Path(folder) / "form"
        with form.open("w+b") as file:
            kind = write_large_form(file, mebibytes)
        server = Mypi(Path(folder))
        server.start()
        try:
            send(server, form, kind)
        finally:
            server.stop()


def send(server: Mypi, form: Path, kind: str) -> None:
    """Upload the form and print what it took."""
    size = form.stat().st_size
    server.settle()
    idle, empty = server.memory(), disk_use(server)
    watch = Watch(server)
    watch.start()
    head = load.request("POST", "/", Content_Type=kind, Content_Length=str(size))
    with socket.create_connection(("127.0.0.1", server.port)) as sock, form.open("rb") as file:
        begun = time.perf_counter()
        sock.sendall(head)
        sock.sendfile(file)
        sent = time.perf_counter()
        answer = sock.recv(2**16).decode()
        answered = time.perf_counter()
    watch.done.set()
    watch.join()
    print(answer.splitlines()[0])
    print(f"sent in {sent - begun:.1f} s, answered {answered - sent:.1f} s later")
    print(f"memory: idle {idle:.0f} MiB, highest {watch.memory - idle:.0f} MiB above that")
    print(f"disk: at most {(watch.disk - empty) / size:.2f} times the upload")
    print(f"      {(disk_use(server) - empty) / size:.2f} times in the end")


if __name__ == "__main__":
    main()
