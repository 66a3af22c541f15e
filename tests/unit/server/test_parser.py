"""Requests that are refused or taken by their head, and bodies that go wrong on the way."""

import errno

import pytest

from mypi.server.options import Limits, Options
from mypi.server.parser import StrictParser

POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def parse(*pieces, **limits):
    """A parser that was fed ``pieces`` as a connection would feed them."""
    parser = StrictParser(Options(Limits(**limits), listen="127.0.0.1:0"))
    for piece in pieces:
        while piece and not parser.completed:
            piece = piece[parser.received(piece) :]
    return parser


def test_an_ordinary_request_is_taken():
    parser = parse(POST + b"Content-Length: 3\r\n\r\nabc")

    assert parser.completed
    assert parser.error is None
    assert parser.get_body_stream().read() == b"abc"


def test_a_request_that_comes_in_pieces_is_taken():
    parser = parse(b"GET / HT", b"TP/1.1\r\nHo", b"st: a\r\n\r", b"\n")

    assert parser.completed
    assert parser.error is None


def test_http_1_0_needs_no_host():
    assert parse(b"GET / HTTP/1.0\r\n\r\n").error is None


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "no Host"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", "several Host"),
        (b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "several Host"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "folded"),
        (b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "folded"),
        (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "only HTTP/1.0 and HTTP/1.1"),
        (b"GET /\r\n\r\n", "only HTTP/1.0 and HTTP/1.1"),
        (b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n", "request target"),
        (b"\r\n\r\n", "blank lines"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX:" + b" " * 60_000 + b"\0\r\n\r\n", "too many blanks"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a" + b"\t " * 128 + b"b\r\n\r\n", "too many blanks"),
        (POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "several Content-Length"),
        (POST + b"Content-Length: 1, 1\r\n\r\n", "Content-Length is invalid"),
        (POST + b"Content-Length: +1\r\n\r\n", "Content-Length is invalid"),
        (POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", "not a usable number"),
        (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "together"),
        (POST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n", "several Transfer-Encoding"),
        (POST + b"Transfer-Encoding: ,chunked\r\n\r\n", "several Transfer-Encoding"),
        (POST + b"Transfer-Encoding:\r\n\r\n", "several Transfer-Encoding"),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n", "Invalid header"),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "in HTTP/1.0"),
    ],
)
def test_a_head_with_two_readings_is_refused(head, words):
    parser = parse(head)

    assert parser.completed
    assert parser.error.code == 400
    assert words in str(parser.error.to_response())


def test_a_head_that_is_too_long_is_refused():
    assert parse(b"GET / HTTP/1.1\r\nX: " + b"x" * 300_000).error.code == 431


def test_an_upload_of_the_largest_size_fits_with_its_form():
    assert (
        parse(POST + b"Content-Length: %d\r\n\r\n" % (2**20 + 100), max_upload=2**20).error is None
    )


def test_a_refused_upload_is_not_asked_for_its_body():
    head = POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % 2**30

    parser = parse(head, max_upload=1)

    assert parser.completed
    assert parser.error.code == 413
    assert not parser.expect_continue


def test_an_upload_needs_three_times_its_size_and_the_reserve(tmp_path):
    parser = parse(
        POST + b"Content-Length: %d\r\n\r\n" % 2**20, spool_dir=str(tmp_path), min_free=2**60
    )

    assert parser.error.reason.startswith("Disk almost full: this upload needs ")


def test_a_spool_folder_that_is_not_there_yet_is_the_applications_to_report(tmp_path):
    head = POST + b"Content-Length: %d\r\n\r\n" % 2**20

    assert parse(head, spool_dir=str(tmp_path / "none"), min_free=2**60).error is None


def test_the_disk_is_looked_at_again_while_a_body_of_unknown_length_comes(tmp_path):
    parser = parse(CHUNKED)
    parser.limits = Limits(spool_dir=str(tmp_path), min_free=2**60)

    parser.received(b"%x\r\n" % 2**25 + bytes(2**24))

    assert parser.error.code == 507
    parser.close()


class FullDisk:
    """A body receiver whose file cannot be written, nor closed."""

    def __init__(self, number):
        self.number = number

    def received(self, data):
        raise OSError(self.number, "no")

    def getbuf(self):
        return self

    def close(self):
        raise OSError(self.number, "no")


def test_a_disk_that_fills_up_during_a_body_is_a_507():
    parser = parse(POST + b"Content-Length: 100\r\n\r\n")
    parser.body_rcv = FullDisk(errno.ENOSPC)

    assert parser.received(b"abc") == 3
    assert parser.error.code == 507
    parser.close()


def test_other_errors_of_the_disk_are_not_hidden():
    parser = parse(POST + b"Content-Length: 100\r\n\r\n")
    parser.body_rcv = FullDisk(errno.EIO)

    with pytest.raises(OSError, match="no"):
        parser.received(b"abc")


@pytest.mark.parametrize("body", [b"1" * 10_000, b"0\r\nX: " + b"x" * 10_000])
def test_endless_chunk_sizes_and_trailers_are_refused(body):
    assert parse(CHUNKED, body).error.code == 400


@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_a_body_in_chunks_is_taken_in_whatever_pieces_it_comes(step):
    body = b'5\r\nhello\r\n00A;x="y"\r\n, it is\r\nI\r\n0\r\nX-Sum: 1\r\n\r\n'

    parser = parse(CHUNKED, *(body[at : at + step] for at in range(0, len(body), step)))

    assert parser.completed
    assert parser.error is None
    assert parser.get_body_stream().read() == b"hello, it is\r\nI"
    assert parser.headers["CONTENT_LENGTH"] == "15"


def test_what_follows_a_body_in_chunks_is_left_for_the_next_request():
    parser = parse(CHUNKED)

    assert parser.received(b"1\r\na\r\n0\r\n\r\nGET") == len(b"1\r\na\r\n0\r\n\r\n")
    assert parser.completed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"5\n\r\nhello\r\n0\r\n\r\n", "bare line feed"),
        (b"5\nhello\r\n0\r\n\r\n", "bare line feed"),
        (b"5;a\n\r\nhello\r\n0\r\n\r\n", "bare line feed"),
        (b"5\r\nhello\n0\r\n\r\n", "bare line feed"),
        (b"0\r\nX: a\nGET / HTTP/1.1\r\n\r\n", "bare line feed"),
        (b"0\n\n", "bare line feed"),
        (b"\r\n5\r\nhello\r\n0\r\n\r\n", "invalid chunk size"),
        (b"5\r\nhello\r\n\r\n0\r\n\r\n", "invalid chunk size"),
        (b"5 \r\nhello\r\n0\r\n\r\n", "invalid chunk size"),
        (b"+5\r\nhello\r\n0\r\n\r\n", "invalid chunk size"),
        (b"0x5\r\nhello\r\n0\r\n\r\n", "invalid chunk size"),
        (b"5;a\0\r\nhello\r\n0\r\n\r\n", "invalid chunk size"),
        (b"5\r\nhello!\r\n0\r\n\r\n", "longer than its size"),
        (b"0\r\nX: a\rb\r\n\r\n", "invalid trailer"),
        (b"0\r\nX: a\0b\r\n\r\n", "invalid trailer"),
        (b"0\r\nX : a\r\n\r\n", "invalid trailer"),
        (b"0\r\nGET / HTTP/1.1\r\n\r\n", "invalid trailer"),
    ],
)
def test_a_body_in_chunks_with_two_readings_is_refused(body, words):
    for pieces in ([body], [body[at : at + 1] for at in range(len(body))]):
        parser = parse(CHUNKED, *pieces)

        assert parser.error.code == 400
        assert words in str(parser.error.to_response())
