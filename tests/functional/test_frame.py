"""What all pages share: the bar with its search box, indexes and theme, and the footer."""

import gzip
from importlib.metadata import version
from importlib.resources import files

import pytest

from mypi.web.pages.assets import joined
from mypi.web.search.views import BEHIND
from tests import structure
from tests.browsing import Browser
from tests.factories import wheel
from tests.inside import site
from tests.people import add_users, set_policy
from tests.reading import publish

PAGES = ["/", "/+incubator/", "/six/", "/six/1.0/", "/six/+history", "/+search?q=six", "/+search"]
PAGES += ["/+projects", "/+setup", "/+upload", "/+feeds/", "/+stats", "/+login"]
BUDGET = 10_000
"""Bytes of all scripts, and of all styles, gzipped."""


@pytest.fixture
def browser(app, wsgi):
    """A person who reads an open site with one project."""
    publish(app, wheel("six", "1.0"))
    wsgi.registry.background.run_once()
    return Browser(wsgi)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_whole_frame(browser, path):
    page = browser.get(path)
    structure.check(page)
    html = page.html

    assert html.select_one("form[role=search]")["action"].endswith("/+search")
    links = {a.text: a["href"] for a in html.select("header nav a")}
    assert {"stable", "incubator", "Projects", "Upload", "Set up"} <= links.keys()
    assert html.select_one("head script")["src"].endswith("/theme.js")
    assert html.select_one("link[rel=search]")["href"].endswith("/+opensearch")
    assert f"mypi {version('mypi')}" in html.footer.text
    assert "This index is open" in html.footer.text


def test_an_index_has_its_own_links(browser):
    html = browser.get("/+incubator/").html

    links = {a.text: a["href"] for a in html.select("header nav[aria-label=Tools] a")}
    assert links["Set up"] == "/+incubator/+setup"
    assert html.select_one("form[role=search]")["action"] == "/+incubator/+search"
    assert html.select_one("nav [aria-current]").text == "incubator"


def test_from_five_indexes_on_they_are_a_menu(app, browser):
    def nav():
        return browser.get("/+incubator/").html.select_one("nav[aria-label=Indexes]")

    assert nav().details is None
    for name in ("one", "two", "three"):
        app.post_json("/+api/v1/indexes", {"name": name}, extra_environ={"mypi.operator": True})

    assert nav().summary.text == "incubator"
    assert [a.text for a in nav().select("details a")] == [
        *("stable", "incubator", "one", "three", "two"),
    ]


def test_what_needs_a_script_is_marked_so(browser):
    html = browser.get("/").html

    for control in (html.select_one("#theme"), html.select_one("#keys")):
        assert control.find_parent(class_="scripted")
    assert "scripted" in joined("mypi.css").decode()


def test_the_theme_is_read_before_anything_is_painted(app, browser):
    html = browser.get("/").html
    script = html.select_one("head script")

    assert not {"async", "defer"} & script.attrs.keys()
    assert html.select_one("head script, head link[rel=stylesheet]") is script
    assert len(app.get(script["src"]).body) < 600


def test_a_stranger_is_not_led_to_the_upload(browser, wsgi):
    add_users(wsgi, "root", "ada")

    assert "Upload" not in [a.text for a in browser.get("/").html.select("header a")]
    assert "You are not logged in." in browser.get("/").html.footer.text
    browser.log_in("ada")
    assert "Upload" in [a.text for a in browser.get("/").html.select("header a")]
    assert "Logged in as ada." in browser.get("/").html.footer.text


def test_an_index_that_may_not_be_read_is_not_in_the_bar(browser, wsgi):
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "incubator", grants={"read": ("root",)})
    browser.log_in("ada")

    assert [a.text for a in browser.get("/").html.select("nav[aria-label=Indexes] a")] == ["stable"]


def test_search_pages_say_when_they_are_behind(browser, wsgi):
    for path in ("/+search", "/+search?q=six", "/+projects"):
        assert "being brought up to date" not in browser.get(path)
    with site(wsgi) as it:
        it.catalogue.followed["stable"].serial -= BEHIND + 1

    for path in ("/+search", "/+search?q=six", "/+projects"):
        assert "being brought up to date" in browser.get(path).html.footer.text
    assert "being brought up to date" not in browser.get("/six/")


@pytest.mark.parametrize("name", ["mypi.css", "mypi.js"])
def test_styles_and_scripts_stay_small(name):
    assert len(gzip.compress(joined(name), 9)) <= BUDGET


def test_no_style_or_script_asks_another_host():
    folder = files("mypi.web.pages").joinpath("static")
    parts = [folder, folder.joinpath("mypi.css.d"), folder.joinpath("mypi.js.d")]
    texts = [it.read_text() for part in parts for it in part.iterdir() if it.is_file()]

    assert texts
    for text in texts:
        assert "url(" not in text
        assert "@import" not in text
        assert "innerHTML" not in text
        assert "https:" not in text
        assert "http:" not in text.replace("http://www.w3.org/2000/svg", "")
