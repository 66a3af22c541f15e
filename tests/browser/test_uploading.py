"""Files are uploaded in the browser: chosen or dropped, with and without the script."""

from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import axe
from tests.browser.driving import Window
from tests.factories import sdist, wheel
from tests.people import PASSWORD
from tests.serving import Server
from tests.waiting import PATIENCE

DROP = """
const files = new DataTransfer();
files.items.add(new File([Uint8Array.from(arguments[1])], arguments[0]));
for (const kind of ["dragover", "drop"]) {
  document.body.dispatchEvent(
    new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: files}));
}
"""


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder of archives: two are fine, one is known, one is none."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for filename, content in (wheel("fresh", "1.0"), sdist("fresh", "1.0"), wheel("seen", "1.0")):
        (folder / filename).write_bytes(content)
    (folder / "notes.txt").write_text("not an archive")
    return folder


@pytest.fixture
def ada(window: Window) -> Window:
    """A window in which ada has logged in."""
    window.open("/")
    window.click("Log in")
    window.send("/+login", name="ada", password=PASSWORD)
    return window


def words(window: Window) -> dict[str, str]:
    """File name -> what its row says it came to, of all rows."""
    rows = window.chromium.find_elements(By.CSS_SELECTOR, ".sent li")
    return {
        row.find_element(By.TAG_NAME, "b").text: row.find_element(By.CSS_SELECTOR, ".badge").text
        for row in rows
    }


def until(window: Window, filename: str, word: str) -> None:
    """Wait for a file's row to say that word."""
    WebDriverWait(window.chromium, PATIENCE).until(lambda _: words(window).get(filename) == word)


def test_files_are_chosen_judged_by_name_and_sent(ada: Window, dist: Path) -> None:
    ada.open("/+upload")
    names = sorted(path.name for path in dist.iterdir())

    ada.one("#files").send_keys("\n".join(str(dist / name) for name in names))

    for name in names:
        until(ada, name, "refused" if name == "notes.txt" else "published")
    assert "unknown kind of file" in ada.text(".sent")
    assert "pip install -i" in ada.text(".sent pre")
    assert axe.violations(ada.chromium) == []
    ada.look()
    ada.one("#files").send_keys(str(dist / names[0]))
    WebDriverWait(ada.chromium, PATIENCE).until(lambda _: "here already" in words(ada).values())
    ada.click("Look at the release", ".sent")
    assert "fresh 1.0" in ada.text("h1")


def test_a_file_that_is_dropped_onto_the_home_page_is_uploaded(ada: Window) -> None:
    filename, content = wheel("dropped", "1.0")
    ada.open("/+incubator/")

    ada.chromium.execute_script(DROP, filename, list(content))

    until(ada, filename, "published")
    assert ada.chromium.current_url.endswith("/+incubator/+upload")
    ada.look()
    ada.open("/+incubator/dropped/")
    assert "dropped 1.0" in ada.text("h1")


def test_who_may_not_upload_is_asked_to_log_in(window: Window) -> None:
    window.open("/+upload")

    assert "/+login" in window.chromium.current_url
    window.open("/")
    assert not window.chromium.find_elements(By.CSS_SELECTOR, "[data-drop]")


def test_the_form_sends_all_files_at_once_without_the_script(
    chromium: webdriver.Chrome, server: Server, dist: Path
) -> None:
    window = Window(chromium, server.url, 390)
    window.open("/")
    window.click("Log in")
    window.send("/+login", name="ada", password=PASSWORD)
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        window.open("/+upload")
        window.one("#files").send_keys("\n".join(map(str, sorted(dist.iterdir()))))
        window.one("form.upload button").click()
        WebDriverWait(chromium, PATIENCE).until(lambda _: len(words(window)) == 4)
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert sorted(words(window).values()) == ["published", "published", "published", "refused"]


def test_an_install_line_takes_extras_and_the_tool_that_was_chosen_last(ada: Window) -> None:
    filename, content = wheel("fast", "1.0", headers=["Provides-Extra: speed"])
    ada.open("/+incubator/")
    ada.chromium.execute_script(DROP, filename, list(content))
    until(ada, filename, "published")
    ada.open("/+incubator/fast/")

    ada.one(".extras input").click()

    assert ada.text(".install .panel code").endswith('"fast[speed]"')
    ada.one(".install label[for=i-2]").click()
    ada.open("/+incubator/six/")
    assert ada.one("#i-2").is_selected()
