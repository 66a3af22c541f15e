"""A walk over the pages of an index with some forty real packages, and some that are unlike any.

Each page, on a wide screen and on a phone, light and dark: it fits, its console is silent, axe-core
finds nothing, nothing is asked of another host, and it weighs little.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from selenium import webdriver

from tests.browser import axe, corpus
from tests.browser.conftest import WIDTHS
from tests.browser.driving import Window
from tests.posting import form, post, upload
from tests.serving import Server

HEAVY = 150_000
"""Bytes of a page with all that it loads, as they travel."""

RELEASE = {"name": "registered-only", "version": "1.0", "metadata_version": "1.0"}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the corpus; one release is yanked, one project has no file."""
    with Server(tmp_path_factory.mktemp("tour") / "data") as server:
        real = [(path.name, path.read_bytes()) for path in corpus.real()]
        for archive in [*real, *corpus.made()]:
            answer = upload(server.url + "/", *archive)
            assert answer.status == 200, (archive[0], answer.reason)
        assert post(server.url + "/", *form({":action": "submit", **RELEASE})).status == 200
        yield server


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    """What the visitor's system prefers."""
    return str(request.param)


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def visitor(
    request: pytest.FixtureRequest, chromium: webdriver.Chrome, walked: Server, theme: str
) -> Iterator[Window]:
    """A window on the server with the corpus."""
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    yield Window(chromium, walked.url, request.param)
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def wheel_of(name: str, version: str = "1.0") -> str:
    return f"/{name}/{version}/{name.replace('-', '_')}-{version}-py3-none-any.whl"


PAGES = {
    "home": "/",
    "another index": "/+incubator/",
    "all projects": "/+projects",
    "search": "/+search?q=http",
    "search finds nothing": "/+search?q=reqeusts",
    "search by classifier": "/+search?q=classifier:%22Framework+::+Pytest%22",
    "real, Markdown": "/rich/",
    "real, reStructuredText": "/docutils/",
    "real, many links": "/pyramid/",
    "non-ASCII": "/non-ascii/",
    "hostile": "/hostile/",
    "pre-releases only": "/only-pre/",
    "no file": "/registered-only/",
    "long name": f"/{corpus.LONG_NAME}/",
    "many wheels": "/many-wheels/",
    "many releases": "/many-releases/",
    "history": "/many-releases/+history",
    "used by": "/six/+used-by",
    "comparison": "/many-releases/1.1/+diff/1.0",
    "file": wheel_of("non-ascii"),
    "contents": wheel_of("non-ascii") + "/+contents/",
    "member": wheel_of("non-ascii") + "/+contents/non_ascii/__init__.py",
    "statistics": "/six/+stats",
    "statistics of the index": "/+stats",
    "set-up": "/+setup",
    "upload": "/+upload",
    "feeds": "/+feeds/",
    "unknown project": "/reqeusts/",
    "unknown version": "/six/99/",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_for_everybody(visitor: Window, page: str) -> None:
    visitor.open(PAGES[page])

    assert axe.violations(visitor.chromium) == []
    loaded = visitor.loaded()
    assert {urlsplit(one.address).netloc for one in loaded} == {urlsplit(visitor.url).netloc}
    assert sum(one.size for one in loaded) < HEAVY


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_script(walked: Server, chromium: webdriver.Chrome, page: str) -> None:
    window = Window(chromium, walked.url, 390)
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        window.open(PAGES[page])
        said = " ".join(window.text("body").split())
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert window.one("h1").text
    assert len(said) > 100
