"""Bodies that are cut, broken, of another kind or too large are refused and leave nothing."""

from functools import partial

import pytest

from tests.factories import wheel
from tests.inside import check_wording, refused, send, state
from tests.wire import Body, changed, fields_of, legacy_upload, requests_upload

NAME, WHEEL = wheel("six", "1.0")
minimal = partial(changed, fields_of(NAME, WHEEL))


def cut(body: Body, at: float) -> Body:
    return body[0][: int(len(body[0]) * at)], body[1]


@pytest.mark.parametrize("client", [legacy_upload, requests_upload])
@pytest.mark.parametrize("at", [0, 0.1, 0.5, 0.99])
def test_a_body_that_was_cut_off_is_refused(app, wsgi, data, client, at):
    answer = refused(app, wsgi, data, cut(client(minimal()), at))

    check_wording(answer, 400, "cut off")


def test_a_body_that_is_shorter_than_its_length_is_refused(app, wsgi, data):
    body, headers = requests_upload(minimal())
    request = app.RequestClass.blank("/", method="POST", headers=headers)
    request.body = body[:-100]
    request.content_length = len(body)
    before = state(wsgi, data)

    assert request.get_response(wsgi).status_int == 400
    assert state(wsgi, data) == before


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("", 415),
        ("text/html", 415),
        ("application/octet-stream", 415),
        ("multipart/mixed; boundary=x", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ('multipart/form-data; boundary=""', 400),
        ("multipart/form-data; boundary=other", 400),
        ("multipart/form-data; boundary=\xe9\xff", 400),
        ("multipart/form-data; boundary=" + "b" * 9000, 400),
        ("application/x-www-form-urlencoded", 400),
    ],
)
def test_a_body_of_another_kind_is_refused(app, wsgi, data, content_type, status):
    body, headers = requests_upload(minimal())

    answer = refused(app, wsgi, data, (body, {**headers, "Content-Type": content_type}))

    assert answer.status_int == status


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n\r\nno head\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: attachment; name="x"\r\n\r\n1\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="x"\r\nContent-Length: 9\r\n\r\n1'
        b"\r\n--b--\r\n",
        b"--b\r\n" + b"X-Head: 1\r\n" * 100 + b"\r\n1\r\n--b--\r\n",
        b"--b\r\nX-Head: " + b"1" * 9000 + b"\r\n\r\n1\r\n--b--\r\n",
        b"--b--\r\n",
        b"--b\nhead without end\n--b--\n",
        b"\n--b--\n",
        b"",
    ],
)
def test_a_broken_form_is_refused(app, wsgi, data, body):
    answer = refused(app, wsgi, data, (body, {"Content-Type": "multipart/form-data; boundary=b"}))

    check_wording(answer, 400, "")
    assert "Error(" not in answer.text


def test_too_many_fields_are_refused(app, wsgi, data):
    form = [("classifiers", "x")] * 20_001

    assert refused(app, wsgi, data, requests_upload(form)).status_int == 400


def test_fields_that_are_too_long_together_are_refused(app, wsgi, data):
    form = [(f"field{number}", "x" * 2**20) for number in range(17)]

    assert refused(app, wsgi, data, requests_upload(form)).status_int == 400


@pytest.mark.parametrize("query", [":action=%ff", "%ff=1", ":action=%00", ":action=%zz"])
def test_an_unreadable_query_is_refused(app, wsgi, data, query):
    body = requests_upload(minimal(without=(":action",)))

    assert refused(app, wsgi, data, body, "/?" + query).status_int == 400


# Size


@pytest.fixture
def small(settings):
    settings["mypi.max_upload"] = "2000"


def test_u22f_a_file_over_the_limit_is_413_and_names_the_setting(small, app, wsgi, data):
    name, content = wheel("six", "1.0", description="x" * 10, files={"data.bin": bytes(4000)})
    stored = content + bytes(2001)

    answer = refused(app, wsgi, data, requests_upload(fields_of(name, stored)))

    check_wording(answer, 413, "2000 bytes")
    assert "mypi.max_upload" in answer.text


def test_u22f_a_file_at_the_limit_is_taken(settings, request):
    settings["mypi.max_upload"] = str(len(WHEEL))

    app = request.getfixturevalue("app")

    assert send(app, requests_upload(minimal())).status_int == 200
