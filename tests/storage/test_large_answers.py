"""Large answers over real sockets: bodies in memory, and files that the kernel sends."""

import contextlib
import errno
import http.client
import io
import os
import socket
import threading

import pytest

from mypi.server.options import read_options
from mypi.server.runner import Runner
from tests.waiting import PATIENCE, until

CONTENT = os.urandom(3 * 2**20)


class App:
    """Gives ``CONTENT`` from memory or from a file, whole or from the middle."""

    def __init__(self, folder):
        self.path = folder / "content"
        self.path.write_bytes(CONTENT)
        self.opened = []

    def __call__(self, environ, start_response):
        body = getattr(self, environ["PATH_INFO"].strip("/"))(environ)
        length = environ["QUERY_STRING"] or str(len(CONTENT))
        start_response("200 OK", [("Content-Length", length)])
        return body

    def memory(self, environ):
        return [CONTENT]

    def parts(self, environ):
        return (CONTENT[at : at + 100_000] for at in range(0, len(CONTENT), 100_000))

    def file(self, environ):
        return environ["wsgi.file_wrapper"](self.open())

    def middle(self, environ):
        file = self.open()
        file.seek(1_000_000)
        return environ["wsgi.file_wrapper"](file)

    def end(self, environ):
        file = self.open()
        file.seek(-1000, os.SEEK_END)
        return environ["wsgi.file_wrapper"](file)

    def wrapped(self, environ):
        return environ["wsgi.file_wrapper"](io.BytesIO(CONTENT))

    def open(self):
        self.opened.append(self.path.open("rb"))
        return self.opened[-1]


@pytest.fixture
def app(tmp_path):
    return App(tmp_path)


@pytest.fixture
def address(app):
    runner = Runner(app, read_options(app, {"listen": "127.0.0.1:0", "threads": "1"}))
    thread = threading.Thread(target=runner.run)
    thread.start()
    host, port = runner.addresses[0]
    yield host, int(port)
    runner.stop()
    runner.stop()
    thread.join(PATIENCE)


def slow(address):
    """A connection that takes little at a time."""
    sock = socket.socket()
    sock.settimeout(PATIENCE)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(address)
    return sock


def fetched(connection, path):
    connection.request("GET", path)
    return connection.getresponse().read()


EXPECTED = {
    "/memory": CONTENT,
    "/parts": CONTENT,
    "/file": CONTENT,
    "/middle?500000": CONTENT[1_000_000:1_500_000],
    "/end?1000": CONTENT[-1000:],
    "/wrapped": CONTENT,
}


@pytest.mark.parametrize("path", EXPECTED)
def test_every_byte_arrives_and_the_connection_is_of_further_use(address, path):
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    with contextlib.closing(connection):
        for _again in range(2):
            assert fetched(connection, path) == EXPECTED[path]


@pytest.mark.parametrize("path", EXPECTED)
def test_a_client_that_takes_little_at_a_time_gets_all_of_it(address, path):
    connection = http.client.HTTPConnection(*address)
    connection.sock = slow(address)
    with contextlib.closing(connection):
        assert fetched(connection, path) == EXPECTED[path]


@pytest.mark.parametrize("error", [errno.EINVAL, errno.ENOSYS])
def test_a_file_that_the_kernel_cannot_send_is_read(address, monkeypatch, error):
    def cannot(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "sendfile", cannot)
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    with contextlib.closing(connection):
        assert fetched(connection, "/file") == CONTENT


@pytest.mark.parametrize("path", ["/file", "/memory"])
def test_a_client_that_goes_away_leaves_nothing_open(address, app, path):
    with slow(address) as sock:
        sock.sendall(b"GET %b HTTP/1.1\r\nHost: here\r\n\r\n" % path.encode())
        assert sock.recv(12) == b"HTTP/1.1 200"

    until(lambda: all(file.closed for file in app.opened))
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    with contextlib.closing(connection):
        assert fetched(connection, path) == CONTENT


def test_a_file_that_becomes_shorter_ends_the_connection(address, app):
    """Else its rest would be waited for in a loop."""
    with slow(address) as sock:
        sock.sendall(b"GET /file HTTP/1.1\r\nHost: here\r\n\r\n")
        assert sock.recv(12) == b"HTTP/1.1 200"
        os.truncate(app.path, 10)
        received = sum(map(len, iter(lambda: sock.recv(2**16), b"")))

    assert received < len(CONTENT)
    assert app.opened[0].closed
