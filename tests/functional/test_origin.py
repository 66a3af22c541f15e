"""A page of another site cannot write here through a visitor's browser."""

import pytest

from tests.factories import wheel
from tests.inside import files, send, state
from tests.wire import fields_of, requests_upload

NAME, WHEEL = wheel("six", "1.0")
FORM = requests_upload(fields_of(NAME, WHEEL))
OWN = "http://localhost:6543"


def test_tools_send_neither_header_and_may_use_any_host(app):
    assert send(app, FORM, Host="pypi.example:8080").status_int == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": OWN},
        {"Origin": OWN, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://LOCALHOST:6543", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:6543", "Host": "127.0.0.1:6543"},
        {"Origin": "http://[::1]:6543", "Host": "[::1]:6543"},
        {"Origin": "http://192.168.1.7", "Host": "192.168.1.7"},
        {"Origin": "http://192.168.1.7", "Host": "192.168.1.7:80"},
        {"Origin": "https://192.168.1.7", "Host": "192.168.1.7"},
    ],
)
def test_our_own_pages_may_write(app, headers):
    assert send(app, FORM, **headers).status_int == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "no-such-word"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost"},
        {"Origin": "http://localhost:6544"},
        {"Origin": "http://localhost:6543.evil.example"},
        {"Origin": "http://evil.example/localhost:6543"},
        {"Origin": "http://localhost:6543@evil.example"},
        {"Origin": "file://"},
        {"Origin": "file://localhost:6543"},
        {"Origin": "localhost:6543"},
        {"Origin": f"{OWN}, http://evil.example"},
        {"Origin": "http://["},
        {"Origin": "\xff\xfe"},
    ],
)
@pytest.mark.parametrize("address", ["/", "/legacy/", "/+incubator/"])
def test_a_page_of_another_site_may_not_write(app, wsgi, data, headers, address):
    before = state(wsgi, data)

    answer = send(app, FORM, address, **headers)

    assert answer.status_int == 403
    assert "another site" in answer.status
    assert state(wsgi, data) == before


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:6543", "localhost.evil.example", "["]
)
def test_a_name_that_was_rebound_to_this_machine_may_not_write(app, wsgi, data, host):
    before = state(wsgi, data)

    answer = send(
        app, FORM, Host=host, Origin=f"http://{host}", **{"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_int == 403
    assert state(wsgi, data) == before


def test_hosts_that_the_keeper_names_may_write(settings, request):
    settings["mypi.hosts"] = "PyPI.example other.example"
    app = request.getfixturevalue("app")

    for host in ("pypi.example", "other.example:8080"):
        answer = send(app, FORM, Host=host, Origin=f"http://{host}")
        assert answer.status_int == 200


@pytest.mark.parametrize("url", ["https://pypi.example/index/", "https://PyPI.example:443"])
def test_the_configured_address_is_the_only_origin(settings, request, url):
    settings["mypi.url"] = url
    app = request.getfixturevalue("app")

    assert send(app, FORM, Host="pypi.example", Origin="https://pypi.example").status_int == 200
    assert send(app, FORM, Host="pypi.example", Origin="http://pypi.example").status_int == 403
    assert send(app, FORM, Host="localhost:6543", Origin=OWN).status_int == 403
    assert send(app, FORM, Host="evil.example", Origin="https://pypi.example").status_int == 403


def test_hosts_that_the_keeper_names_may_write_beside_the_configured_address(settings, request):
    settings["mypi.url"] = "https://pypi.example"
    settings["mypi.hosts"] = "builder"
    app = request.getfixturevalue("app")

    for origin in ("http://builder:6543", "https://pypi.example"):
        assert send(app, FORM, Host="builder:6543", Origin=origin).status_int == 200
    assert send(app, FORM, Host="builder:6543", Origin="http://builder").status_int == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_every_unsafe_method_is_judged(app, method):
    answer = app.request("/", method=method, headers={"Origin": "http://evil.example"}, status="*")

    assert answer.status_int == 403


@pytest.mark.parametrize("address", ["/simple/", "/simple/six/", f"/packages/stable/six/{NAME}"])
def test_anybodys_page_may_read(app, address):
    send(app, FORM)
    headers = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}

    assert app.get(address, headers=headers).status_int == 200
    assert list(files(app, "six")) == [NAME]


def test_a_foreign_page_is_answered_in_the_dialect_of_its_browser(app):
    accept = "text/html,application/xhtml+xml"

    answer = send(app, FORM, Origin="null", Accept=accept)

    assert answer.status_int == 403
    assert answer.content_type == "text/html"
