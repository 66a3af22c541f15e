"""Hosted documentation in a real browser: what it needs works, and there is no way out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from mypi import make_app
from tests.browser.driving import PICTURES, Window
from tests.factories import wheel, zipped
from tests.people import PASSWORD, add_users, set_policy
from tests.posting import form, post, upload
from tests.serving import Server
from tests.waiting import PATIENCE

PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>waiting</title><link rel="stylesheet" href="style.css"></head>
<body><h1>Manual</h1><script src="probe.js"></script></body></html>
"""
PROBE = b"""
const found = {};
const attempt = async (name, act) => {
  try { found[name] = await act(); } catch (error) { found[name] = error.name; }
};
(async () => {
  await attempt("storage", () => {
    localStorage.setItem("a", 1);
    return localStorage.getItem("a");
  });
  await attempt("cookie", () => document.cookie);
  await attempt("data", async () => (await (await fetch("data.json")).json()).a);
  await attempt("worker", () => new Promise((give, fail) => {
    const worker = new Worker("work/er.js");
    worker.onmessage = (event) => give(event.data);
    worker.onerror = () => fail(new Error("worker"));
  }));
  await attempt("account", async () => (await fetch("/+account")).status);
  await attempt("account with cookies", async () =>
    (await fetch("/+account", { credentials: "include" })).status);
  await attempt("frame", () => new Promise((give) => {
    const frame = document.createElement("iframe");
    frame.src = "/+account";
    frame.onload = () => {
      try { give(frame.contentDocument.title); } catch (error) { give(error.name); }
    };
    document.body.append(frame);
  }));
  found.origin = self.origin;
  found.style = getComputedStyle(document.querySelector("h1")).color;
  window.found = found;
  document.title = "done";
})();
"""
PAGES = {
    "index.html": PAGE,
    "probe.js": PROBE,
    "style.css": b"h1 { color: rgb(1, 2, 3) }",
    "data.json": b'{"a": 7}',
    "work/er.js": b"importScripts('more.js'); fetch('../data.json').then((it) => it.json())"
    b".then((it) => postMessage(it.a + more));",
    "work/more.js": b"self.more = 1;",
}


@pytest.fixture(params=["public", "private"])
def hosted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Server]]:
    """A server with documentation of demo, for everybody or for ada alone."""
    data = tmp_path / "data"
    with Server(data) as running:
        assert upload(running.url + "/", *wheel("demo", "1.0")).status == 200
        fields: dict[str, str | list[str]] = {":action": "doc_upload", "name": "demo"}
        answer = post(running.url + "/", *form(fields, "demo.zip", zipped(PAGES)))
        assert answer.status == 200, answer.text
        running.stop()
        application = make_app({"mypi.data": str(data), "mypi.min_free": "0"})
        add_users(application, "root", "ada")
        if request.param == "private":
            set_policy(application, "incubator", grants={"read": ("ada",)}, bases=("stable",))
        application.registry.database.close()
        running.start()
        yield request.param, running


def test_what_a_page_can_do(chromium: webdriver.Chrome, hosted: tuple[str, Server]) -> None:
    kind, server = hosted
    window = Window(chromium, server.url, 1280)
    window.open("/+login")
    window.send("+login", name="ada", password=PASSWORD)
    root = "/+incubator/" if kind == "private" else "/"

    chromium.get(f"{server.url}{root}docs/demo/index.html")

    if kind == "private":
        assert chromium.title == "waiting", "nothing runs where a login is needed"
        colour = "return getComputedStyle(document.querySelector('h1')).color"
        assert chromium.execute_script(colour) == "rgb(1, 2, 3)"
        return
    WebDriverWait(chromium, PATIENCE).until(lambda it: it.title == "done")
    found = chromium.execute_script("return window.found")
    chromium.get_log("browser")  # what was not allowed is told there; other tests want silence
    assert found.pop("frame") != "Account"
    assert found == {
        "storage": "1",
        "cookie": "",
        "data": 7,
        "worker": 8,
        "account": "TypeError",
        "account with cookies": "TypeError",
        "origin": "null",
        "style": "rgb(1, 2, 3)",
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_a_bar_stands_over_the_documentation(
    chromium: webdriver.Chrome, hosted: tuple[str, Server], width: int
) -> None:
    kind, server = hosted
    window = Window(chromium, server.url, width)
    window.open("/+login")
    window.send("+login", name="ada", password=PASSWORD)
    root = "/+incubator/" if kind == "private" else "/"

    chromium.get(f"{server.url}{root}docs/demo/+read/")

    inner = chromium.execute_script("return document.documentElement.scrollWidth")
    assert inner <= width
    if PICTURES:
        window._picture()
    window.one(".menu summary").click()
    assert "all versions" in window.text(".menu ul")
    chromium.switch_to.frame(window.one("iframe"))
    try:
        assert window.text("h1") == "Manual"
        colour = "return getComputedStyle(document.querySelector('h1')).color"
        assert chromium.execute_script(colour) == "rgb(1, 2, 3)"
        if kind == "public":
            WebDriverWait(chromium, PATIENCE).until(
                lambda it: it.execute_script("return window.found")
            )
            assert chromium.execute_script("return window.found.origin") == "null"
    finally:
        chromium.switch_to.default_content()
        chromium.get_log("browser")
