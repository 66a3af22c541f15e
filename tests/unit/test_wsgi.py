"""``mypi.wsgi``: what is put around the application for servers of others."""

import os

import pytest
from webob import Request
from webtest import TestApp

from mypi import wsgi
from mypi.errors import CannotStart


def echo(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ.get('SCRIPT_NAME', '')}|{environ['PATH_INFO']}".encode()]


@pytest.mark.parametrize(
    ("prefix", "path", "seen"),
    [
        ("/mypi", "/mypi/simple/", "/mypi|/simple/"),
        ("mypi/", "/mypi", "/mypi|"),
        ("/mypi", "/mypis/", "|/mypis/"),
        ("", "/simple/", "|/simple/"),
        ("/", "/simple/", "|/simple/"),
    ],
)
def test_a_prefix_is_taken_off_the_path(prefix, path, seen):
    assert TestApp(wsgi.below(prefix, echo)).get(path).text == seen


def test_a_prefix_that_the_server_has_taken_off_is_left_alone():
    app = TestApp(wsgi.below("/mypi", echo), extra_environ={"SCRIPT_NAME": "/mypi"})

    assert app.get("/simple/").text == "/mypi|/simple/"


def post(app, length):
    """Status and body of the answer to a POST whose length is said, and which has no body."""
    request = Request.blank("/mypi/", method="POST")
    request.environ["CONTENT_LENGTH"] = length
    status, _, body = request.call_application(app)
    return status, b"".join(body)


@pytest.mark.parametrize("length", ["2000000", "9" * 5000, "+1", "-1", "1, 1"])
def test_a_body_that_is_too_large_is_refused_unread(length):
    status, body = post(wsgi.bounded(1000, echo), length)

    sentence = "413 File too large: the limit here is 1000 bytes (setting mypi.max_upload)"
    assert (status, body.decode()) == (sentence, f"{sentence}\n")


def test_a_form_has_room_around_the_largest_file():
    assert TestApp(wsgi.bounded(1000, echo)).post("/", b"x" * 2**20).status_int == 200


def test_a_process_that_was_forked_off_is_refused(monkeypatch):
    app = wsgi.one_process(echo)
    ours = os.getpid()
    monkeypatch.setattr("mypi.wsgi.os.getpid", lambda: ours + 1)

    with pytest.raises(CannotStart, match="no --preload"):
        TestApp(app).get("/")


def test_an_ini_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CannotStart, match=f"There is no {tmp_path}/none.ini; set MYPI_CONFIG"):
        wsgi.load(f"{tmp_path}/none.ini")


def test_nothing_else_is_made_by_asking():
    with pytest.raises(AttributeError, match="app"):
        wsgi.app  # noqa: B018


INI = """
[DEFAULT]
data = {data}
[app:main]
use = egg:mypi
get mypi.data = data
mypi.max_upload = 1 MiB
{app}
[server:main]
use = egg:mypi
url_prefix = /mypi
trusted_proxy = 127.0.0.1
trusted_proxy_headers = x-forwarded-proto x-forwarded-host
{server}
[loggers]
keys = root
[handlers]
keys =
[formatters]
keys =
[logger_root]
level = WARNING
handlers =
"""


@pytest.fixture
def ini(tmp_path, monkeypatch):
    """Write an ini file with more lines: ``ini(app="", server="")`` is its name.

    What is left to do when the program ends is done at the end of the test.
    """
    left = []
    monkeypatch.setattr("mypi.atexit.register", lambda *call: left.append(call))

    def ini(app="", server=""):
        file = tmp_path / "mypi.ini"
        file.write_text(INI.format(data=tmp_path / "var", app=app, server=server))
        return str(file)

    yield ini
    for function, *arguments in left:
        function(*arguments)


def test_the_ini_file_says_prefix_proxies_and_limits(ini):
    app = wsgi.load(ini())
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "pypi.example"}
    proxy = {"REMOTE_ADDR": "127.0.0.1"}

    moved = TestApp(app).get("/mypi/simple", headers=told, extra_environ=proxy)
    browser = {**told, "Accept": "text/html", "User-Agent": "Mozilla/5.0"}
    setup = TestApp(app).get("/mypi/+setup", headers=browser, extra_environ=proxy)

    assert moved.headers["Location"] == "/mypi/simple/"
    assert "https://pypi.example/mypi" in setup.text
    assert post(app, str(2**22))[0].startswith("413 ")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"server": "trusted_proxy_count = none"}, "trusted_proxy_count = none: a whole number"),
        ({"app": "mypi.ttle = x"}, "the line above says why"),
    ],
)
def test_settings_that_make_no_sense_are_an_error_of_the_server(ini, lines, words):
    with pytest.raises(CannotStart, match=words):
        wsgi.load(ini(**lines))
