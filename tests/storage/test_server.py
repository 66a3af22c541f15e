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
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from mypi.server.options import read_options
from mypi.server.runner import Runner
from tests.storage.program import GET, connect, read_all, read_until, until_refused
from tests.storage.tiny_app import TinyApp
from tests.waiting import PATIENCE, until

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
        thread = threading.Thread(target=runner.run, name="loop")
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


def exchange(address, data):
    """Send ``data`` and return all that comes until the server closes."""
    with connect(address) as sock:
        sock.sendall(data)
        return read_all(sock)


def fetch(address, body=None, path="/", **headers):
    """What the application received, by an ordinary client."""
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET" if body is None else "POST", path, body, headers)
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
        until(lambda: open_files(tmp_path))

        assert list(tmp_path.iterdir()) == []
        assert [path for path in open_files(tmp_path) if "(deleted)" not in path] == []


def open_files(folder):
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(os.readlink(link))
    return [path for path in found if str(folder) in path]


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


def test_a_body_may_take_longer_than_a_head(serve, monkeypatch):
    address = serve(header_timeout=5, channel_timeout=600, cleanup_interval=0)

    with begin_upload(address, 10) as sock:
        a_minute_later = time.time() + 60
        monkeypatch.setattr(time, "time", lambda: a_minute_later)
        fetch(address)  # the server has looked at all its connections

        sock.sendall(bytes(10))
        assert read_until(sock, b"}").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("chunked", [False, True], ids=["of a length", "in chunks"])
def test_a_body_that_hardly_moves_is_cut_off(serve, monkeypatch, chunked):
    """Thousands of them would keep everybody else out."""
    address = serve(header_timeout=5, channel_timeout=6000, cleanup_interval=0)
    head = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 1000000"

    with connect(address) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n5\r\nhello\r\n")
        fetch(address)  # it has come
        much_later = time.time() + 600
        monkeypatch.setattr(time, "time", lambda: much_later)
        fetch(address)  # the server has looked at all its connections

        assert sock.recv(1) == b""


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


@pytest.mark.parametrize("path", [b"/same", b"/same?memory"])
def test_a_connection_stays_open_after_an_answer_without_a_body(serve, path):
    request = b"GET %b HTTP/1.1\r\nHost: here\r\n" % path
    with connect(serve()) as sock:
        for _again in range(3):
            sock.sendall(request + b"\r\n")
            assert b"304" in read_until(sock, b"\r\n\r\n")
        sock.sendall(request + b"Connection: close\r\n\r\n")
        assert b"Connection: close" in read_all(sock)


# Answers in memory


def test_an_answer_in_memory_needs_no_thread(serve):
    address = serve(threads=1)
    with connect(address) as endless:
        endless.sendall(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
        assert endless.recv(12) == b"HTTP/1.1 200"

        assert fetch(address, path="/?memory")["thread"] == "loop"


def test_requests_one_behind_the_other_are_answered_in_order(serve):
    address = serve(threads=1)
    paths = ["/?memory", "/?1", "/?memory", "/?memory", "/?2"] * 20
    heads = [f"GET {path} HTTP/1.1\r\nHost: here\r\n" for path in paths]

    heads[-1] += "Connection: close\r\n"
    answers = exchange(address, "\r\n".join([*heads, ""]).encode())

    bodies = [json.loads(part.rpartition(b"\r\n")[2]) for part in answers.split(b"HTTP/1.1")[1:]]
    assert [each["query"] for each in bodies] == [path.partition("?")[2] for path in paths]
    assert bodies[0]["thread"] == "loop"


def test_who_does_not_wait_for_answers_keeps_the_loop_from_nobody(serve):
    """Measured: three clients with 1,500 requests at a time made all others wait two seconds."""
    heads = ["GET /?memory HTTP/1.1\r\nHost: here\r\n"] * 100

    heads[-1] += "Connection: close\r\n"
    answers = exchange(serve(), "\r\n".join([*heads, ""]).encode())

    assert answers.count(b"HTTP/1.1 200") == 100
    assert answers.count(b'"thread": "loop"') < 10


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Prefix", "X-Request-ID"])
def test_what_a_proxy_may_have_said_is_looked_at_in_a_thread(serve, header):
    thread = fetch(serve(), path="/?memory", **{header: "192.0.2.1"})["thread"]

    assert thread != "loop"


# Start and stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_uploads_in_flight_finish_and_refuses_new_connections(program, number):
    server = program()
    address = server.address
    uploads = [begin_upload(address, 4 * MIB) for _ in range(3)]

    server.process.send_signal(number)
    until_refused(address)
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
            until_refused(address)
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


def test_who_asks_for_the_end_again_while_it_comes_disturbs_nothing():
    """Its pipe may be somebody else's file by then."""
    app = TinyApp({})
    for _ in range(50):
        runner = Runner(app, read_options(app, {"listen": "127.0.0.1:0"}))
        thread = threading.Thread(target=runner.run)
        thread.start()
        for _again in range(10_000):  # a pipe that nobody empties takes more
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
