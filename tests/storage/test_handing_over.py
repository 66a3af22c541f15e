"""A server stops while a proxy, or systemd, goes on sending it requests."""

import os
import signal
import socket
import stat
from pathlib import Path

import pytest

from tests.serving import free_port
from tests.storage.program import GET, Program, connect, read_all, read_until, until_refused
from tests.waiting import PATIENCE

PROXY = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": "x-forwarded-for"}


def test_a_request_on_an_idle_connection_of_a_proxy_is_answered_while_the_server_stops(program):
    server = program(**PROXY, stop_idle=PATIENCE)
    address = server.address
    with connect(address) as idle:
        idle.sendall(GET)
        read_until(idle, b"}")
        server.process.send_signal(signal.SIGTERM)
        until_refused(address)

        idle.sendall(GET)
        answer = read_all(idle)

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nConnection: close\r\n" in answer
    assert server.end()[0] == 0


def test_a_proxy_that_closes_its_connections_is_not_waited_for(program):
    server = program(**PROXY, stop_idle=600)
    address = server.address
    with connect(address) as idle:
        idle.sendall(GET)
        read_until(idle, b"}")
        server.process.send_signal(signal.SIGTERM)
        until_refused(address)

    assert server.end()[0] == 0


def test_a_second_signal_ends_the_waiting(program):
    server = program(**PROXY, stop_idle=600)
    address = server.address
    with connect(address) as idle:
        idle.sendall(GET)
        read_until(idle, b"}")
        server.process.send_signal(signal.SIGTERM)
        until_refused(address)
        server.process.send_signal(signal.SIGTERM)

        assert idle.recv(1) == b""
    assert server.end()[0] == 0


def test_who_waits_in_the_queue_is_served_before_the_end(program):
    server = program()
    address = server.address
    server.process.send_signal(signal.SIGSTOP)
    waiting = [connect(address) for _ in range(20)]
    for sock in waiting:
        sock.sendall(GET)
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGCONT)

    for sock in waiting:
        with sock:
            assert read_all(sock).startswith(b"HTTP/1.1 200")
    assert server.end()[0] == 0


# Unix sockets


def ask(path):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(str(path))
        sock.sendall(GET)
        return read_until(sock, b"}")


@pytest.fixture
def unix(tmp_path, monkeypatch):
    """The socket at which servers listen, since the environment says so."""
    monkeypatch.setenv("MYPI_LISTEN", f"unix:{tmp_path}/socket")
    return tmp_path / "socket"


def test_a_unix_socket_may_be_opened_by_who_may_enter_its_folder(program, unix):
    server = program()
    server.wait_for("Ctrl-C stops")

    assert ask(unix).startswith(b"HTTP/1.1 200")
    assert stat.S_IMODE(unix.stat().st_mode) == 0o666
    server.process.send_signal(signal.SIGTERM)
    assert server.end()[0] == 0
    assert not unix.exists()


def test_the_next_server_takes_the_unix_socket_over_from_the_one_that_stops(program, unix):
    first = program()
    first.wait_for("Ctrl-C stops")
    second = program()
    second.wait_for("Ctrl-C stops")

    first.process.send_signal(signal.SIGTERM)

    assert first.end()[0] == 0
    assert ask(unix).startswith(b"HTTP/1.1 200")


# systemd


def test_systemd_hears_when_the_server_is_ready_and_when_it_stops(program, tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "60000000")
        server = program()

        ready, alive = line.recv(1000), line.recv(1000)
        server.process.send_signal(signal.SIGTERM)
        stopping = line.recv(1000)

    host, port = server.address
    assert ready == f"READY=1\nSTATUS=listening on {host}:{port}".encode()
    assert alive == b"WATCHDOG=1"
    assert stopping.startswith(b"STOPPING=1\n")
    assert server.end()[0] == 0


@pytest.mark.skipif(not Path("/usr/bin/systemd-socket-activate").exists(), reason="no systemd")
def test_a_socket_of_systemd_is_taken(tmp_path, monkeypatch):
    port = free_port()
    server = Program(tmp_path, before=["systemd-socket-activate", "-l", f"127.0.0.1:{port}"])
    try:
        server.wait_for("Listening on")
        with connect(("127.0.0.1", port)) as sock:
            sock.sendall(GET)

            assert read_until(sock, b"}").startswith(b"HTTP/1.1 200")
        server.process.send_signal(signal.SIGTERM)
        assert server.end()[0] == 0
    finally:
        server.process.kill()
        server.process.wait()
        server.process.stderr.close()
    assert "LISTEN_FDS" not in os.environ
