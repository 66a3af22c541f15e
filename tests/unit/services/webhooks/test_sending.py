"""Messages go to a real server on loopback, or to one that behaves badly."""

import asyncio
import socket
import threading

import httpx
import pytest

from mypi.services.webhooks import sending
from mypi.services.webhooks.sending import Message, send
from mypi.services.webhooks.signing import signature
from tests.clients.tls import certificate, proxy
from tests.receiving import Receiver
from tests.serving import free_port
from tests.waiting import PATIENCE


def messages(count=1):
    return [Message(f"1f.{n}", "yank", b'{"n": %d}' % n) for n in range(1, count + 1)]


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch):
    for limit in ("DEADLINE", "STEP", "SECONDS"):
        monkeypatch.setattr(sending, limit, PATIENCE)


@pytest.fixture
def receiver():
    with Receiver() as it:
        yield it


@pytest.fixture
def lines():
    """A server that answers every connection with the same bytes, whatever they are."""
    sockets = []

    def serve(content, *, then_close=True):
        listener = socket.create_server(("127.0.0.1", 0))
        sockets.append(listener)

        def run():
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                sockets.append(connection)
                connection.recv(65536)
                try:
                    connection.sendall(content)
                except OSError:
                    continue
                if then_close:
                    connection.close()

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield serve
    for it in sockets:
        it.close()


def test_messages_arrive_signed_and_in_order_over_one_connection(receiver):
    answers = send(receiver.url, "whsec-known", messages(3))

    assert [(it.status, it.is_taken) for it in answers] == [(204, True)] * 3
    came = [receiver.next() for _ in range(3)]
    assert [it.json["n"] for it in came] == [1, 2, 3]
    first = came[0]
    assert first.path == "/hook"
    assert first.headers["Host"] == receiver.url.split("/")[2]
    assert first.headers["User-Agent"].startswith("mypi/")
    assert first.headers["Mypi-Delivery"] == "1f.1"
    stamp = int(first.headers["Mypi-Timestamp"])
    assert first.headers["Mypi-Signature"] == signature("whsec-known", stamp, first.body)
    assert receiver.connections == 1


def test_the_name_of_the_host_is_kept_though_its_address_is_used(receiver):
    url = receiver.url.replace("127.0.0.1", "localhost")

    assert send(url, "s", messages())[0].is_taken
    assert receiver.next().headers["Host"] == url.split("/")[2]


def test_after_a_failure_nothing_more_is_sent():
    with Receiver((204, {}), (503, {"Retry-After": "120"})) as receiver:
        answers = send(receiver.url, "s", messages(3))

    assert [it.status for it in answers] == [204, 503]
    assert answers[1].said == "503 Service Unavailable"
    assert answers[1].retry_after == 120.0
    assert receiver.came.qsize() == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status):
    with Receiver() as other, Receiver((status, {"Location": other.url})) as receiver:
        (answer,) = send(receiver.url, "s", messages())

        assert not answer.is_taken
        assert "redirects are not followed" in answer.said
        assert other.came.empty()


def test_a_proxy_of_the_environment_is_not_asked(receiver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")

    assert send(receiver.url, "s", messages())[0].is_taken


def test_nobody_there_is_an_answer():
    (answer,) = send(f"http://127.0.0.1:{free_port()}/", "s", messages(2))

    assert (answer.status, answer.is_taken) == (0, False)
    assert "cannot be reached" in answer.said


def test_a_name_that_is_not_there_is_an_answer():
    (answer,) = send("http://nowhere.invalid/", "s", messages())

    assert answer.said.startswith("nowhere.invalid cannot be found")


@pytest.mark.parametrize("host", ["0xa9fea9fe", "2852039166"])
def test_a_forbidden_address_is_not_even_connected_to(host):
    (answer,) = send(f"http://{host}/latest/", "s", messages())

    assert "no webhook may send to" in answer.said


def test_a_receiver_without_tls_is_an_answer(receiver):
    (answer,) = send(receiver.url.replace("http:", "https:"), "s", messages())

    assert "cannot be reached" in answer.said
    assert answer.said.isprintable()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"\x00\xff" * 1000,
    ],
    ids=["nothing", "ssh", "length", "status", "long-head", "short", "noise"],
)
def test_what_is_no_http_is_a_failure_in_words(lines, content):
    (answer,) = send(lines(content), "s", messages())

    assert not answer.is_taken
    assert answer.said
    assert answer.said.isprintable()


def test_a_reason_in_control_characters_is_shown_harmlessly(lines):
    (answer,) = send(lines(b"HTTP/1.1 500 \xe2\x80\xae\x9b31m\r\n\r\n"), "s", messages())

    assert not answer.is_taken
    assert answer.said.isprintable()


def test_an_endless_answer_is_read_no_further_than_needed(lines):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n"
    (answer,) = send(lines(head + b"x" * 300_000, then_close=False), "s", messages())

    assert answer.is_taken


@pytest.mark.parametrize(
    "content",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"],
    ids=["silent", "half-head", "no-body"],
)
def test_a_receiver_that_does_not_go_on_is_left(lines, content, monkeypatch):
    monkeypatch.setattr(sending, "STEP", 0.2)

    (answer,) = send(lines(content, then_close=False), "s", messages())

    assert answer.said == "did not answer in time"


def test_one_that_drips_is_left_at_the_deadline(monkeypatch):
    """Each byte comes in time, the whole never would."""
    monkeypatch.setattr(sending, "DEADLINE", 0.5)
    stopped = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip():
        connection, _address = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not stopped.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    (answer,) = send(f"http://127.0.0.1:{listener.getsockname()[1]}/", "s", messages())
    stopped.set()
    thread.join()
    listener.close()

    assert answer.said == "did not answer in time"


def test_the_second_address_is_tried_when_nobody_is_at_the_first(receiver):
    """As with localhost, which is ::1 and 127.0.0.1."""
    addresses = ["127.0.0.2", "127.0.0.1"]

    (answer,) = asyncio.run(sending._send_all(httpx.URL(receiver.url), addresses, "s", messages()))

    assert answer.is_taken


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(
    receiver, tmp_path, monkeypatch
):
    """That of the test is for 127.0.0.1, which localhost is as well."""
    pem, port = certificate(tmp_path), free_port()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    sending._trust.cache_clear()
    with proxy(pem, port, int(receiver.url.rsplit(":")[-1].partition("/")[0])):
        (by_address,) = send(f"https://127.0.0.1:{port}/hook", "s", messages())
        (by_name,) = send(f"https://localhost:{port}/hook", "s", messages())
    sending._trust.cache_clear()

    assert by_address.is_taken
    assert not by_name.is_taken
    assert "certificate" in by_name.said
    assert receiver.came.qsize() == 1
