"""A webhook in a browser: add it, keep the secret, test it, read its log, remove it."""

from tests.browser import axe
from tests.browser.driving import Window
from tests.browser.test_admin import log_in
from tests.receiving import Receiver


def test_an_admin_adds_a_webhook_tests_it_and_removes_it(window: Window) -> None:
    log_in(window, "root")
    with Receiver() as receiver:
        window.open("/+admin/")
        window.click("Webhooks", ".sections")
        is_for_everybody(window)
        window.chromium.execute_script("document.querySelector('details').open = true")
        window.look()
        is_for_everybody(window)
        window.send("/webhooks/", url=receiver.url, index="incubator")
        secret = window.text("code.secret")
        is_for_everybody(window)
        window.send("/test")

        assert "took the test" in window.text("[role=status]")
        assert receiver.next().json["event"] == "test"
        assert secret not in window.chromium.page_source
        is_for_everybody(window)
        assert "everything of incubator" in window.text("table")
    window.send("/test")
    assert "did not take the test" in window.text("[role=alert]")
    is_for_everybody(window)
    window.open("/+admin/webhooks/")
    is_for_everybody(window)
    window.click(window.one("table a").get_attribute("textContent") or "", "table")
    assert "Nothing was sent yet" in window.text()
    is_for_everybody(window)
    window.click("All webhooks")
    window.send("/remove")
    assert "nothing is sent there any more" in window.text("[role=status]")


def is_for_everybody(window: Window) -> None:
    """axe-core finds nothing, in the light and in the dark."""
    for theme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        window.chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        assert axe.violations(window.chromium) == [], theme
    window.chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
