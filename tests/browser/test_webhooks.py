"""A webhook in a browser: add it, keep the secret, test it, read its log, remove it."""

from tests.browser.driving import Window
from tests.browser.test_admin import log_in
from tests.receiving import Receiver


def test_an_admin_adds_a_webhook_tests_it_and_removes_it(window: Window) -> None:
    log_in(window, "root")
    with Receiver() as receiver:
        window.open("/+admin/")
        window.click("Webhooks", ".sections")
        window.chromium.execute_script("document.querySelector('details').open = true")
        window.look()
        window.send("/webhooks/", url=receiver.url, index="incubator")
        secret = window.text("code.secret")
        window.send("/test")

        assert "took the test" in window.text("[role=status]")
        assert receiver.next().json["event"] == "test"
        assert secret not in window.chromium.page_source
        assert "everything of incubator" in window.text("table")
    window.send("/test")
    assert "did not take the test" in window.text("[role=alert]")
    window.open("/+admin/webhooks/")
    window.click(window.one("table a").get_attribute("textContent") or "", "table")
    assert "Nothing was sent yet" in window.text()
    window.click("All webhooks")
    window.send("/remove")
    assert "nothing is sent there any more" in window.text("[role=status]")
