"""Addresses and methods that are 500 elsewhere (stack-traps.md 3 and 4)."""

import pytest
from webob import Request
from webtest import TestApp

from mypi.names import FIXED_WORDS, FORMER_WORDS
from tests.factories import wheel
from tests.inside import send, state
from tests.reading import BROWSER, JSON, ask, publish, served
from tests.wire import fields_of, requests_upload

LONG = "a" * 4096
NAMES = [
    "%ff",
    "%c3%28",
    "%zz",
    "%",
    "%2",
    "a%00b",
    "%00",
    "a%0d%0aSet-Cookie:%20x=y",
    LONG,
    "9" * 5000,
    "1." * 3000 + "1",
    "%ed%a0%80",
    "😀".encode().hex("%").join(["%", ""]),
    "%2e%2e",
    "..",
    ".",
    "a%2fb",
    "a%5cb",
    "-a",
    "a-",
    "__class__",
    "_p_jar",
    "_p_oid",
    "__parent__",
    "__dict__",
    "@@x",
    "@@view",
    "+",
    "++",
    "+%00",
    "*",
    "<script>",
    "${1+1}",
]
PARENTS = [
    "/",
    "/simple/",
    "/+simple/",
    "/+incubator/",
    "/six/",
    "/six/1.0/",
    "/legacy/",
    "/legacy/six/",
    "/pypi/",
    "/package/",
    "/package/six/",
    "/download/",
    "/download/six/",
    "/packages/",
    "/packages/stable/",
    "/packages/stable/six/",
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def wsgi(data):
    """One for all tests here: they only read."""
    with served(data) as application:
        publish(TestApp(application), wheel("six", "1.0"))
        yield application


@pytest.mark.parametrize("parent", PARENTS)
def test_no_name_in_an_address_breaks_the_server(app, parent):
    for name in NAMES:
        for tail in ("", "/"):
            for accept in ("*/*", BROWSER, JSON):
                answer = ask(app, parent + name + tail, HTTP_ACCEPT=accept)
                assert answer.status_int < 500, (parent + name, answer.text)


@pytest.mark.parametrize("name", ["%ff", "%c3%28", "%ed%a0%80"])
@pytest.mark.parametrize("parent", ["/", "/simple/", "/packages/stable/six/"])
def test_an_address_that_is_not_utf_8_is_400(app, parent, name):
    assert ask(app, parent + name).status_int == 400


@pytest.mark.parametrize(
    "name", ["__class__", "_p_jar", "__parent__", "@@x", "index", "site", "__acl__", "found"]
)
@pytest.mark.parametrize("parent", PARENTS)
def test_attributes_of_our_objects_are_not_addresses(app, parent, name):
    assert ask(app, parent + name).status_int == 404


@pytest.mark.parametrize("page", ["simple/six/", "six/", "six/1.0/", "+incubator/simple/six/"])
def test_a_page_below_empty_segments_without_end_is_404(app, page):
    """Each slash would come back in every link."""
    answer = ask(app, "/" * 1000 + page)

    assert answer.status_int == 404
    assert "empty parts" in answer.text


@pytest.mark.parametrize("word", sorted(FIXED_WORDS | set(FORMER_WORDS) | {"six", "six/1.0"}))
def test_an_address_of_parts_without_end_is_404_at_once(app, word):
    """Doorways below each other would hold the path so far: 4 GB for one request."""
    answer = ask(app, f"/{word}" + "/a" * 30_000)

    assert answer.status_int == 404
    assert "parts" in answer.text


def test_no_header_leads_an_address_elsewhere(app, wsgi):
    """Pyramid takes ``X-Vhm-Root`` for a part of the path; the answer would be kept for all."""
    publish(TestApp(wsgi), wheel("unfinished", "1.0"), root="/+incubator/")

    answers = [
        ask(app, "/simple/unfinished/", HTTP_ACCEPT=JSON, **header)
        for header in ({"HTTP_X_VHM_ROOT": "/+incubator"}, {}, {"HTTP_X_VHM_ROOT": "/+incubator"})
    ]

    assert [it.status_int for it in answers] == [404] * 3


@pytest.mark.parametrize("target", ["+incubator/simple/six/", "simple/six/", "six"])
def test_an_address_begins_with_a_slash(wsgi, target):
    """``GET +incubator/simple/six/``: what looks at the first characters would be misled."""
    asked = Request.blank("/")
    asked.environ["PATH_INFO"] = target

    answer = asked.get_response(wsgi)

    assert answer.status_int == 404
    assert "slash" in answer.text


@pytest.mark.parametrize("address", ["/simple/", "/", "/pypi", "/+login"])
def test_a_form_in_another_charset_is_415(app, address):
    """WebOb raises a warning as an exception when it looks at such a form."""
    kind = "application/x-www-form-urlencoded; charset=latin-1"

    for method in ("GET", "POST"):
        answer = ask(app, address, method, HTTP_ACCEPT="*/*", CONTENT_TYPE=kind)
        assert answer.status_int in (200, 400, 403, 405, 415), answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("accept", ["*/*", BROWSER, JSON])
@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "http://evil.example"}])
def test_writing_to_an_address_that_is_not_utf_8_is_refused(app, method, accept, origin):
    answer = ask(app, "/%ff", method, HTTP_ACCEPT=accept, **origin)

    assert answer.status_int == (403 if origin else 400)


def test_nobody_writes_a_line_of_his_own_into_the_log(app, caplog):
    caplog.set_level("INFO", "mypi")
    digest = "0\n2026-01-01 INFO published stable/six 6.6"

    answer = send(app, requests_upload(fields_of(*wheel("six", "2.0"), sha256_digest=digest)))

    assert answer.status_int == 400
    refusals = [it.getMessage() for it in caplog.records if "published" in it.getMessage()]
    assert refusals
    assert not any("\n" in line for line in refusals)


@pytest.mark.parametrize("tail", ["@@", "@@/", "@@/six/", "@@/packages/"])
def test_pyramids_view_selector_makes_no_second_address_of_a_page(app, tail):
    """A list at ``/simple/@@/`` would lead to itself below each of its links."""
    answers = {parent + tail: ask(app, parent + tail).status_int for parent in PARENTS}

    assert set(answers.values()) == {404}, answers


@pytest.mark.parametrize("name", ["a%00b", LONG, "<script>", "a%20b", "%C3%A4", "a%0A"])
@pytest.mark.parametrize("parent", ["/", "/simple/", "/packages/stable/six/"])
def test_what_can_be_no_name_is_404(app, parent, name):
    assert ask(app, parent + name).status_int == 404


@pytest.mark.parametrize(
    "query", ["%ff", "format=%ff", ":action=%ff", "%ff=1", "%", "a=%zz", "&&=&"]
)
@pytest.mark.parametrize("page", ["/", "/simple/", "/six/", "/legacy/", "/simple/six/"])
def test_no_query_breaks_the_server(app, page, query):
    for accept in ("*/*", BROWSER):
        answer = ask(app, f"{page}?{query}", HTTP_ACCEPT=accept)

        assert answer.status_int < 500


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/six",
        "//evil.example/Six/",
        "//six",
        "//simple//Six",
        "///evil.example/..//six",
        "/%2Fevil.example/%2e%2e/six",
        "/%5Cevil.example/../six",
        "//evil.example/../package/six",
        "//evil.example/../+incubator",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_no_redirect_leads_to_another_host(app, target, accept):
    answer = ask(app, target, HTTP_ACCEPT=accept)

    assert answer.status_int in (200, 301, 404)
    location = answer.headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "target", ["/six%0d%0aSet-Cookie:x=y", "/simple/x%0d%0a/../six", "/six?a=%0d%0aSet-Cookie:x=y"]
)
def test_no_header_can_be_smuggled_through_a_redirect(app, target):
    answer = ask(app, target)

    assert "Set-Cookie" not in answer.headers
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"]
)
@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/simple/",
        "/simple/six/",
        "/six/",
        "/six/1.0/",
        "/legacy/",
        "/package/",
        "/+incubator/",
    ],
)
def test_a_method_that_an_address_does_not_know_is_405(app, wsgi, data, page, method):
    before = state(wsgi, data)

    answer = ask(TestApp(wsgi, lint=False), page, method)

    assert answer.status_int == 405
    assert "GET" in answer.headers["Allow"] or "POST" in answer.headers["Allow"]
    assert state(wsgi, data) == before


@pytest.mark.parametrize("page", ["/", "/simple/", "/legacy/", "/pypi", "/+incubator/"])
def test_a_405_of_an_address_that_takes_uploads_names_post(app, page):
    assert "POST" in ask(app, page, "PUT").headers["Allow"]


@pytest.mark.parametrize("method", ["BREW", "POST", "PUT", "DELETE"])
def test_any_method_on_an_address_that_does_not_exist_is_404(wsgi, app, method):
    assert ask(TestApp(wsgi, lint=False), "/nothing/", method).status_int == 404


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_ACCEPT": "a" * 60000},
        {"HTTP_ACCEPT": ",".join(["text/html"] * 5000)},
        {"HTTP_ACCEPT": "\xff\xfe"},
        {"HTTP_ACCEPT_ENCODING": ";;;,gzip;q=\xff"},
        {"HTTP_IF_NONE_MATCH": '"' * 60000},
        {"HTTP_IF_NONE_MATCH": "\xff"},
        {"HTTP_HOST": "a b\\c"},
        {"HTTP_HOST": "[::1"},
        {"HTTP_AUTHORIZATION": "Basic"},
        {"HTTP_AUTHORIZATION": "Basic \xff"},
        {"HTTP_COOKIE": "\xff=;;"},
        {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 99999 99:99:99 GMT"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "page", ["/", "/simple/six/", "/six/", "/packages/stable/six/six-1.0-py3-none-any.whl"]
)
def test_no_header_breaks_the_server(app, page, header):
    assert ask(app, page, **header).status_int < 500


@pytest.mark.parametrize("accept", ["*/*", BROWSER, JSON])
def test_an_error_page_repeats_nothing_that_could_run(app, accept):
    answer = ask(app, "/simple/<script>alert(1)</script>/", HTTP_ACCEPT=accept)

    assert answer.status_int == 404
    assert b"<script>alert" not in answer.body
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_is_one_short_line_in_the_reason_phrase(app):
    answer = ask(app, "/" + LONG)

    assert len(answer.status) <= 204
    assert answer.status.isascii()
