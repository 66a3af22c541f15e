"""The web server over real sockets, with a tiny application behind it."""

import contextlib
import hashlib
import http.client
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mypi.server.options import read_options
from mypi.server.runner import Runner
from tests.storage.tiny_app import TinyApp

PATIENCE = 30
"""Seconds after which a test gives up; none of them waits that long when all is well."""

ROOT = Path(__file__).parents[2]
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
MIB = 2**20


@pytest.fixture
def serve():
    """Start a server in a thread: ``serve(settings of the app, **keys of server:main)``."""
    started = []

    def start(settings=None, **keys):
        app = TinyApp(settings or {})
        runner = Runner(app, read_options(app, {"listen": "127.0.0.1:0", **keys}))
        thread = threading.Thread(target=runner.run)
        thread.start()
        started.append((runner, thread))
        host, port = runner.addresses[0]
        return host, int(port)

    yield start
    for runner, _ in started:
        runner.stop()
        runner.stop()
    for _, thread in started:
        thread.join(PATIENCE)
        assert not thread.is_alive()


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


@pytest.fixture
def program(tmp_path):
    """Start pserve: ``program(**keys_of_server_main)``."""
    started = []

    def start(**keys):
        started.append(Program(tmp_path, **keys))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        each.process.stderr.close()


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


def exchange(address, data):
    """Send ``data`` and return all that comes until the server closes."""
    with connect(address) as sock:
        sock.sendall(data)
        return read_all(sock)


def fetch(address, body=None):
    """What the application received, by an ordinary client."""
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET" if body is None else "POST", "/", body)
        response = connection.getresponse()
        assert response.status == 200
        return json.loads(response.read())


def post(size, *headers, version="1.1"):
    lines = [f"POST / HTTP/{version}", "Host: here", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def begin_upload(address, size):
    """A connection whose head the server has read, and none of its body."""
    sock = connect(address)
    sock.sendall(post(size, "Expect: 100-continue"))
    read_until(sock, b"100 Continue\r\n\r\n")
    return sock


def wait_until_refused(address):
    for _ in range(100_000):
        try:
            connect(address).close()
        except (ConnectionRefusedError, ConnectionResetError):
            return
    pytest.fail("still accepts connections")


# Requests


def test_a_body_arrives_unchanged_and_can_be_rewound(serve):
    body = os.urandom(3 * MIB)

    received = fetch(serve(), body)

    assert received["sha256"] == hashlib.sha256(body).hexdigest()
    assert received["seekable"] is True


def test_a_body_in_chunks_arrives_unchanged(serve):
    received = fetch(serve(), iter([b"some", b"thing"]))

    assert received["sha256"] == hashlib.sha256(b"something").hexdigest()


def test_a_request_that_expects_100_continue_without_a_body_is_answered(serve):
    head = b"GET / HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"

    assert exchange(serve(), head).startswith(b"HTTP/1.1 200")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux shows open files")
def test_a_body_on_its_way_has_no_name_that_a_crash_could_leave(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    address = serve()
    with begin_upload(address, 4 * MIB) as sock:
        sock.sendall(bytes(3 * MIB))
        spooled = []
        while not spooled:
            spooled = [path for path in open_files() if str(tmp_path) in path]

        assert list(tmp_path.iterdir()) == []
        assert all("(deleted)" in path for path in spooled)


def open_files():
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            yield os.readlink(link)


@pytest.mark.parametrize(
    "request_head",
    [
        POST + CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n",
        POST + CHUNKED + CHUNKED + b"\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.0\r\nConnection: keep-alive\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
        POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    ],
    ids=["CL and TE", "two TE", "TE list", "TE in 1.0", "two CL", "folded", "no Host", "two Hosts"],
)
def test_a_request_that_can_be_read_in_two_ways_gets_one_refusal_and_the_end(serve, request_head):
    answer = exchange(serve(), request_head + GET)

    head, _, sentence = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert head.count(b"Connection: ") == head.count(b"Connection: close") == 1
    assert b"HTTP/1.1" not in sentence


# Refusals before the body


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_upload_that_is_too_large_is_refused_before_its_body(serve, version):
    address = serve({"mypi.max_upload": MIB})

    answer = exchange(address, post(20 * MIB, version=version))

    sentence = b"413 File too large: the limit here is 1.0 MiB (setting mypi.max_upload)"
    assert answer.startswith(b"HTTP/" + version.encode() + b" " + sentence + b"\r\n")
    assert answer.endswith(b"\r\n\r\n" + sentence + b"\n")


def test_the_refusal_of_a_large_upload_comes_instead_of_100_continue(serve):
    address = serve({"mypi.max_upload": MIB})

    answer = exchange(address, post(20 * MIB, "Expect: 100-continue"))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer


def test_an_upload_without_a_length_is_refused_when_it_grows_too_large(serve):
    address = serve({"mypi.max_upload": MIB})
    chunk = b"100000\r\n" + bytes(MIB) + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = exchange(address, head + 8 * chunk)

    assert answer.startswith(b"HTTP/1.1 413 File too large")


@pytest.mark.parametrize("expect", [(), ("Expect: 100-continue",)], ids=["plain", "expect"])
def test_an_upload_that_the_disk_has_no_room_for_is_refused_before_its_body(serve, expect):
    address = serve({"mypi.min_free": 2**60})

    answer = exchange(address, post(MIB, *expect))

    assert answer.startswith(b"HTTP/1.1 507 Disk almost full: ")


def test_reading_and_small_forms_go_on_when_the_disk_is_almost_full(serve):
    address = serve({"mypi.min_free": 2**60})

    assert fetch(address)["size"] == 0
    assert fetch(address, b"a=b")["size"] == 3


@pytest.mark.parametrize(
    ("settings", "status"), [({"mypi.max_upload": MIB}, 413), ({"mypi.min_free": 2**60}, 507)]
)
def test_a_client_that_sends_everything_before_it_reads_sees_the_refusal(serve, settings, status):
    address = serve(settings)
    request = urllib.request.Request("http://{}:{}/".format(*address), bytes(20 * MIB))

    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=PATIENCE)

    with refusal.value as answer:
        assert answer.code == status
        assert answer.read().startswith(b"%d " % status)


def test_a_refused_client_that_sends_on_without_end_is_cut_off(serve):
    address = serve({"mypi.max_upload": MIB}, linger_bytes=4 * MIB)

    with connect(address) as sock:
        sock.sendall(post(2**40))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            sock.sendall(bytes(256 * MIB))


# Slow clients


def test_a_head_that_comes_byte_by_byte_is_cut_off(serve):
    address = serve(header_timeout=0.5, cleanup_interval=0)

    with connect(address) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nX: ")
        with contextlib.suppress(ConnectionError):
            for _ in range(20 * PATIENCE):
                if select.select([sock], [], [], 0.05)[0]:
                    break
                sock.sendall(b"x")
            assert sock.recv(1) == b""


def test_a_body_may_take_longer_than_a_head(serve):
    address = serve(header_timeout=0.2, cleanup_interval=0)

    with begin_upload(address, 10) as sock:
        for _ in range(10):
            assert not select.select([sock], [], [], 0.1)[0]
            sock.sendall(b"x")

        assert read_until(sock, b"}").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "sent", [b"", GET, post(10) + b"half"], ids=["nothing", "a request", "half a body"]
)
def test_a_silent_client_is_cut_off(serve, sent):
    address = serve(channel_timeout=1, cleanup_interval=0)

    answer = exchange(address, sent)

    assert answer.count(b"HTTP/1.1 200") == (sent == GET)


def test_a_client_that_reads_nothing_gives_its_thread_back(serve):
    address = serve(threads=1, channel_timeout=1, cleanup_interval=0, outbuf_high_watermark=MIB)
    with connect(address) as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
        assert sock.recv(12) == b"HTTP/1.1 200"

        assert fetch(address)["size"] == 0


def test_hundreds_of_idle_and_half_spoken_connections_block_nobody(serve):
    address = serve()
    with contextlib.ExitStack() as stack:
        for number in range(300):
            sock = stack.enter_context(connect(address))
            sock.sendall(b"GET / HTTP/1.1\r\n" if number % 2 else b"")

        assert fetch(address)["size"] == 0


# Start and stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_uploads_in_flight_finish_and_refuses_new_connections(program, number):
    server = program()
    address = server.address
    uploads = [begin_upload(address, 4 * MIB) for _ in range(3)]

    server.process.send_signal(number)
    wait_until_refused(address)
    answers = []
    for upload in uploads:
        with upload:
            upload.sendall(bytes(4 * MIB))
            answers.append(read_all(upload))

    for answer in answers:
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"\r\nConnection: close\r\n" in answer
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["size"] == 4 * MIB
    code, said = server.end()
    assert code == 0
    assert "Traceback" not in said


def test_a_signal_lets_the_application_finish_and_drops_idle_connections(program, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    server = program()
    address = server.address
    with connect(address) as idle, connect(address) as working:
        idle.sendall(GET)
        read_until(idle, b"}")
        working.sendall(b"GET /wait?%s HTTP/1.1\r\nHost: here\r\n\r\n" % bytes(gate))
        with gate.open("w") as opened:
            server.process.send_signal(signal.SIGTERM)
            assert idle.recv(1) == b""
            opened.write("at last")

        assert read_all(working).endswith(b"at last")
    assert server.end()[0] == 0


def test_a_request_that_came_just_before_the_signal_is_answered(program):
    server = program()
    address = server.address
    server.process.send_signal(signal.SIGSTOP)
    with connect(address) as sock:
        sock.sendall(GET)
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGCONT)

        assert read_all(sock).startswith(b"HTTP/1.1 200")
    assert server.end()[0] == 0


def test_a_second_signal_stops_at_once(program, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    server = program(stop_timeout=600)
    address = server.address
    with connect(address) as working:
        working.sendall(b"GET /wait?%s HTTP/1.1\r\nHost: here\r\n\r\n" % bytes(gate))
        with gate.open("w"):
            server.process.send_signal(signal.SIGTERM)
            wait_until_refused(address)
            server.process.send_signal(signal.SIGTERM)

            assert server.end()[0] == 0


def test_a_request_that_does_not_end_is_given_up_after_stop_timeout(program, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    server = program(stop_timeout=0.2)
    with connect(server.address) as working:
        working.sendall(b"GET /wait?%s HTTP/1.1\r\nHost: here\r\n\r\n" % bytes(gate))
        with gate.open("w"):
            server.process.send_signal(signal.SIGTERM)
            code, said = server.end()

    assert code == 0
    assert "stopped with 1 requests unfinished" in said


def test_a_port_that_is_taken_is_one_clear_line_and_exit_code_2(program, serve):
    host, port = serve()

    code, said = program(listen=f"{host}:{port}").end()

    assert code == 2
    last = said.splitlines()[-1]
    assert last.startswith(f"mypi: Cannot listen on {host}:{port}: another program does already.")
    assert "Traceback" not in said


def test_an_unknown_key_is_one_clear_line_and_exit_code_2(program):
    code, said = program(thread="4").end()

    assert code == 2
    assert "[server:main] Unknown adjustment 'thread'" in said.splitlines()[-1]


def test_a_unix_socket_serves_too(serve, tmp_path):
    app = TinyApp({})
    runner = Runner(app, read_options(app, {"unix_socket": str(tmp_path / "socket")}))
    thread = threading.Thread(target=runner.run)
    thread.start()

    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(str(tmp_path / "socket"))
        sock.sendall(GET)
        answer = read_until(sock, b"}")

    assert answer.startswith(b"HTTP/1.1 200")
    runner.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="prlimit is Linux's")
def test_without_file_descriptors_the_server_says_so_briefly_and_recovers(program):
    server = program()
    address = server.address
    fetch(address)
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    open_now = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (open_now - 1, limits[1]))

    with contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(connect(address))
        server.wait_for("cannot accept connections: Too many open files")
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, limits)

    assert fetch(address)["size"] == 0
    server.process.send_signal(signal.SIGTERM)
    code, said = server.end()
    assert code == 0
    assert len(said.splitlines()) < 5
