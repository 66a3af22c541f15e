"""The life of an index in a browser: log in, create, make a token, promote, undo, delete, restore.

Every page on the way is looked at: it fits the window, wide or narrow, and its console is silent.
"""

from tests.browser.driving import Window
from tests.people import PASSWORD


def log_in(window: Window, name: str) -> None:
    window.open("/")
    window.click("Log in")
    window.send("/+login", name=name, password=PASSWORD)
    assert name in window.text("nav.account")


def test_an_admin_keeps_the_site(window: Window) -> None:
    log_in(window, "root")

    window.click("Admin")
    window.click("Indexes", ".sections")
    window.send("/indexes/", name="team", title="Of the team")
    assert "The index is there" in window.text("[role=status]")
    window.one("[name=upload]").send_keys(" @team")
    assert "users and @team may upload" in window.text("[data-live]").replace(
        "whoever is logged in", "users"
    )
    window.send("/change", upload="ada", keep_days="30")
    assert "ada may upload" in window.text(".lead")
    for section in ("Promotions", "Trash", "Retention", "Log", "Policy"):
        window.click(section, ".sections")
    window.send("/delete", confirm="wrong")
    assert "type team" in window.text("[role=alert]")
    window.send("/delete", confirm="team")
    window.click("Restore team")
    assert "Restored" in window.text("[role=status]")

    window.open("/+admin/users/")
    window.send("/add", name="eva", password=PASSWORD, groups="team")
    assert "eva" in window.text("table")
    for section in ("Overview", "Tokens", "Trash", "Log"):
        window.click(section, ".sections")


def test_a_user_makes_a_token_and_revokes_it(window: Window) -> None:
    log_in(window, "ada")

    window.click("ada", "nav.account")
    window.send("/tokens", label="laptop", projects="six")
    secret = window.text("code.secret")
    assert secret.startswith("mypi-")
    assert secret in window.text(".panel pre")
    window.click("Done")
    assert secret not in window.chromium.page_source
    window.send("/revoke")
    assert "revoked" in window.text("[role=status]")
    window.send("/password", current="wrong", new=PASSWORD, again=PASSWORD)
    assert "current" in window.text("[role=alert]")
    window.click("Log out")
    window.send("/+logout")
    assert "Log in" in window.text("nav.account")


def test_a_release_is_promoted_from_its_page_and_the_promotion_undone(window: Window) -> None:
    log_in(window, "ada")
    window.open("/+incubator/six/")

    window.click("Promote to stable")
    window.send("+promote", note="tested")
    assert "six 1.0 is in stable now" in window.text("[role=status]")
    window.click("six 1.0", "[role=status]")
    assert "promoted from incubator" in window.text(".badges")
    window.chromium.back()
    window.click("Undo the promotion")

    assert "undone" in window.text("[role=status]")
    window.open("/six/")
    assert "comes from" not in window.text()


def test_a_release_is_yanked_deleted_and_restored(window: Window) -> None:
    log_in(window, "ada")
    window.open("/+incubator/six/1.0/")

    window.click("Manage")
    window.send("+yank", reason="It breaks on Mondays")
    assert "Yanked" in window.text("[role=status]")
    assert "It breaks on Mondays" in window.text("table")
    window.send("+delete", confirm="nonsense")
    assert "type six" in window.text("[role=alert]")
    window.send("+delete", confirm="six", reason="a mistake")
    assert "Deleted" in window.text("[role=status]")
    window.click("Restore six 1.0")
    assert "Restored" in window.text("[role=status]")
    window.open("/+incubator/six/")
    assert "yanked" in window.text(".badges")
    window.open("/+incubator/six/+manage")
    window.send("+status", status="deprecated", reason="Use seven")
    assert "status is changed" in window.text("[role=status]")
