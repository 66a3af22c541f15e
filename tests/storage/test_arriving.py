"""A large upload goes to the disk once, while it arrives; nothing of a broken one stays."""

import hashlib
import http.client
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commandline import Keeper
from tests.factories import wheel
from tests.posting import Answer, form, post, upload, upload_fields
from tests.serving import Server
from tests.waiting import until

ADDRESSES = ["", "/", "/simple/", "/+simple/", "/pypi", "/pypi/", "/legacy/", "/RPC2"]
MIB = 2**20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("arriving") / "var") as server:
        yield server


def large(version: str, size: int = 3 * MIB) -> tuple[str, bytes]:
    return wheel("six", version, files={"data.bin": os.urandom(size)})


def on_the_way(server: Server) -> list[Path]:
    return [server.data / "blobs" / "tmp" / name for name in server.left_behind()]


def wait_for_nothing(server: Server) -> None:
    """Return when nothing is on the way; who was refused may know before it is cleared away."""
    until(lambda: not server.left_behind(), server.process)


@pytest.mark.parametrize("index", ["", "/+incubator"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_large_upload_is_taken_at_every_address(server, index, address):
    filename, content = large(f"1.{len(index)}.{ADDRESSES.index(address)}")

    answer = upload(f"{server.url}{index}{address}", filename, content)

    assert answer.status == 200, answer
    assert server.listed("six", index)[filename] == hashlib.sha256(content).hexdigest()
    wait_for_nothing(server)


def test_a_large_upload_in_chunks_is_taken(server):
    filename, content = large("2.0")
    body, content_type = form(upload_fields(content), filename, content)
    pieces = (body[start : start + 70_001] for start in range(0, len(body), 70_001))

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", "/", pieces, {"Content-Type": content_type}, encode_chunked=True)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()

    assert (answer.status, said) == (200, f"Published {filename} in stable.\n".encode())
    assert server.listed("six")[filename] == hashlib.sha256(content).hexdigest()


def test_what_is_here_already_stays_as_it_is(server):
    filename, content = large("3.0")
    assert upload(server.url, filename, content).status == 200

    again = upload(server.url, filename, content)
    other = upload(server.url, *large("3.0"))

    assert (again.status, "byte for byte" in again.text) == (200, True)
    assert (other.status, other.text.startswith("File already exists")) == (409, True)
    wait_for_nothing(server)


def half_sent(server: Server, body: bytes, content_type: str) -> socket.socket:
    """A connection on which half of a form was sent, and has arrived."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    head = f"POST / HTTP/1.1\r\nHost: here\r\nContent-Type: {content_type}\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
    connection.sendall(body[: len(body) // 2])
    most = len(body) // 2 - MIB
    until(lambda: sum(it.stat().st_size for it in on_the_way(server)) >= most, server.process)
    return connection


def test_it_lies_on_the_disk_once(server):
    filename, content = large("4.0", 20 * MIB)
    body, content_type = form(upload_fields(content), filename, content)

    connection = half_sent(server, body, content_type)

    (spool,) = on_the_way(server)
    assert spool.read_bytes()[: 8 * MIB] == content[: 8 * MIB]
    handles = Path(f"/proc/{server.process.pid}/fd")
    paths = {os.readlink(it) for it in handles.iterdir() if it.exists() or it.is_symlink()}
    assert [path for path in paths if "(deleted)" in path and "wal" not in path] == []
    connection.sendall(body[len(body) // 2 :])
    assert b" 200 " in connection.recv(MIB).split(b"\r\n")[0]
    connection.close()
    assert server.listed("six")[filename] == hashlib.sha256(content).hexdigest()


def test_nothing_stays_of_an_upload_whose_sender_goes_away(server):
    filename, content = large("5.0", 20 * MIB)

    half_sent(server, *form(upload_fields(content), filename, content)).close()

    wait_for_nothing(server)
    assert filename not in server.listed("six")


@pytest.mark.parametrize("how", ["cut off", "no form", "a text too long"])
def test_a_large_form_that_is_broken_is_refused_with_a_sentence(server, how):
    filename, content = large("6.0")
    body, content_type = form(upload_fields(content), filename, content)
    sent, words = {
        "cut off": (body[: body.rindex(b"\r\n--")], "The form is broken or was cut off"),
        "no form": (bytes(len(body)), "The form is broken or was cut off"),
        "a text too long": (body.replace(b'; filename="', b'; named="'), "content: the field is"),
    }[how]

    answer = post(server.url, sent, content_type)

    assert (answer.status, words in answer.text) == (400, True), answer
    wait_for_nothing(server)


def test_a_large_file_for_a_field_that_takes_text_is_refused(server):
    filename, content = large("6.1")
    body, content_type = form({"name": "six"}, filename, content)

    answer = post(server.url, body.replace(b'name="content"', b'name="summary"'), content_type)

    assert (answer.status, answer.text) == (
        400,
        "summary: this field takes text, not a file.\n",
    )
    wait_for_nothing(server)


@pytest.mark.parametrize("address", ["/+login", "/+admin/", "/six/", "/nowhere", "/+incubator/x"])
def test_a_large_form_for_another_page_is_no_error_of_ours(server, address):
    upload(server.url, *wheel("six", "0.1"))

    answer = post(f"{server.url}{address}", *form(upload_fields(b""), *large("7.0")))

    assert 400 <= answer.status < 500, answer
    wait_for_nothing(server)


def test_strangers_leave_nothing_on_a_closed_index(tmp_path):
    with Server(tmp_path / "var") as server:
        Keeper(server.data)("user add ada", MYPI_NEW_PASSWORD="correct horse")

        answer: Answer = upload(server.url, *large("1.0"))

        assert answer.status == 401
        wait_for_nothing(server)
