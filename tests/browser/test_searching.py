"""Searching by keyboard, as one types; the keys, the theme and the menu of indexes."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import axe
from tests.browser.conftest import WIDTHS
from tests.browser.driving import Window
from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server
from tests.waiting import PATIENCE

NAMES = ("httpx", "http-client", "http-tools", "web-http", "demo")
HOSTILE = "<img src=x onerror=alert(1)> & <b>bold</b>"


@pytest.fixture(scope="module")
def catalogued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that finds its five projects already."""
    with Server(tmp_path_factory.mktemp("search") / "data") as server:
        for name in NAMES:
            summary = HOSTILE if name == "httpx" else f"Summary of {name}"
            answer = upload(server.url + "/", *wheel(name, "1.0", summary=summary))
            assert answer.status == 200, answer.reason
        while server.get("/+search/suggest?q=demo", "application/json") == b"[]":
            pass
        yield server


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def visitor(
    request: pytest.FixtureRequest, chromium: webdriver.Chrome, catalogued: Server
) -> Iterator[Window]:
    """A window that remembers nothing."""
    window = Window(chromium, catalogued.url, request.param)
    window.open("/")
    chromium.execute_script("localStorage.clear()")
    window.open("/")
    yield window
    chromium.execute_script("localStorage.clear()")


def press(window: Window, *keys: str) -> None:
    webdriver.ActionChains(window.chromium).send_keys(*keys).perform()


def click(window: Window, selector: str) -> None:
    element = window.one(selector)
    to_the_middle = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
    window.chromium.execute_script(to_the_middle, element)
    element.click()


def until(window: Window, script: str) -> None:
    wait = WebDriverWait(window.chromium, PATIENCE)
    wait.until(lambda chromium: chromium.execute_script(f"return {script}"))


def focused(window: Window) -> str:
    return str(window.chromium.execute_script("return document.activeElement.id"))


def options(window: Window) -> list[str]:
    names = "document.querySelectorAll('#offered-0 [role=option] b')"
    # In one step: the list is written anew while one types.
    found: list[str] = window.chromium.execute_script(
        f"return [...{names}].map((it) => it.textContent)"
    )
    return found


def test_a_project_is_found_and_opened_by_keys_alone(visitor: Window) -> None:
    height = visitor.chromium.execute_script("return document.body.scrollHeight")
    press(visitor, "/")
    assert focused(visitor) == "q"
    press(visitor, "http")
    until(visitor, "document.querySelectorAll('#offered-0 li').length === 4")

    assert options(visitor)[0] == "httpx"
    assert visitor.chromium.execute_script("return document.body.scrollHeight") == height
    box = visitor.one("#q")
    assert box.get_attribute("aria-expanded") == "true"
    assert "4 projects" in visitor.chromium.execute_script("return document.body.textContent")
    assert HOSTILE in visitor.text("#offered-0")
    assert axe.violations(visitor.chromium) == []
    visitor.look()

    press(visitor, Keys.ARROW_DOWN, Keys.END)
    last = visitor.one("#offered-0 li:last-child")
    assert box.get_attribute("aria-activedescendant") == last.get_attribute("id")
    press(visitor, Keys.HOME)
    assert visitor.one("#offered-0 [aria-selected=true] b").text == "httpx"
    press(visitor, Keys.ENTER)
    until(visitor, "location.pathname === '/httpx/' && document.readyState === 'complete'")
    visitor.look()


def test_escape_closes_the_list_and_then_leaves_the_box(visitor: Window) -> None:
    press(visitor, "s")
    press(visitor, "demo")
    until(visitor, "document.querySelectorAll('#offered-0 li').length === 1")

    press(visitor, Keys.ESCAPE)
    assert options(visitor) == []
    assert focused(visitor) == "q"
    press(visitor, Keys.ESCAPE)
    assert focused(visitor) == ""


def test_enter_without_a_choice_searches_everything(visitor: Window) -> None:
    press(visitor, "/")
    press(visitor, "summary", Keys.ENTER)
    until(visitor, "location.search === '?q=summary' && document.readyState === 'complete'")
    visitor.look()

    assert len(visitor.chromium.find_elements(By.CSS_SELECTOR, ".hits li")) == 4


def test_the_search_page_finds_as_one_types(visitor: Window) -> None:
    visitor.open("/+search?q=demo")
    assert axe.violations(visitor.chromium) == []
    press(visitor, "/", Keys.BACKSPACE)
    press(visitor, "http")
    until(visitor, "document.querySelectorAll('.hits li').length === 4")

    assert visitor.chromium.execute_script("return location.search") == "?q=http"
    assert "4 projects" in visitor.text("#found")
    assert visitor.chromium.title.startswith("http ")
    assert HOSTILE in visitor.text(".hits")
    visitor.look()
    press(visitor, Keys.ESCAPE, "j")
    first = visitor.one(".hits li:first-child a")
    assert visitor.chromium.switch_to.active_element == first
    press(visitor, "j")
    assert visitor.chromium.switch_to.active_element == visitor.one(".hits li:nth-child(2) a")
    press(visitor, "k")
    assert visitor.chromium.switch_to.active_element == first


def test_keys_lead_into_a_release_and_to_the_lists(visitor: Window) -> None:
    visitor.open("/httpx/")
    for key, path in ((".", "/+contents/"), ("g", "/+projects"), ("h", "/")):
        press(visitor, key)
        until(
            visitor, f"location.pathname.endsWith('{path}') && document.readyState === 'complete'"
        )
        visitor.look()
    assert visitor.chromium.execute_script("return location.pathname") == "/"


def test_the_help_lists_the_keys_and_turns_them_off(visitor: Window) -> None:
    press(visitor, "?")
    assert "Search" in visitor.text("dialog.keys")
    assert axe.violations(visitor.chromium) == []
    visitor.look()
    visitor.one("dialog.keys input").click()
    press(visitor, Keys.ESCAPE)
    press(visitor, "/")
    assert focused(visitor) == ""

    visitor.open("/+projects")
    press(visitor, "/")
    assert focused(visitor) == ""
    click(visitor, "#keys")
    visitor.one("dialog.keys input").click()
    visitor.one("dialog.keys .main").click()
    press(visitor, "/")
    assert focused(visitor) == "q"


def test_keys_are_letters_in_a_field(visitor: Window) -> None:
    press(visitor, "/")
    press(visitor, "s?/j")

    assert visitor.one("#q").get_attribute("value") == "s?/j"
    assert visitor.chromium.find_elements(By.CSS_SELECTOR, "dialog") == []


def test_the_box_of_the_home_page_offers_names_as_well(visitor: Window) -> None:
    click(visitor, "#find")
    press(visitor, "tools")
    until(visitor, "document.querySelectorAll('#offered-1 li').length === 1")
    assert axe.violations(visitor.chromium) == []
    visitor.look()
    press(visitor, Keys.ARROW_UP, Keys.ENTER)
    until(visitor, "location.pathname === '/http-tools/' && document.readyState === 'complete'")


def test_many_projects_are_filtered_where_they_are(visitor: Window, catalogued: Server) -> None:
    for number in range(8):
        answer = upload(catalogued.url + "/+incubator/", *wheel(f"more-{number}", "1.0"))
        assert answer.status in (200, 409), answer.reason
    newest = "/+incubator/+search/suggest?q=more-7"  # which gives names like it until it is known
    while b'"more-7"' not in catalogued.get(newest, "application/json"):
        pass
    visitor.open("/+incubator/+projects")
    click(visitor, "main input[type=search]")
    press(visitor, "more")

    rows = visitor.chromium.find_elements(By.CSS_SELECTOR, "tbody tr")
    assert [row.is_displayed() for row in rows].count(True) == 8
    assert "8 of 13" in visitor.text("main [role=status]")
    assert axe.violations(visitor.chromium) == []
    visitor.look()


GROUND = "return getComputedStyle(document.body).backgroundColor"


def test_the_theme_that_was_chosen_stays_and_system_forgets_it(visitor: Window) -> None:
    light = visitor.chromium.execute_script(GROUND)
    visitor.one("#theme option[value=dark]").click()
    dark = visitor.chromium.execute_script(GROUND)
    assert dark != light

    visitor.open("/nope/")
    assert visitor.chromium.execute_script(GROUND) == dark
    visitor.open("/demo/")
    assert visitor.chromium.execute_script(GROUND) == dark
    assert visitor.one("#theme").get_attribute("value") == "dark"
    visitor.one("#theme option[value='']").click()
    visitor.open("/demo/")
    assert visitor.chromium.execute_script(GROUND) == light
