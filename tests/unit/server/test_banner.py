"""What people read when the server starts."""

import io

import pytest

from mypi.server import gather_facts
from mypi.server.banner import Facts, is_loopback, lines, show, url_of

FULL = Facts(
    version="1.0",
    urls=("http://127.0.0.1:6543/",),
    storage="var/Data.fs",
    projects=1,
    files=12,
    open=True,
)


def test_eight_lines_tell_where_it_is_and_how_to_publish_and_install():
    assert lines(FULL) == [
        "mypi 1.0",
        "  address   http://127.0.0.1:6543/",
        "  index     http://127.0.0.1:6543/simple/",
        "  publish   twine upload --repository-url http://127.0.0.1:6543/ -u '' -p '' dist/*",
        "  install   pip install -i http://127.0.0.1:6543/simple/ yourpackage",
        "  storage   var/Data.fs (1 project, 12 files)",
        "  access    open: anybody who reaches this address may read and upload",
        "  Ctrl-C stops",
    ]


def test_what_is_not_known_is_left_out():
    assert lines(Facts(version="", urls=())) == ["mypi", "  Ctrl-C stops"]


def test_with_accounts_the_upload_command_asks_for_them():
    closed = lines(Facts(version="1.0", urls=("https://pypi.example/",), open=False))

    assert "  publish   twine upload --repository-url https://pypi.example/ dist/*" in closed
    assert "  access    accounts: reading and uploading as each index permits" in closed


def test_pip_is_told_to_trust_a_plain_http_host_that_is_another_machine():
    shown = lines(Facts(version="1.0", urls=("http://pypi.example/",)))

    assert shown[4] == (
        "  install   pip install -i http://pypi.example/simple/ "
        "--trusted-host pypi.example yourpackage"
    )


@pytest.mark.parametrize(
    ("is_open", "beyond", "warned"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_only_an_open_server_beyond_loopback_is_warned_of(is_open, beyond, warned):
    facts = Facts(version="1.0", urls=(), open=is_open, beyond_loopback=beyond)

    assert any("nobody is asked for a password" in line for line in lines(facts)) == warned


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "no_color", "red"),
    [(Terminal, "", True), (Terminal, "1", False), (io.StringIO, "", False)],
)
def test_the_warning_is_red_on_a_terminal_only(monkeypatch, stream, no_color, red):
    monkeypatch.setenv("NO_COLOR", no_color)
    shown = stream()

    show(Facts(version="1.0", urls=(), open=True, beyond_loopback=True), shown)

    assert ("\x1b[31m  WARNING" in shown.getvalue()) == red


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("127.0.0.1", "6543", "http://127.0.0.1:6543/"),
        ("0.0.0.0", "6543", "http://localhost:6543/"),
        ("::1", "6543", "http://[::1]:6543/"),
        ("10.0.0.1", "80", "http://10.0.0.1/"),
    ],
)
def test_a_listener_is_shown_as_the_address_to_type(host, port, url):
    assert url_of(host, port) == url


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("fe80::1%eth0", False),
        ("pypi.example", False),
    ],
)
def test_loopback_is_this_machine_only(host, loopback):
    assert is_loopback(host) == loopback


def test_the_configured_url_comes_first_and_counts_as_beyond_loopback():
    facts = gather_facts({"url": "https://pypi.example/x"}, [("127.0.0.1", "6543")])

    assert facts.urls == ("https://pypi.example/x/", "http://127.0.0.1:6543/")
    assert facts.beyond_loopback


def test_a_unix_socket_alone_is_not_beyond_loopback():
    facts = gather_facts({}, [("unix", "/run/mypi.sock")])

    assert facts.urls == ("unix:/run/mypi.sock",)
    assert not facts.beyond_loopback


def test_what_the_application_tells_is_shown():
    told = {"version": "9", "storage": "ZEO", "projects": 2, "files": 3, "open": True}

    facts = gather_facts(told, [("127.0.0.1", "1")])

    assert (facts.version, facts.storage, facts.projects, facts.files) == ("9", "ZEO", 2, 3)
    assert facts.open
