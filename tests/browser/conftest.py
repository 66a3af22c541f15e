"""A real Chromium, driven by its own driver, before a real server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from mypi import make_app
from tests.browser.driving import Window
from tests.factories import sdist, wheel
from tests.people import add_users
from tests.posting import upload
from tests.serving import Server

WIDTHS = (1280, 390)


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    """The browser, headless."""
    driver, program = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or program is None:
        pytest.skip("needs chromium and chromedriver")
    options = Options()
    options.binary_location = program
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with six 1.0 in the incubator; root is an admin, ada a user."""
    data = tmp_path / "data"
    with Server(data) as running:
        for archive in (wheel("six", "1.0", summary="Two and three"), sdist("six", "1.0")):
            answer = upload(running.url + "/+incubator/", *archive)
            assert answer.status == 200, answer.text
        running.stop()
        application = make_app({"mypi.data": str(data), "mypi.min_free": "0"})
        add_users(application, "root", "ada")
        application.registry.database.close()
        running.start()
        yield running


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def window(request: pytest.FixtureRequest, chromium: webdriver.Chrome, server: Server) -> Window:
    """An empty window of a wide or a narrow screen, without cookies."""
    return Window(chromium, server.url, request.param)
