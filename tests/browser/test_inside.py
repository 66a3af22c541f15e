"""A look inside archives: nothing in them runs, lines can be marked, everybody can read it."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser import axe
from tests.browser.conftest import WIDTHS
from tests.browser.driving import Window
from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server

FILE = "/demo/2.0/demo-2.0-py3-none-any.whl"
INSIDE = f"{FILE}/+contents/"
EVIL = "<script>document.title = 'run'</script>\n<img src=x onerror=\"document.title = 'run'\">\n"
NAME = "'\"><img src=x onerror=document.title='run'>.html"
CLICK = """
const click = {bubbles: true, cancelable: true, shiftKey: arguments[1]};
arguments[0].dispatchEvent(new MouseEvent("click", click));
"""
"""Script: a click without the way there, as the page scrolls under the pointer."""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180a55dc3b50000000049454e44ae426082"
)


def files(number: int) -> dict[str, bytes]:
    code = "".join(f"def f{n}():\n    return {number}\n\n\n" for n in range(20))
    return {
        "code.py": code.encode(),
        NAME: f"{number}\n{EVIL}".encode(),
        "deep/er/and/deeper/still/there/a.txt": b"x",
        "logo.png": PNG,
        f"only-in-{number}.so": b"\0\1",
        **{f"many/m{n}.py": b"x = 1\n" for n in range(30)},
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two releases of a project."""
    with Server(tmp_path_factory.mktemp("inside") / "data") as server:
        for number in (1, 2):
            said = {"summary": EVIL.partition("\n")[0], "requires_dist": [f"six>={number}"]}
            archive = wheel("demo", f"{number}.0", files=files(number), **said)
            assert upload(server.url + "/", *archive).status == 200
        yield server


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def reader(request: pytest.FixtureRequest, chromium: webdriver.Chrome, filled: Server) -> Window:
    """A window on that server."""
    return Window(chromium, filled.url, request.param)


@pytest.mark.parametrize(
    "address",
    [
        FILE,
        INSIDE,
        f"{INSIDE}demo/code.py",
        f"{INSIDE}demo/logo.png",
        f"{INSIDE}demo/only-in-2.so",
        f"{INSIDE}demo/%27%22%3E%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D%27run%27%3E.html",
        "/demo/2.0/+diff/1.0",
    ],
    ids=["file", "contents", "source", "picture", "bytes", "hostile", "compare"],
)
def test_a_page_is_for_everybody_and_runs_nothing(reader: Window, address: str) -> None:
    reader.open(address)

    assert axe.violations(reader.chromium) == []
    assert reader.chromium.title.endswith("– mypi")
    hosts = [it.address for it in reader.loaded() if not it.address.startswith(reader.url)]
    assert hosts == []


def test_lines_are_marked_by_the_address_and_by_shift(reader: Window) -> None:
    def marked() -> list[str]:
        found = reader.chromium.find_elements(By.CSS_SELECTOR, ".lines .marked")
        return [it.get_attribute("id") or "" for it in found]

    reader.open(f"{INSIDE}demo/code.py#L3-5")
    assert marked() == ["L3", "L4", "L5"]

    reader.chromium.execute_script(CLICK, reader.one("#L7 > a"), False)
    assert marked() == ["L7"]

    reader.chromium.execute_script(CLICK, reader.one("#L9 > a"), True)
    assert marked() == ["L7", "L8", "L9"]
    assert reader.chromium.current_url.endswith("#L7-9")


def test_one_comes_from_the_file_to_a_source_by_links(reader: Window) -> None:
    reader.open(FILE)
    reader.click("Look inside")
    reader.click("code.py", ".tree")

    assert "return 2" in reader.text(".lines")
