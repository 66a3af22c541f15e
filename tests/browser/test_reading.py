"""Reading about a release: copy its install line, see what changed, buttons for who may."""

import urllib.request

from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.driving import Window
from tests.browser.test_admin import log_in
from tests.factories import wheel
from tests.people import basic
from tests.posting import form, upload_fields
from tests.serving import Server

COPIED = "navigator.clipboard.readText().then(arguments[0], (error) => arguments[0](String(error)))"


def test_the_install_line_is_copied_whole(window: Window) -> None:
    window.chromium.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": window.url},
    )
    window.open("/+incubator/six/")

    window.chromium.execute_script("window.setTimeout = () => 0")  # the word stays
    window.one(".install .copy").click()

    said = WebDriverWait(window.chromium, 10)
    said.until(lambda _: "Copied" in window.text(".install .copy"))
    assert window.chromium.execute_async_script(COPIED) == (
        f"pip install -i {window.url}/+incubator/ six"
    )


def test_the_code_of_a_readme_is_copied(window: Window, server: Server) -> None:
    readme = "Call it:\n\n```python\nimport six\nsix.print_()\n```\n"
    kind = ["Description-Content-Type: text/markdown"]
    upload_as_root(server, *wheel("coded", "1.0", description=readme, headers=kind))
    window.chromium.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": window.url},
    )
    log_in(window, "root")
    window.open("/+incubator/coded/")

    window.one(".readme pre").click()
    window.chromium.execute_script("window.setTimeout = () => 0")  # the word stays
    window.one(".readme .copy").click()

    wait = WebDriverWait(window.chromium, 10)
    wait.until(lambda _: "Copied" in window.text(".readme .copy"))
    copied = window.chromium.execute_async_script(COPIED)
    assert copied == "import six\nsix.print_()\n"


def test_two_releases_are_compared_in_one_click(window: Window, server: Server) -> None:
    archive = wheel("six", "1.1", summary="Two, three and four", files={"new.py": b"x = 1"})
    upload_as_root(server, *archive)
    log_in(window, "root")
    window.open("/+incubator/six/")

    window.click("Changes", "nav.sections")

    assert window.chromium.current_url.endswith("/+incubator/six/1.1/+diff/1.0")
    assert "six/new.py" in window.text()
    assert "Two, three and four" in window.text()


def test_buttons_are_for_who_may_press_them(window: Window) -> None:
    window.open("/+incubator/six/")
    assert "Promote to stable" not in window.text()
    assert "Manage" not in window.text("main")

    log_in(window, "root")
    window.open("/+incubator/six/")
    assert "Promote to stable" in window.text()
    assert "Manage" in window.text("main")


def upload_as_root(server: Server, filename: str, content: bytes) -> None:
    body, kind = form(upload_fields(content), filename, content)
    headers = {"Content-Type": kind, **basic("root")}
    request = urllib.request.Request(server.url + "/+incubator/", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
