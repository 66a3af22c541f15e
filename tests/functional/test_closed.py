"""A closed site at the doors of tools: who may publish and install, and how others are told."""

import base64
import hashlib
import logging
import time

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.permissions import Scope
from mypi.services import throttle
from tests.factories import sdist, wheel
from tests.inside import files, index, send, site
from tests.people import add_token, add_users, basic, bearer, set_policy
from tests.reading import BROWSER
from tests.wire import NO_LOGIN, fields_of, register, requests_upload


@pytest.fixture(autouse=True)
def closed(wsgi):
    """root is an admin; ada and bob are users."""
    add_users(wsgi, "root", "ada", "bob")


def upload(app, name="six", version="1.0", address="/", make=wheel, **headers):
    headers.setdefault("Authorization", "")
    return send(app, requests_upload(fields_of(*make(name, version))), address, **headers)


def test_u6_a_stranger_is_challenged_in_words_that_old_tools_know(app):
    answer = upload(app, Authorization=NO_LOGIN)

    assert answer.status_int == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="pypi"'
    assert files(app, "six") == {}


def test_register_without_a_login_is_challenged_and_then_taken(app):
    fields = [(":action", "submit"), ("name", "six"), ("version", "1.0")]
    body, headers = register(fields)

    assert send(app, (body, headers)).status_int == 401
    assert send(app, (body, {**headers, **basic("ada")})).status_int == 200


def test_a_user_publishes_and_the_journal_says_who(app, wsgi):
    assert upload(app, **basic("ada")).status_int == 200

    with index(wsgi) as stable:
        assert {entry.by for _serial, entry in stable.journal.since(0)} == {"ada"}


@pytest.mark.parametrize(
    "login",
    [
        basic("ada", "wrong password"),
        basic("eve", "wrong password"),
        basic("ada", "x" * 100_000),
        basic("ada", "nul\0nul"),
        bearer("mypi-abcdefgh-nonsense"),
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic YWRh"},
        {"Authorization": "Basic /w=="},
        {"Authorization": "Digest username=ada"},
    ],
    ids=lambda login: login["Authorization"][:24],
)
def test_a_wrong_login_is_401_wherever_it_comes(app, login):
    for answer in (
        upload(app, **login),
        app.get("/simple/", headers=login, expect_errors=True),
    ):
        assert answer.status_int == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="pypi"'


@pytest.mark.parametrize("user", ["__token__", "ada", "whatever"])
def test_u7_a_token_is_a_password_of_any_name(app, wsgi, user):
    token = add_token(wsgi, "ada")

    assert upload(app, **basic(user, token)).status_int == 200


def test_u7_a_token_is_a_bearer(app, wsgi):
    assert upload(app, **bearer(add_token(wsgi, "ada"))).status_int == 200


def test_a_token_of_one_project_publishes_no_other(app, wsgi):
    token = bearer(add_token(wsgi, "ada", Scope(projects=("six",), permissions=("read", "upload"))))

    assert upload(app, "Six", **token).status_int == 200
    refused = upload(app, "seven", **token)

    assert refused.status_int == 403
    assert "The limits of this token of ada do not allow that" in refused.status
    assert "it may read and upload in every index, only six" in refused.text
    assert files(app, "seven") == {}


def test_a_token_of_one_index_publishes_to_no_other(app, wsgi):
    token = bearer(add_token(wsgi, "ada", Scope(indexes=("incubator",))))

    refused = upload(app, address="/", **token)

    assert "403 The limits of this token of ada do not allow that: it may" in refused.status
    assert "Use another token, or log in." in refused.text
    assert upload(app, address="/+incubator/", **token).status_int == 200


def test_a_token_that_only_reads_does_not_publish(app, wsgi):
    token = bearer(add_token(wsgi, "ada", Scope(permissions=("read",))))

    assert "403 The limits of this token of ada do not allow that" in upload(app, **token).status
    assert app.get("/simple/", headers=token).status_int == 200


def test_the_limits_of_a_token_are_not_blamed_for_what_its_user_may_not_do_either(app, wsgi):
    set_policy(wsgi, "stable", grants={"upload": ()})
    token = bearer(add_token(wsgi, "bob", Scope(permissions=("read",))))

    assert upload(app, **token).status == "403 bob is not allowed to do that here."


def test_an_expired_token_is_401(app, wsgi):
    with site(wsgi) as it:
        token = add_token(wsgi, "ada", expires=time.time() + 60)
    with site(wsgi) as it:
        (number,) = it.tokens
        it.tokens[number].expires = 1.0

    assert upload(app, **bearer(token)).status_int == 401


def test_the_use_of_a_token_is_noted(app, wsgi):
    token = add_token(wsgi, "ada")

    app.get("/simple/", headers=bearer(token))

    with site(wsgi) as it:
        ((_number, noted),) = it.tokens.items()
        assert noted.last_used == pytest.approx(time.time(), abs=60)


def test_reading_stays_free_where_everyone_may_read(app):
    upload(app, **basic("ada"))

    answer = app.get("/simple/six/")

    assert answer.status_int == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Authorization" in answer.headers["Vary"]


def test_answers_to_users_are_not_for_shared_caches(app, wsgi):
    set_policy(wsgi, "stable", grants={"read": ("users",)})
    upload(app, **basic("ada"))

    page = app.get("/simple/six/", headers=basic("ada"))
    (href,) = files_of(page)
    archive = app.get(href, headers=basic("ada"))

    assert page.headers["Cache-Control"].startswith("private")
    assert archive.headers["Cache-Control"].startswith("private")


def files_of(page):
    return ["/" + link["href"].split("#")[0].lstrip("./") for link in page.html.find_all("a")]


def test_a_read_only_user_is_403_and_not_asked_again(app, wsgi):
    set_policy(wsgi, "stable", grants={"upload": ("ada",)})

    answer = upload(app, **basic("bob"))

    assert answer.status_int == 403
    assert "WWW-Authenticate" not in answer.headers
    assert "bob is not allowed" in answer.status


def test_the_first_uploader_owns_the_project_where_the_index_says_so(app, wsgi):
    set_policy(wsgi, "stable", ownership=True)

    assert upload(app, "six", "1.0", **basic("ada")).status_int == 200
    assert upload(app, "six", "1.1", **basic("bob")).status_int == 403
    assert upload(app, "six", "1.1", **basic("ada")).status_int == 200
    assert upload(app, "six", "1.1", make=sdist, **basic("root")).status_int == 200


def test_of_a_project_with_owners_others_learn_nothing_by_uploading(app, wsgi):
    """403 comes before 409: whose bytes are there is not disclosed."""
    set_policy(wsgi, "stable", ownership=True)
    upload(app, "six", "1.0", **basic("ada"))
    other = wheel("six", "1.0", summary="other bytes")

    answer = send(app, requests_upload(fields_of(*other)), **basic("bob"))

    assert answer.status_int == 403


def test_a_browser_is_led_to_the_login_page(app, wsgi):
    set_policy(wsgi, "stable", grants={"read": ("users",)})

    answer = app.get("/six/?a=b", headers={"Accept": BROWSER})

    assert answer.status_int == 303
    assert answer.headers["Location"] == "/+login?next=%2Fsix%2F%3Fa%3Db"
    assert answer.headers["Cache-Control"] == "no-store"


def test_guessing_is_slowed_down_for_the_guesser_alone(app, monkeypatch):
    monkeypatch.setattr(throttle, "FIRST", throttle.LONGEST)  # the test takes a while, too
    answers = [
        app.get("/simple/", headers=basic("ada", f"guess {number}"), expect_errors=True)
        for number in range(8)
    ]

    assert [it.status_int for it in answers[:5]] == [401] * 5
    assert answers[-1].status_int == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert app.get("/simple/", headers=basic("bob")).status_int == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert app.get("/simple/", headers=basic("ada"), extra_environ=elsewhere).status_int == 200


def test_a_setting_closes_a_site_that_has_no_users_yet(settings, tmp_path):
    application = make_app({**settings, "zodbconn.uri": f"file://{tmp_path}/x/Data.fs"})
    closed = make_app(
        {**settings, "zodbconn.uri": f"file://{tmp_path}/y/Data.fs", "mypi.open": "false"}
    )
    try:
        assert upload(TestApp(application)).status_int == 200
        assert upload(TestApp(closed)).status_int == 401
    finally:
        application.registry.database.close()
        closed.registry.database.close()


def test_an_htpasswd_file_closes_the_site_and_is_read_live(settings, tmp_path):
    file = tmp_path / "htpasswd"
    file.write_text("")
    application = make_app(
        {
            **settings,
            "zodbconn.uri": f"file://{tmp_path}/z/Data.fs",
            "mypi.htpasswd": str(file),
        }
    )
    try:
        app = TestApp(application)
        assert upload(app, **basic("carol", "secret word")).status_int == 401

        # printf secret word | htpasswd -nis carol: {SHA} is what old files have
        file.write_text("carol:{SHA}" + sha1("secret word") + "\n")
        assert upload(app, **basic("carol", "secret word")).status_int == 200

        file.write_text("dave:{SHA}" + sha1("secret word") + "\n")
        assert upload(app, **basic("carol", "secret word")).status_int == 401
    finally:
        application.registry.database.close()


def sha1(text):
    return base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()


def test_in_the_open_mode_any_login_will_do(settings, tmp_path):
    application = make_app({**settings, "zodbconn.uri": f"file://{tmp_path}/o/Data.fs"})
    try:
        app = TestApp(application)
        for number, login in enumerate([basic("ada"), bearer("x"), {"Authorization": "Basic"}]):
            assert upload(app, version=f"1.{number}", **login).status_int == 200
    finally:
        application.registry.database.close()


def test_a_wrong_login_is_in_the_log_without_what_was_typed(app, caplog):
    with caplog.at_level(logging.INFO, "mypi"):
        app.get("/simple/", headers=basic("ada", "guess-work"), expect_errors=True)

    assert "wrong login at '/simple/' from=" in caplog.text
    assert "guess-work" not in caplog.text
