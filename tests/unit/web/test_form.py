"""The form parser: a stream is read once, in whatever pieces it comes, and nothing stays behind."""

import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mypi.errors import MypiError, Refused, TooLarge, Unsupported
from mypi.services.receive import Form
from mypi.web.upload import arriving
from mypi.web.upload import form as forms
from tests.wire import HAT, Body, Fields, legacy_upload, register, requests_upload, upload_docs

CLIENTS = [legacy_upload, register, requests_upload, upload_docs]
BINARY = b"\r\n--\n\r\n\n--" + HAT[:-1].encode() + b"\r\n\r\r\n\0\xff"
FIELDS: Fields = [
    (":action", "x"),
    ("a", "1"),
    ("a", "2"),
    ("empty", ""),
    ("text", "Größe\n\nzwei"),
]


class Dribble(io.RawIOBase):
    """A stream that gives at most ``step`` bytes at a time, and records how much was asked for."""

    def __init__(self, body: bytes, step: int) -> None:
        self.body = io.BytesIO(body)
        self.step = step
        self.most = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "a whole body is never read at once"
        self.most = max(self.most, size)
        return self.body.read(min(size, self.step))


def environ(body: Body, stream: Any = None, **more: str) -> dict[str, Any]:
    return {
        "CONTENT_TYPE": body[1]["Content-Type"],
        "CONTENT_LENGTH": str(len(body[0])),
        "wsgi.input": stream or io.BytesIO(body[0]),
        **more,
    }


@pytest.fixture(params=["asked for", "arriving"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Form]:
    """Read a body with a small limit for files; afterwards nothing may be left in the folder.

    The application asks for it, or the server hands it on in pieces while it arrives.
    """

    def reader(body: Body, stream: Any = None, max_file: int = 10_000, **more: str) -> Form:
        asked = environ(body, stream, **more)
        take = arriving.taker(tmp_path, max_file)
        taker = take("/", asked["CONTENT_TYPE"]) if request.param == "arriving" else None
        if taker is not None and stream is None and not more:
            for start in range(0, len(body[0]), 1_000):
                taker.feed(body[0][start : start + 1_000])
            asked = {arriving.ARRIVED: taker}
        try:
            form = forms.read(asked, tmp_path, max_file)
        except BaseException:
            if taker is not None:
                taker.close()  # as the server does when the request is over
            raise
        if form.spool is not None:
            form.spool.flush()
        return form

    return reader


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("content", [b"", b"\n", b"\r", b"\r\n", BINARY, BINARY * 100])
def test_every_clients_form_gives_the_same_fields_and_bytes(read, client, content):
    if client in (register, upload_docs) and content.endswith(b"\r"):
        expected = content + b"\n"  # the old clients add it themselves
    else:
        expected = content

    form = read(client([*FIELDS, ("content", ("six.zip", content))]))

    assert form.fields == {
        ":action": ["x"],
        "a": ["1", "2"],
        "empty": [""],
        "text": ["Größe\n\nzwei"],
    }
    assert form.filename == "six.zip"
    assert form.spool.path.read_bytes() == expected
    assert form.spool.size == len(expected)
    form.spool.close()


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("order", [1, -1])
def test_the_file_may_come_first_or_last(read, client, order):
    form = read(client([*FIELDS, ("content", ("a.whl", BINARY))][::order]))

    assert set(form.fields) == {":action", "a", "empty", "text"}
    assert form.spool.path.read_bytes() == BINARY


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("step", [7, 64, 1000])
def test_a_body_may_come_in_any_pieces(read, client, step):
    body = client([*FIELDS, ("content", ("a.whl", BINARY * 3))])

    if client in (register, upload_docs) and step < len(HAT) + 3:
        step = len(HAT) + 10  # the first piece has to hold the first delimiter
    form = read(body, Dribble(body[0], step))

    assert form.spool.path.read_bytes() == BINARY * 3


def test_no_more_is_read_than_the_length_says(read):
    body = requests_upload(FIELDS)
    stream = io.BytesIO(body[0] + b"the next request")

    read(body, stream)

    assert stream.read() == b"the next request"


def test_a_body_without_length_is_read_to_its_end(read):
    assert read(requests_upload(FIELDS), CONTENT_LENGTH="").get("a:") == ""


def test_a_large_file_is_read_in_blocks(read):
    body = requests_upload([("content", ("a.whl", bytes(5 * 2**20)))])
    stream = Dribble(body[0], 2**30)

    form = read(body, stream, 10 * 2**20)

    assert form.spool.size == 5 * 2**20
    assert stream.most <= 2**18


def test_a_signature_is_kept_apart(read):
    form = read(requests_upload([("gpg_signature", ("a.asc", b"\xff\0"))]))

    assert form.signature == b"\xff\0"
    assert form.spool is None


@pytest.mark.parametrize("size", [10_000, 10_001])
def test_the_limit_is_the_last_size_that_is_taken(read, tmp_path, size):
    body = requests_upload([("content", ("a.whl", bytes(size)))])

    if size == 10_000:
        read(body).spool.close()
    else:
        with pytest.raises(TooLarge, match=r"mypi\.max_upload"):
            read(body)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 0.95])
def test_a_body_that_was_cut_leaves_nothing(read, tmp_path, client, share):
    body, headers = client([("content", ("a.whl", BINARY * 20)), *FIELDS])

    with pytest.raises(Refused, match="cut off"):
        read((body[: int(len(body) * share)], headers))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ([("content", ("a", b"")), ("content", ("b", b""))], Refused, "two files"),
        ([("a", ("a.txt", b""))], Refused, "a: this field takes text"),
        ([("a", b"\xff")], Refused, "not UTF-8"),
        ([("a", "\0")], Refused, "NUL"),
        ([("a", "x" * (forms.MAX_FIELD + 1))], Refused, "too long"),
        ([("a", "x" * forms.MAX_FIELD)] * 5, Refused, "too long"),
        ([("a", "")] * (forms.MAX_FIELDS + 1), Refused, "count"),
        ([(f"{n:04000}", "") for n in range(5_000)], Refused, "too long"),
    ],
)
def test_a_form_that_breaks_a_rule_leaves_nothing(read, tmp_path, fields, error, words):
    body = requests_upload([("content", ("first.whl", b"x")), *fields])

    with pytest.raises(error, match=words if fields[0][0] != "content" else "two files"):
        read(body)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("client", [requests_upload, register])
def test_forms_on_their_way_hold_little_memory_together(tmp_path, client):
    """Nobody has asked yet who sends them: thousands may never end."""
    body, headers = client([("a", "x" * forms.MAX_FIELD)] * 3)
    take = arriving.taker(tmp_path, 10_000)
    tracemalloc.start()

    endless = [take("/", headers["Content-Type"]) for _ in range(20)]
    for it in endless:
        for start in range(0, len(body) - 100, 2**18):
            it.feed(body[start : start + 2**18])

    held, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1.5 * arriving.TEXT_TOGETHER
    for it in endless:
        it.close()
    assert not list(tmp_path.iterdir())


def test_who_comes_when_others_hold_it_all_is_told_to_try_again(tmp_path):
    body, headers = requests_upload([("a", "x" * forms.MAX_FIELD)] * 3)
    take = arriving.taker(tmp_path, 10_000)
    endless = [take("/", headers["Content-Type"]) for _ in range(8)]
    for it in endless:
        it.feed(body)

    with pytest.raises(arriving.Crowded, match="try again"):
        endless[-1].form()
    for it in endless:
        it.close()

    later = take("/", headers["Content-Type"])
    later.feed(body)
    assert len(later.form().fields["a"]) == 3


@pytest.mark.parametrize("count", [forms.MAX_FIELDS, forms.MAX_FIELDS + 1])
def test_the_fields_of_a_form_with_bare_line_feeds_are_counted_before_it_is_repaired(read, count):
    body = register([("a", "")] * count)

    if count == forms.MAX_FIELDS:
        assert len(read(body).fields["a"]) == count
    else:
        with pytest.raises(Refused, match="more than 20000 fields"):
            read(body)


def test_a_stream_that_breaks_leaves_nothing(read, tmp_path):
    body = requests_upload([("content", ("a.whl", bytes(2**19)))])

    class Broken(Dribble):
        def read(self, size: int = -1) -> bytes:
            if self.body.tell() > 2**18:
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        read(body, Broken(body[0], 2**17), 2**20)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content_type", "error"),
    [
        ("", Unsupported),
        ("text/plain", Unsupported),
        ("multipart/form-data", Refused),
        ("multipart/form-data; boundary=", Refused),
        ("multipart/form-data; boundary=wrong", Refused),
    ],
)
def test_a_body_of_another_kind_is_refused(read, content_type, error):
    with pytest.raises(error):
        read(requests_upload(FIELDS), CONTENT_TYPE=content_type)


@pytest.mark.parametrize("length", ["-1", "many", "1e3", "９"])
def test_a_length_that_is_no_number_is_refused(read, length):
    with pytest.raises(MypiError):
        read(requests_upload(FIELDS), CONTENT_LENGTH=length)


def test_an_urlencoded_form_has_fields_only(read):
    body = (b"a=1&a=2&b=%C3%9F&c=", {"Content-Type": "application/x-www-form-urlencoded"})

    assert read(body).fields == {"a": ["1", "2"], "b": ["ß"], "c": [""]}


ADDRESSES = ["/", "/simple", "/simple/", "/+simple/", "/pypi", "/legacy/", "/RPC2"]
MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("address", [*ADDRESSES, *(f"/+dev-2{it}" for it in ["", *ADDRESSES])])
def test_uploads_are_taken_while_they_arrive(tmp_path, address):
    assert arriving.taker(tmp_path, 1)(address, MULTIPART) is not None


@pytest.mark.parametrize(
    "address",
    ["/+upload", "/+upload/", "/+import", "/+dev/+upload", "/+login", "/+admin/", "/six/", "/x/y"],
)
def test_forms_of_other_pages_are_not(tmp_path, address):
    assert arriving.taker(tmp_path, 1)(address, MULTIPART) is None


@pytest.mark.parametrize(
    "kind",
    ["", "multipart/form-data", "multipart/form-data; boundary=", "text/xml", ";;=", "x; y=\xff"],
)
def test_bodies_of_other_kinds_are_not(tmp_path, kind):
    assert arriving.taker(tmp_path, 1)("/", kind) is None
