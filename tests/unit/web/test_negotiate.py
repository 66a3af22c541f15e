"""The vectors of spec/index-api.md 2.2, without an application."""

import pytest

from mypi.web.negotiate import (
    HTML,
    JSON,
    TEXT_HTML,
    format_type,
    is_browser,
    simple_type,
    takes_gzip,
)

LATEST_JSON = "application/vnd.pypi.simple.latest+json"
LATEST_HTML = "application/vnd.pypi.simple.latest+html"
BROWSERS = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html, application/xhtml+xml, */*",
]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html", TEXT_HTML),
        (f"{JSON}, {HTML}; q=0.1, text/html; q=0.01", JSON),
        (f"{JSON}, {HTML};q=0.2, text/html;q=0.01", JSON),
        (f"{JSON}, */*;q=0.1", JSON),
        *((browser, TEXT_HTML) for browser in BROWSERS),
        (HTML, HTML),
        (JSON, JSON),
        ("text/*", TEXT_HTML),
    ],
)
def test_s10_each_client_gets_the_form_it_prefers(accept, expected):
    assert simple_type(accept) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (LATEST_JSON, JSON),
        (LATEST_HTML, HTML),
        (f"{LATEST_JSON};q=0.5, text/html;q=0.1", JSON),
        (f"{LATEST_JSON}, {LATEST_HTML};q=0.2, text/html;q=0.01", JSON),
    ],
)
def test_s12_latest_is_the_concrete_version(accept, expected):
    assert simple_type(accept) == expected


@pytest.mark.parametrize("accept", [None, "", "*/*", "///", "text", ";q=1", "text/html;q=high"])
def test_s13_and_s15_no_header_and_nonsense_take_anything_and_get_text_html(accept):
    assert simple_type(accept) == TEXT_HTML


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (f"{JSON};q=0.5, text/html", TEXT_HTML),
        (f"text/html;q=0.4, {JSON};q=0.5", JSON),
        (f"text/html;q=0.01, {HTML};q=0.1, {JSON}", JSON),
        (f"{JSON};q=0.1, */*", HTML),
        ("text/html;q=0, */*", HTML),
        (f"text/html;q=0.001, {JSON};q=0", TEXT_HTML),
    ],
)
def test_s14_the_highest_weight_wins_whatever_the_order_and_specific_beats_wildcard(
    accept, expected
):
    assert simple_type(accept) == expected


def test_s14_a_weight_of_zero_excludes():
    assert simple_type(f"{JSON};q=0, */*") != JSON
    assert simple_type(f"{JSON};q=0") is None
    assert simple_type("*/*;q=0") is None


@pytest.mark.parametrize("accept", [f"{JSON}, {HTML}, text/html", f"text/html, {HTML}, {JSON}"])
def test_s15_a_tie_goes_to_the_richest_form(accept):
    assert simple_type(accept) == JSON


def test_s15_a_tie_of_both_html_types_goes_to_the_named_version():
    assert simple_type(f"text/html, {HTML}") == HTML


@pytest.mark.parametrize(
    "accept", ["application/json", "image/png", "application/vnd.pypi.simple.v2+json", "text/plain"]
)
def test_s16_nothing_acceptable_is_none(accept):
    assert simple_type(accept) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (JSON, JSON),
        (JSON.replace("+", " "), JSON),
        (LATEST_JSON, JSON),
        (LATEST_HTML.replace("+", " "), HTML),
        ("text/html", TEXT_HTML),
        ("application/json", None),
        ("json", None),
        ("*/*", None),
        ("", None),
    ],
)
def test_s18_a_format_is_one_content_type_whose_plus_may_be_a_space(text, expected):
    assert format_type(text) == expected


@pytest.mark.parametrize("accept", BROWSERS)
def test_who_names_html_and_xhtml_is_a_browser(accept):
    assert is_browser(accept)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "text/html",
        f"{JSON}, {HTML}; q=0.1, text/html; q=0.01",
        "application/xhtml+xml",
    ],
)
def test_everybody_else_is_an_installer(accept):
    assert not is_browser(accept)


@pytest.mark.parametrize(
    "header",
    [
        "gzip",
        "gzip, deflate",
        "gzip, deflate, zstd",
        "deflate;q=0.5, gzip;q=0.1",
        "*",
        "GZIP",
        "x-gzip",
    ],
)
def test_s94_who_names_gzip_unpacks_it(header):
    assert takes_gzip(header)


@pytest.mark.parametrize(
    "header",
    [None, "", "identity", "deflate", "zstd", "gzip;q=0", "gzip; q=0.000", "gzipped", "*;q=0"],
)
def test_s94_who_does_not_is_sent_plain_pages(header):
    assert not takes_gzip(header)
