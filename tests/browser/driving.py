"""What a person does in a window: read, click, fill in; each page is looked at on the way."""

import base64
import os
from pathlib import Path
from typing import Any, NamedTuple

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.waiting import PATIENCE

PICTURES = os.environ.get("MYPI_PICTURES", "")
"""A folder for a picture of every page; empty: none are taken."""

LOOPBACK = "http://127.0.0.1:"
ARRIVED = "return !window.left && document.readyState === 'complete'"
"""Script: whether another page is there, and whole."""


LOADED = """
return [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((it) => [it.name, it.transferSize]);
"""


class Loaded(NamedTuple):
    """Something that a page asked for; ``size`` is bytes as they travelled."""

    address: str
    size: int


class Window:
    """One window of a given width.  Every page it comes to must fit, and be silent."""

    def __init__(self, chromium: webdriver.Chrome, url: str, width: int) -> None:
        self.chromium = chromium
        self.url = url
        self.width = width
        self.pages = 0
        chromium.delete_all_cookies()
        chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def open(self, address: str) -> None:
        """Go to an address of the server."""
        self.chromium.get(self.url + address)
        self.look()

    def click(self, text: str, within: str = "body") -> None:
        """Click a link or a button by what it says; the page that follows is looked at."""
        root = self.one(within)
        for element in root.find_elements(By.CSS_SELECTOR, "a, button"):
            said = " ".join((element.get_attribute("textContent") or "").split())
            if element.is_displayed() and said == text:
                self._press(element)
                self.look()
                return
        raise AssertionError(f"there is no {text!r} at {self.chromium.current_url}")

    def send(self, act: str, **fields: Any) -> None:
        """Fill in the form whose address ends in ``act``, and send it."""
        form = self.one(f"form[method=post][action$='{act}']")
        for name, value in fields.items():
            field = form.find_element(By.NAME, name)
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            elif field.get_attribute("type") == "checkbox":
                field.click()
            else:
                field.clear()
                field.send_keys(value)
        self._press(form.find_element(By.CSS_SELECTOR, "button[type=submit]"))
        self.look()

    def one(self, selector: str) -> WebElement:
        """The first element of that kind."""
        return self.chromium.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str = "main") -> str:
        """What a part of the page says."""
        return self.one(selector).text

    def loaded(self) -> list[Loaded]:
        """The page and all that it asked for."""
        found = self.chromium.execute_script(LOADED)
        return [Loaded(str(address), int(size)) for address, size in found]

    def look(self) -> None:
        """The page is no wider than the window, and nothing on it went wrong."""
        self.pages += 1
        inner, outer = self.chromium.execute_script(
            "return [document.documentElement.scrollWidth, window.innerWidth]"
        )
        if PICTURES:
            self._picture()
        where = self.chromium.current_url
        assert outer == self.width, where
        assert inner <= outer, f"{where} is {inner} px wide in a window of {outer}"
        complaints = self._complaints()
        assert complaints == [], f"{where}: {complaints}"

    def _press(self, element: WebElement) -> None:
        self.chromium.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element
        )
        self.chromium.execute_script("window.left = true")
        element.click()
        wait = WebDriverWait(self.chromium, PATIENCE, ignored_exceptions=(WebDriverException,))
        wait.until(lambda chromium: chromium.execute_script(ARRIVED))

    def _complaints(self) -> list[str]:
        """What the console says; that an answer was 4xx is told there as well, and no fault.

        Nor is what the page of an earlier test said when it was left.
        """
        lines = [str(entry["message"]) for entry in self.chromium.get_log("browser")]
        return [
            line
            for line in lines
            if "the server responded with a status of 4" not in line
            and (line.startswith(self.url) or not line.startswith(LOOPBACK))
        ]

    def _picture(self) -> None:
        """All of the page, named after its address."""
        path = self.chromium.current_url.removeprefix(self.url).partition("?")[0]
        name = "".join(c if c.isalnum() or c in "+." else "-" for c in path).strip("-") or "home"
        taken = self.chromium.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True}
        )
        Path(PICTURES, f"{name}-{self.width}.png").write_bytes(base64.b64decode(taken["data"]))
