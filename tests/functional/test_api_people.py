"""Users, groups and tokens over the API."""

import time

import pytest

from mypi.permissions import Scope
from mypi.services import throttle
from tests.api import Api
from tests.inside import site, state
from tests.people import PASSWORD, add_token, add_users, basic, bearer, secret_of


@pytest.fixture
def ada(app, wsgi):
    """An administrator of a closed site, in which bob is a user."""
    add_users(wsgi, "ada", "bob")
    return Api(app, basic("ada"))


@pytest.fixture
def bob(app, ada):
    return Api(app, basic("bob"))


def test_the_first_user_closes_the_site_and_administers_it(app, operator):
    assert operator.get("/")["open"] is True

    made = operator.post("/users", {"name": "ada", "password": PASSWORD}, 201)

    assert (made["name"], made["groups"], made["password"]) == ("ada", ["admins"], True)
    ada = Api(app, basic("ada"))
    assert ada.get("/whoami") == {
        "name": "ada",
        "groups": ["admins"],
        "open": False,
        "admin": True,
        "scope": {"indexes": [], "projects": [], "permissions": []},
    }
    assert Api(app).get("/")["open"] is False


def test_while_the_site_is_open_strangers_make_no_users(app, wsgi):
    Api(app).post("/users", {"name": "eve", "password": PASSWORD}, 403)

    with site(wsgi) as it:
        assert list(it.users) == []


def test_users_are_listed_added_and_removed(ada, app):
    ada.post("/users", {"name": "eve", "password": PASSWORD, "groups": ["team"]}, 201)
    ada.post("/users", {"name": "robot"}, 201)

    listed = ada.get("/users")["users"]

    assert [(it["name"], it["groups"], it["password"]) for it in listed] == [
        ("ada", ["admins"], True),
        ("bob", [], True),
        ("eve", ["team"], True),
        ("robot", [], False),
    ]
    assert ada.get("/users/eve") == listed[2]
    assert ada.delete("/users/eve") == {"done": True}
    ada.get("/users/eve", 404)
    ada.delete("/users/eve", 404)
    Api(app).app.get("/+api/v1/whoami", headers=basic("eve"), status=401)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "bob", "password": PASSWORD}, 409),
        ({"name": "no body", "password": PASSWORD}, 400),
        ({"name": "operator", "password": PASSWORD}, 400),
        ({"name": "eve", "password": "short"}, 400),
        ({"name": "eve", "password": ""}, 400),
        ({"name": "eve", "password": PASSWORD, "groups": ["no group"]}, 400),
    ],
)
def test_users_that_break_a_rule(ada, wsgi, body, status):
    ada.post("/users", body, status)

    with site(wsgi) as it:
        assert sorted(it.users) == ["ada", "bob"]


def test_a_new_password_counts_at_once(ada, bob, app):
    bob.get("/whoami")

    ada.patch("/users/bob", {"password": "another horse"})

    app.get("/+api/v1/whoami", headers=basic("bob"), status=401)
    assert Api(app, basic("bob", "another horse")).get("/whoami")["name"] == "bob"


def test_groups_are_set_and_removed(ada, bob):
    assert ada.put("/groups/team", {"members": ["bob", "ada"]}) == {
        "name": "team",
        "members": ["ada", "bob"],
    }
    assert bob.get("/whoami")["groups"] == ["team"]
    assert [it["name"] for it in ada.get("/groups")["groups"]] == ["admins", "team"]

    ada.delete("/groups/team")

    assert bob.get("/whoami")["groups"] == []
    ada.delete("/groups/team", 404)


def test_the_last_administrator_stays(ada):
    ada.put("/groups/admins", {"members": []}, 400)
    ada.delete("/groups/admins", 400)
    ada.delete("/users/ada", 400)

    assert ada.get("/whoami")["admin"] is True


def test_people_are_for_administrators(bob):
    bob.get("/users", 403)
    bob.post("/users", {"name": "eve"}, 403)
    bob.patch("/users/ada", {"password": "another horse"}, 403)
    bob.delete("/users/ada", 403)
    bob.get("/groups", 403)
    bob.put("/groups/admins", {"members": ["bob"]}, 403)
    bob.get("/log", 403)
    bob.post("/pack", status=403)


@pytest.mark.on_files
def test_passwords_and_tokens_are_in_no_log_and_no_journal(ada, bob, wsgi, caplog, data):
    ada.post("/users", {"name": "eve", "password": "a secret of eve"}, 201)
    ada.post("/users", {"name": "eve", "password": "a secret of eve"}, 409)
    ada.patch("/users/eve", {"password": "a new secret"})
    ada.patch("/users/eve", {"password": "short7"}, 400)
    token = bob.post("/tokens", {"label": "laptop"}, 201)["token"]

    kept = (data / "Data.fs").read_bytes()
    for secret in ("a secret of eve", "a new secret", "short7", token, secret_of(token)):
        assert secret not in caplog.text
        assert secret.encode() not in kept


def test_a_token_is_made_told_once_and_revoked(bob, app):
    made = bob.post(
        "/tokens",
        {
            "label": "build server",
            "indexes": ["incubator"],
            "projects": ["Six.Seven"],
            "permissions": ["upload", "read"],
            "expires_days": 30,
        },
        201,
    )

    token = Api(app, bearer(made["token"]))
    assert token.get("/whoami")["scope"] == {
        "indexes": ["incubator"],
        "projects": ["six-seven"],
        "permissions": ["read", "upload"],
    }
    listed = bob.get("/tokens")["tokens"]
    assert len(listed) == 1
    assert "token" not in listed[0]
    assert listed[0]["label"] == "build server"
    assert listed[0]["last_used"]
    assert {**made, "last_used": None} == made

    bob.delete(f"/tokens/{made['id']}")

    app.get("/+api/v1/whoami", headers=bearer(made["token"]), status=401)
    assert bob.get("/tokens") == {"tokens": []}
    bob.delete(f"/tokens/{made['id']}", 404)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "label"),
        ({"label": "two\nlines"}, "label"),
        ({"label": "x", "indexes": ["absent"]}, "absent"),
        ({"label": "x", "projects": ["-x"]}, "-x"),
        ({"label": "x", "permissions": ["fly"]}, "fly"),
        ({"label": "x", "expires_days": -1}, "expires_days"),
    ],
)
def test_tokens_that_break_a_rule(bob, body, words):
    assert words in bob.post("/tokens", body, 400)["detail"]
    assert bob.get("/tokens") == {"tokens": []}


def test_others_tokens_are_for_administrators(ada, bob, operator):
    mine = bob.post("/tokens", {"label": "bob's"}, 201)
    theirs = ada.post("/tokens", {"label": "ada's"}, 201)

    assert {it["label"] for it in ada.get("/tokens")["tokens"]} == {"ada's", "bob's"}
    assert [it["label"] for it in ada.get("/tokens", user="bob")["tokens"]] == ["bob's"]
    assert [it["label"] for it in bob.get("/tokens")["tokens"]] == ["bob's"]
    bob.get("/tokens", 403, user="ada")
    bob.post("/tokens", {"label": "x", "user": "ada"}, 403)
    hidden = bob.delete(f"/tokens/{theirs['id']}", 404)["detail"]
    assert hidden.replace(theirs["id"], "none") == bob.delete("/tokens/none", 404)["detail"]
    ada.delete(f"/tokens/{mine['id']}")
    assert ada.post("/tokens", {"label": "for bob", "user": "bob"}, 201)["user"] == "bob"
    ada.post("/tokens", {"label": "x", "user": "absent"}, 404)


def test_the_operator_makes_tokens_of_users_and_has_none(ada, operator, app):
    made = operator.post("/tokens", {"label": "cron", "user": "ada"}, 201)

    assert Api(app, bearer(made["token"])).get("/whoami")["name"] == "ada"
    operator.post("/tokens", {"label": "mine"}, 404)


def test_a_limited_token_makes_lists_and_revokes_none(ada, app, wsgi):
    limited = Api(app, bearer(add_token(wsgi, "ada", Scope(permissions=("read",)))))
    number = ada.get("/tokens")["tokens"][0]["id"]

    assert "it may read in every index" in limited.post("/tokens", {"label": "more"}, 403)["detail"]
    limited.post("/tokens", {"label": "less", "permissions": ["read"]}, 403)
    limited.get("/tokens", 403)
    limited.delete(f"/tokens/{number}", 404)

    assert len(ada.get("/tokens")["tokens"]) == 1


def test_a_token_that_expires_makes_none_that_outlives_it(ada, app, wsgi):
    text = add_token(wsgi, "bob", expires=time.time() + 10 * 86_400)
    token = Api(app, bearer(text))

    token.post("/tokens", {"label": "for ever"}, 403)
    token.post("/tokens", {"label": "long", "expires_days": 11}, 403)
    token.post("/tokens", {"label": "short", "expires_days": 9}, 201)


def test_who_has_not_logged_in_has_no_tokens(app, wsgi, data, ada):
    before = state(wsgi, data)
    stranger = Api(app)

    stranger.get("/tokens", 401)
    stranger.post("/tokens", {"label": "x"}, 401)
    stranger.delete("/tokens/12", 404)

    assert state(wsgi, data) == before
    assert stranger.get("/whoami")["name"] == ""


def test_too_many_wrong_passwords_are_answered_429(app, ada, monkeypatch):
    monkeypatch.setattr(throttle, "FIRST", throttle.LONGEST)  # the test takes a while, too
    statuses = [
        app.get("/+api/v1/whoami", headers=basic("bob", f"wrong {number}"), status="*")
        for number in range(30)
    ]

    last = statuses[-1]
    assert last.status_int == 429
    assert int(last.headers["Retry-After"]) > 0
    assert last.content_type == "application/problem+json"
