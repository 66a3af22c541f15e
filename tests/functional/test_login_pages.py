"""Logging in and out in a browser."""

import pytest
from passlib.hash import bcrypt
from webtest import TestApp

from mypi import make_app
from mypi.services import throttle
from mypi.web import sessions
from mypi.web.sessions import COOKIE
from tests.browsing import Browser
from tests.factories import wheel
from tests.inside import actions, site
from tests.people import PASSWORD, add_token, add_users, set_policy
from tests.reading import publish

FILE = "/packages/stable/six/six-1.0-py3-none-any.whl"


@pytest.fixture
def browser(wsgi):
    return Browser(wsgi)


@pytest.fixture
def closed(wsgi):
    """root is an admin, ada a user."""
    add_users(wsgi, "root", "ada")


def test_whoever_knows_the_password_is_logged_in_and_led_on(browser, closed):
    form = browser.get("/+login?next=/simple/").forms[1]
    form["name"], form["password"] = "ada", PASSWORD

    answer = form.submit(status=303)

    assert answer.headers["Location"] == "/simple/"
    assert browser.frame() == "ada"
    assert "Logged in as ada." in browser.get("/").text


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong password"), ("eve", PASSWORD)])
def test_a_wrong_login_does_not_say_what_was_wrong(browser, closed, name, password):
    answer = browser.log_in(name, password, status=401)

    assert answer.html.select_one("[role=alert]").text == "The user name or the password is wrong."
    assert answer.forms[1]["name"].value == name
    assert answer.forms[1]["password"].value == ""
    assert password not in answer.text
    assert browser.frame() == "Log in"


def test_who_guesses_is_told_to_wait(browser, closed, monkeypatch):
    monkeypatch.setattr(throttle, "FIRST", throttle.LONGEST)  # the test takes a while, too
    for _ in range(50):
        answer = browser.log_in("ada", "wrong password", status="*")
        if answer.status_int != 401:
            break

    assert answer.status_int == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.html.select_one("[role=alert]")
    assert browser.log_in("ada", PASSWORD, status="*").status_int == 429


def test_a_password_manager_knows_the_fields(browser, closed):
    html = browser.get("/+login").html

    assert html.select_one("input[name=name]")["autocomplete"] == "username"
    assert html.select_one("input[name=password]")["autocomplete"] == "current-password"
    assert html.select_one("input[name=password]")["type"] == "password"


def test_a_token_logs_no_browser_in(browser, wsgi, closed):
    answer = browser.log_in("ada", add_token(wsgi, "ada"), status=401)

    assert "for tools" in answer.html.select_one("[role=alert]").text
    assert browser.frame() == "Log in"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=y",
        "/ü",
        "/" + "x" * 5000,
        "",
    ],
)
def test_nobody_is_led_to_another_site(browser, closed, target):
    answer = browser.log_in("ada", next=target)

    assert answer.headers["Location"] == "/"


def test_an_application_below_a_prefix_leads_to_addresses_below_it(wsgi, closed):
    browser = Browser(wsgi, SCRIPT_NAME="/pypi")

    answer = browser.log_in("ada", next="/pypi/simple/")

    assert answer.headers["Location"] == "/pypi/simple/"
    assert browser.log_in("ada", next="/pypifoo/").headers["Location"] == "/pypi/"


def test_a_private_page_asks_to_log_in_and_comes_back(browser, wsgi, closed):
    set_policy(wsgi, "stable", grants={"read": ("users",)})

    asked = browser.get("/", status=303)
    page = browser.get(asked.headers["Location"])

    assert page.forms[1]["next"].value == "/"
    assert browser.get(page.html.select_one("link[rel=stylesheet]")["href"]).status_int == 200
    browser.log_in("ada")
    assert browser.get("/").status_int == 200


def test_logging_out_takes_a_button(browser, closed):
    browser.log_in("ada")

    page = browser.get("/+logout")
    assert browser.frame() == "ada"
    page.forms[1].submit(status=303)

    assert browser.frame() == "Log in"


@pytest.mark.parametrize("address", ["/+login", "/+logout"])
def test_a_form_without_its_token_is_refused(browser, closed, address):
    browser.log_in("ada")

    answer = browser.post(address, {"name": "ada", "password": PASSWORD}, status=400)

    assert "too old" in answer.text
    assert browser.frame() == "ada"


def test_a_token_of_another_browser_is_refused(browser, wsgi, closed):
    other = Browser(wsgi).get("/+login").forms[1]["csrf_token"].value
    browser.get("/+login")

    fields = {"name": "ada", "password": PASSWORD, "csrf_token": other}

    assert "too old" in browser.post("/+login", fields, status=400).text


def test_a_form_of_another_site_is_refused(browser, closed):
    form = browser.get("/+login").forms[1]
    form["name"], form["password"] = "ada", PASSWORD

    form.submit(headers={"Origin": "https://evil.example"}, status=403)

    assert browser.frame() == "Log in"


def test_a_form_as_large_as_an_upload_is_not_read(browser, closed):
    answer = browser.post("/+login", {"password": "x" * 2**19}, status=413)

    assert "larger than" in answer.text


def test_nobody_has_to_log_in_to_an_open_index(browser):
    assert "nobody needs to log in" in browser.get("/+login").text
    assert "nobody needs to" in browser.get("/+logout").text
    assert not browser.get("/").html.select("nav.account")
    assert "This index is open" in browser.get("/").html.footer.text


def test_the_pages_are_kept_by_nobody_and_take_no_foreign_content(browser, closed):
    for address in ("/+login", "/+logout"):
        headers = browser.get(address).headers

        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_new_password_ends_the_login_of_a_browser(browser, wsgi, closed):
    browser.log_in("ada")
    with site(wsgi) as it:
        it.users["ada"].session += 1

    assert browser.frame() == "Log in"


def test_a_user_of_an_htpasswd_file_logs_in(tmp_path, settings):
    crypted = bcrypt.using(rounds=4).hash(PASSWORD)
    (tmp_path / "users").write_text(f"eva:{crypted}\n")
    application = make_app({**settings, "mypi.htpasswd": str(tmp_path / "users")})
    browser = Browser(application)

    try:
        assert browser.log_in("eva").status_int == 303
        page = browser.get("/+account")
    finally:
        application.registry.database.close()

    assert "htpasswd file" in page.text
    assert not page.html.select("input[name=current]")


def test_logging_in_stores_nothing(browser, wsgi, closed):
    before = actions(wsgi)

    browser.log_in("ada")

    assert actions(wsgi) == before
    assert isinstance(browser.app, TestApp)


@pytest.mark.parametrize("address", ["/./+api/v1/whoami", "//+api/v1/whoami", "/+api/v1/whoami"])
def test_no_spelling_of_an_address_of_the_api_takes_a_cookie(browser, closed, address):
    browser.log_in("root")

    assert browser.frame() == "root"
    assert browser.get(address).json["name"] == ""


def test_a_login_is_not_renewed_by_what_others_may_be_given(browser, wsgi, closed, monkeypatch):
    """A shared cache that keeps cookies would hand the login on."""
    set_policy(wsgi, "stable", grants={"read": ("everyone",), "upload": ("everyone",)})
    publish(TestApp(wsgi), wheel("six", "1.0"))
    browser.log_in("root")
    monkeypatch.setattr(sessions, "_REISSUE", -1)

    renewed = [
        address
        for address in ("/", "/six/", "/Six/", "/simple/six/", "/+feeds/projects.atom", FILE)
        if (answer := browser.get(address, status="*")).headers.getall("Set-Cookie")
        and not answer.headers["Cache-Control"].startswith("private")
    ]

    assert renewed == []
    assert COOKIE in browser.get("/six/").headers["Set-Cookie"]
