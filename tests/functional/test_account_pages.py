"""What people do to their own account in a browser: tokens, password, logins."""

import re

import pytest

from tests.browsing import Browser
from tests.factories import wheel
from tests.inside import send, site
from tests.people import PASSWORD, add_token, add_users, basic, bearer, set_policy
from tests.wire import fields_of, requests_upload


@pytest.fixture
def ada(wsgi):
    """The browser of ada, who is a user; root is an admin, bob another user."""
    add_users(wsgi, "root", "ada", "bob", team=("ada",))
    browser = Browser(wsgi)
    browser.log_in("ada")
    return browser


def make_token(browser, status=200, **fields):
    form = browser.form(browser.get("/+account"), "/tokens")
    form["label"] = "laptop"
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def secret_of(page):
    return page.html.select_one("code.secret").text


def tick(form, name, *values):
    for box in form.fields[name]:
        box.checked = box._value in values


def test_the_page_says_who_one_is(ada):
    page = ada.get("/+account")

    assert page.html.h1.text == "ada"
    assert "In the groups team." in page.text
    assert "You may do everything" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_stranger_is_led_to_the_login(wsgi, ada):
    answer = Browser(wsgi).get("/+account", status=303)

    assert answer.headers["Location"] == "/+login?next=%2F%2Baccount"


def test_a_token_is_shown_once_and_then_works(ada, app):
    page = make_token(ada)
    secret = secret_of(page)

    assert secret not in ada.get("/+account").text
    assert page.headers["Cache-Control"] == "no-store"
    body = requests_upload(fields_of(*wheel("six", "1.0")))
    assert send(app, body, **bearer(secret)).status_int == 200


def test_the_new_token_comes_with_the_lines_that_use_it(ada):
    page = make_token(ada)
    secret, text = secret_of(page), page.html.select_one("section").text

    assert f"index-url = http://__token__:{secret}@localhost:6543" in text
    assert f"repository = http://localhost:6543\nusername = __token__\npassword = {secret}" in text
    assert f"TWINE_USERNAME=__token__ TWINE_PASSWORD={secret} twine upload" in text
    assert f"UV_PUBLISH_TOKEN={secret} uv publish --publish-url http://localhost:6543" in text


def test_a_limited_token_is_limited(ada, wsgi):
    form = ada.form(ada.get("/+account"), "/tokens")
    form["label"], form["projects"], form["expires"] = "CI", "Six, attrs", "30"
    tick(form, "permissions", "upload")
    tick(form, "indexes", "incubator")

    page = form.submit(status=200)

    assert "may upload in incubator, only attrs and six" in page.text
    assert "/+incubator/" in page.html.select_one("section").text
    with site(wsgi) as it:
        (token,) = it.tokens.values()
        assert token.user == "ada"
        assert token.scope.permissions == ("upload",)
        assert token.scope.projects == ("attrs", "six")
        assert token.expires - token.created == pytest.approx(30 * 86400)


def test_a_token_without_a_label_is_refused_at_its_field(ada, wsgi):
    page = make_token(ada, label="", projects="six", status=400)

    field = page.html.select_one("input[name=label]")
    assert field["aria-invalid"] == "true"
    assert "label:" in page.html.select_one("#" + field["aria-describedby"].split()[-1]).text
    assert page.html.select_one("input[name=projects]")["value"] == "six"
    with site(wsgi) as it:
        assert not it.tokens


@pytest.mark.parametrize(
    "fields",
    [
        {"indexes": "vault"},
        {"indexes": "nowhere"},
        {"permissions": "administer"},
        {"projects": "../etc"},
        {"expires": "99999"},
        {"expires": "-1"},
        {"label": "x" * 200},
        {"label": "<script>alert(1)</script>\u0000"},
    ],
    ids=str,
)
def test_a_token_for_what_is_not_there_is_refused(ada, wsgi, fields):
    with site(wsgi) as it:
        vault = type(it.indexes["stable"])("vault", type(it.indexes["stable"].policy)("vault"))
        vault.policy.grants = {"read": ("root",), "upload": (), "promote": ()}
        it.indexes["vault"] = vault
    token = ada.form(ada.get("/+account"), "/tokens")["csrf_token"].value
    sent = {"csrf_token": token, "label": "x", "expires": "30", **fields}

    page = ada.post("/+account/tokens", sent, status="*")

    assert 400 <= page.status_int < 500
    assert "<script>" not in page.text
    assert "vault" not in ada.get("/+account").text
    with site(wsgi) as it:
        assert not it.tokens


def test_one_s_own_tokens_are_listed_and_revoked(ada, wsgi, app):
    text = add_token(wsgi, "ada")
    add_token(wsgi, "bob")

    page = ada.get("/+account")
    assert len(page.html.select("table.rows tbody tr")) == 1
    answer = ada.form(page, "/revoke").submit(status=303)

    assert "worth nothing" in answer.follow().text
    app.get("/simple/", headers=bearer(text), status=401)
    with site(wsgi) as it:
        assert [token.user for token in it.tokens.values()] == ["bob"]


def test_the_tokens_of_others_cannot_be_revoked(ada, wsgi):
    add_token(wsgi, "ada")
    add_token(wsgi, "bob")
    with site(wsgi) as it:
        (number,) = [token.id for token in it.tokens.values() if token.user == "bob"]
    form = ada.form(ada.get("/+account"), "/revoke")
    form["id"] = number

    form.submit(status=404)

    with site(wsgi) as it:
        assert len(it.tokens) == 2


def test_the_use_of_a_token_is_seen(ada, wsgi, app):
    text = add_token(wsgi, "ada")
    assert "never" in ada.get("/+account").html.select_one("td[data-label='Last used']").text

    app.get("/simple/", headers=bearer(text))

    assert ada.get("/+account").html.select_one("td[data-label='Last used']").text == "today"


def test_a_new_password_keeps_this_browser_and_ends_the_others(ada, wsgi):
    other = Browser(wsgi)
    other.log_in("ada")

    fields = {"current": PASSWORD, "new": "a new sentence", "again": "a new sentence"}
    answer = ada.send("/+account", "/password", **fields)

    assert "password is changed" in answer.follow().text
    assert other.frame() == "Log in"
    assert Browser(wsgi).log_in("ada", "a new sentence").status_int == 303
    Browser(wsgi).log_in("ada", PASSWORD, status=401)


@pytest.mark.parametrize(
    ("fields", "status", "wrong"),
    [
        ({"current": "not this one"}, 403, "current"),
        ({"again": "something else"}, 400, "again"),
        ({"new": "short", "again": "short"}, 400, ""),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(ada, wsgi, fields, status, wrong):
    told = {"current": PASSWORD, "new": "a new sentence", "again": "a new sentence", **fields}

    page = ada.send("/+account", "/password", status, **told)

    assert page.html.select_one("[role=alert]")
    if wrong:
        assert page.html.select_one(f"input[name={wrong}]")["aria-invalid"] == "true"
    assert all(not field.get("value") for field in page.html.select("input[type=password]"))
    Browser(wsgi).log_in("ada", PASSWORD)


def test_one_logs_out_everywhere(ada, wsgi):
    other = Browser(wsgi)
    other.log_in("ada")

    ada.send("/+account", "/sessions")

    assert ada.frame() == other.frame() == "Log in"
    assert Browser(wsgi).log_in("ada").status_int == 303


@pytest.mark.parametrize("act", ["tokens", "revoke", "password", "sessions"])
def test_a_form_without_its_token_changes_nothing(ada, wsgi, act):
    ada.post(f"/+account/{act}", {"label": "x", "expires": "0"}, status=400)

    assert ada.frame() == "ada"
    with site(wsgi) as it:
        assert not it.tokens


def test_a_token_makes_no_tokens(ada, wsgi, app):
    login = bearer(add_token(wsgi, "ada"))

    app.get("/+account", headers=login, status=403)
    app.post("/+account/tokens", {"label": "x"}, headers=login, status=403)


def test_an_open_index_has_no_accounts(wsgi):
    browser = Browser(wsgi)

    page = browser.get("/+account")

    assert "nobody needs to log in" in page.text
    assert not page.html.main.select("form")
    token = re.search("csrf_token=([^;]+)", page.headers["Set-Cookie"])[1]
    fields = {"csrf_token": token, "label": "x", "expires": "0"}
    assert "no accounts" in browser.post("/+account/tokens", fields, status=400).text


def test_an_admin_is_told_so_and_finds_the_admin_pages(ada, wsgi, app):
    root = Browser(wsgi)
    root.log_in("root")

    assert "You may do everything here." in root.get("/+account").text
    assert root.get("/").html.select_one("nav.account a")["href"] == "/+admin/"
    assert "Admin" not in ada.get("/").html.select_one("nav.account").text
    assert app.get("/+account", headers=basic("ada")).status_int == 200


def test_pages_of_one_reader_are_not_shown_to_another(ada, wsgi):
    set_policy(wsgi, "stable", grants={"manage": ("ada",)})

    assert "ada" in ada.get("/").html.select_one("nav.account").text
    assert "Manage this index" in ada.get("/").text
    stranger = Browser(wsgi).get("/")
    assert "ada" not in stranger.text
    assert "Manage this index" not in stranger.text
