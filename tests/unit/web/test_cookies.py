"""Of a browser's cookies only ours are looked at."""

import pytest

from mypi.web.cookies import LONGEST, keep_ours


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("mypi_login=abc==; csrf_token=x", "mypi_login=abc==; csrf_token=x"),
        ('other="a;b"; mypi_login=abc', "mypi_login=abc"),
        (" csrf_token=x ;; ", "csrf_token=x"),
        ('a="' + "x" * 60_000, None),
        ("other=1", None),
        ("mypi_login", None),
        ("mypi_login=", None),
        ("mypi_login=" + "x" * (LONGEST + 1), None),
        ("", None),
    ],
)
def test_what_stays(sent, kept):
    environ = {"HTTP_COOKIE": sent}

    keep_ours(environ)

    assert environ.get("HTTP_COOKIE") == kept


def test_a_request_without_cookies_stays_as_it_is():
    environ = {"PATH_INFO": "/"}

    keep_ours(environ)

    assert environ == {"PATH_INFO": "/"}
