"""Which form a page comes in (spec/index-api.md 2.2)."""

import pytest
from webtest import TestApp

from tests.factories import wheel
from tests.reading import BROWSER, HTML, JSON, PIP, ask, publish, served

LATEST = "application/vnd.pypi.simple.latest"
PAGES = ["/", "/simple/", "/+simple/", "/six/", "/simple/six/", "/six/1.0/", "/+incubator/six/"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def wsgi(data):
    """One for all tests here: they only read."""
    with served(data) as application:
        publish(TestApp(application), wheel("six", "1.0"))
        yield application


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html", "text/html"),
        (HTML, HTML),
        (JSON, JSON),
        (PIP, JSON),
        (f"{JSON}, {HTML};q=0.2, text/html;q=0.01", JSON),
        (f"{JSON}, */*;q=0.1", JSON),
        ("*/*", "text/html"),
    ],
    ids=["pip-1.5", "html", "json", "pip", "uv", "poetry", "curl"],
)
def test_s10_and_s11_each_client_gets_its_form_and_the_type_says_which(app, page, accept, expected):
    answer = app.get(page, headers={"Accept": accept})

    assert answer.headers["Content-Type"].partition(";")[0] == expected
    assert answer.body.startswith(b"{" if expected == JSON else b"<!DOCTYPE html>")


@pytest.mark.parametrize("page", PAGES)
def test_s12_the_latest_version_is_answered_with_the_concrete_type(app, page):
    for form, concrete in (("+json", JSON), ("+html", HTML)):
        answer = app.get(page, headers={"Accept": LATEST + form})

        assert answer.content_type == concrete


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("header", [{}, {"HTTP_ACCEPT": ""}, {"HTTP_ACCEPT": "///;;q=what"}])
def test_s13_no_accept_and_one_that_cannot_be_read_take_anything(app, page, header):
    answer = ask(app, page, **header)

    assert answer.status_int == 200
    assert answer.content_type == "text/html"


@pytest.mark.parametrize("page", PAGES)
def test_s14_a_form_of_weight_zero_is_not_sent(app, page):
    answer = app.get(page, headers={"Accept": f"{JSON};q=0, */*"})

    assert answer.content_type in (HTML, "text/html")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("accept", ["application/json", "image/png", "*/*;q=0"])
def test_s16_and_s20_nothing_acceptable_is_406_that_names_the_forms(app, page, accept):
    answer = app.get(page, headers={"Accept": accept}, expect_errors=True)

    assert answer.status_int == 406
    assert JSON in answer.text
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("page", [*PAGES, "/nothing/", "/simple", "/Six", "/simple/Six/"])
@pytest.mark.parametrize("accept", ["text/html", JSON, BROWSER, "image/png"])
def test_s17_every_negotiated_answer_says_vary_accept(app, page, accept):
    answer = ask(app, page, HTTP_ACCEPT=accept)

    assert "Accept" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize("plus", ["+", "%2B", "%2b", "%20"])
@pytest.mark.parametrize("page", PAGES)
def test_s18_format_wins_over_accept_with_a_bare_or_quoted_plus(app, page, plus):
    wanted = JSON.replace("+", plus)

    answer = ask(app, f"{page}?format={wanted}", HTTP_ACCEPT="text/html")

    assert answer.content_type == JSON


@pytest.mark.parametrize("wanted", [HTML, "text/html"])
def test_s18_format_can_ask_for_html_as_well(app, wanted):
    answer = ask(app, f"/simple/six/?format={wanted}", HTTP_ACCEPT=JSON)

    assert answer.content_type == wanted


def test_s18_an_unknown_format_is_406(app):
    assert ask(app, "/simple/six/?format=text/plain").status_int == 406


def test_s18_an_empty_format_leaves_the_choice_to_accept(app):
    assert ask(app, "/simple/six/?format=", HTTP_ACCEPT=JSON).content_type == JSON


@pytest.mark.parametrize("page", PAGES)
def test_s20_types_are_in_lower_case(app, page):
    for accept in ("text/html", JSON, HTML):
        kind = app.get(page, headers={"Accept": accept}).headers["Content-Type"].partition(";")[0]

        assert kind == kind.lower()


@pytest.mark.parametrize("page", ["/simple/", "/+simple/", "/simple/six/", "/+simple/six/"])
def test_a_browser_gets_links_below_simple(app, page):
    answer = app.get(page, headers={"Accept": BROWSER})

    assert 'name="pypi:repository-version"' in answer.text


@pytest.mark.parametrize("page", ["/", "/six/", "/six/1.0/"])
def test_a_browser_gets_a_page_for_people_at_the_root(app, page):
    answer = app.get(page, headers={"Accept": BROWSER})

    assert answer.content_type == "text/html"
    assert 'name="pypi:repository-version"' not in answer.text
