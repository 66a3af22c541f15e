"""How the API is spoken: bodies, media types, methods, problem documents."""

import json

import pytest
from ZODB.POSException import ConflictError

from mypi.services import indexes
from mypi.web.api import OPERATIONS
from mypi.web.api.wire import MAX_BODY
from tests.api import PROBLEM, ROOT, Api
from tests.factories import wheel
from tests.people import add_users, basic
from tests.reading import publish

JSON = {"Content-Type": "application/json"}


def send(operator, body, path="/indexes", method="POST", **headers):
    """A body byte for byte; the answer is held against the description."""
    answer = operator.app.request(
        ROOT + path,
        method=method,
        body=body,
        headers={**JSON, **headers},
        status="*",
    )
    operator.check(method, path, answer)
    return answer


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"nam": "team"}', "nam"),
        (b"{}", "name"),
        (b'{"name": 1}', "name"),
        (b'{"name": null}', "name"),
        (b'{"name": "team", "policy": {"titel": "Team"}}', "titel"),
        (b'{"name": "team", "policy": {"bases": "stable"}}', "policy.bases"),
        (b'{"name": "team", "policy": {"max_size": 1.5}}', "policy.max_size"),
        (b'["team"]', "object"),
        (b'"team"', "object"),
        (b"{", "truncated"),
        (b'{"name": "team",}', "malformed"),
        (b'{"name": "\xff"}', "utf-8"),
        (b'{"name": "\\ud800"}', "truncated"),
        (b"[" * 100_000, "object"),
        (b'{"name": "team"} {}', "malformed"),
    ],
)
def test_a_body_that_is_not_understood_is_refused_with_the_place(operator, body, words):
    answer = send(operator, body)

    assert answer.status_int == 400
    assert answer.json["detail"].startswith("The request's body: ")
    assert words in answer.json["detail"].lower()
    assert "team" not in [it["name"] for it in operator.get("/indexes")["indexes"]]


def test_no_body_is_an_empty_object(operator):
    answer = operator.app.post(f"{ROOT}/indexes", b"", headers=JSON, status=400)

    assert "name" in answer.json["detail"]


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "text/plain", "text/json", "multipart/form-data"],
)
def test_a_body_that_is_not_said_to_be_json_is_refused(operator, media_type):
    answer = send(operator, b'{"name": "team"}', **{"Content-Type": media_type})

    assert answer.status_int == 415
    assert "application/json" in answer.json["detail"]


def test_json_may_name_its_charset(operator):
    answer = send(
        operator, b'{"name": "team"}', **{"Content-Type": "application/json; charset=utf-8"}
    )

    assert answer.status_int == 201


def test_a_body_is_one_mebibyte_at_most(operator):
    body = json.dumps({"name": "team", "policy": {"title": "x" * MAX_BODY}}).encode()

    answer = send(operator, body)

    assert answer.status_int == 413
    assert str(MAX_BODY) in answer.json["detail"]


def test_a_body_where_none_belongs_is_looked_at_all_the_same(operator):
    assert send(operator, b'{"force": true}', "/trash", "DELETE").status_int == 400
    assert send(operator, b"{}", "/trash", "DELETE").status_int == 200


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/indexes/stable/projects?limits=3", "limits"),
        ("/indexes/stable/projects?limit=0", "limit"),
        ("/indexes/stable/projects?limit=1001", "limit"),
        ("/indexes/stable/projects?limit=many", "limit"),
        ("/indexes/stable/projects?limit=3&limit=4", "limit"),
        ("/whoami?name=ada", "name"),
        ("/indexes/stable/log?since=yesterday", "since"),
        ("/indexes/stable/log?until=2026-13-01", "until"),
    ],
)
def test_a_query_that_is_not_understood_is_refused_with_the_word(operator, address, words):
    answer = operator.ask("GET", address, status=400)

    assert words in answer.json["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/indexes/nothing",
        "/indexes/stable/nothing",
        "/indexes/stable/log/nothing",
        "/indexes/stable/projects/six",
        "/indexes/stable/projects/-six-",
        "/indexes/stable/projects/six/releases/1.0",
        "/indexes/stable/projects/six/releases/1.0/files/six-1.0.tar.gz",
        "/indexes/stable/projects/six/releases/" + "9" * 5000,
        "/indexes/stable/projects/six/owners/ada",
        "/indexes/stable/trash/12",
        "/users/nobody",
        "/openapi.json/nothing",
    ],
)
def test_what_is_not_there_is_a_problem_document(operator, path):
    answer = operator.app.request(ROOT + path, status="*")

    assert answer.status_int in (404, 405)
    assert answer.content_type == PROBLEM
    assert answer.json["type"] == "about:blank"
    assert answer.json["title"] in ("Not Found", "Method Not Allowed")
    assert answer.json["detail"]


@pytest.mark.parametrize("path", ["/+api/", "/+api/v2/", "/+api/v1/", "/+incubator/+api/v1/"])
def test_the_api_is_at_one_place_only(app, path):
    expected = 200 if path == "/+api/v1/" else 404

    assert app.get(path, status="*").status_int == expected


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/indexes", "GET, HEAD, POST"),
        ("POST", "/indexes/stable", "DELETE, GET, HEAD, PATCH"),
        ("GET", "/indexes/stable/projects/six/owners/ada", "DELETE, PUT"),
        ("GET", "/pack", "POST"),
        ("GET", "/indexes/stable/projects/six/releases/1.0/yank", "POST"),
        ("DELETE", "/whoami", "GET, HEAD"),
    ],
)
def test_a_method_that_an_address_does_not_take(operator, method, path, allowed):
    answer = operator.app.request(ROOT + path, method=method, status="*")

    assert answer.status_int == 405
    assert answer.content_type == PROBLEM
    assert answer.headers["Allow"] == allowed
    assert method in answer.json["detail"]


def test_head_is_get_without_the_body(operator):
    answer = operator.app.head(f"{ROOT}/indexes/stable")

    assert answer.status_int == 200
    assert answer.body == b""


def test_answers_are_kept_by_nobody_and_run_by_no_browser(operator):
    answer = operator.ask("GET", "/indexes")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_another_sites_page_changes_nothing(operator):
    answer = send(operator, b'{"name": "team"}', Origin="http://evil.example")

    assert answer.status_int == 403
    assert answer.content_type == PROBLEM


def test_a_cookie_logs_nobody_in(app, wsgi):
    add_users(wsgi, "ada")
    ada = Api(app, basic("ada"))
    ada.get("/users")
    app.post("/+login", {"name": "ada", "password": "correct horse"}, status="*")

    assert Api(app).get("/whoami")["name"] == ""


def test_changes_are_retried_with_the_same_body(wsgi, operator, monkeypatch):
    create, attempts = indexes.create, []

    def create_late(*arguments):
        attempts.append(arguments[1])
        if len(attempts) < 3:
            raise ConflictError("somebody was faster")
        return create(*arguments)

    monkeypatch.setattr(indexes, "create", create_late)

    operator.post("/indexes", {"name": "team"}, 201)

    assert attempts == ["team"] * 3


def test_a_change_is_one_line_of_the_log_once_it_is_true(app, wsgi, caplog):
    add_users(wsgi, "ada")
    ada = Api(app, basic("ada"))
    caplog.set_level("INFO", "mypi")

    ada.post("/indexes", {"name": "team"}, 201)
    ada.post("/indexes", {"name": "team"}, 409)
    ada.get("/indexes/team")

    lines = [it.message for it in caplog.records if it.name == "mypi.web.api.operations"]
    assert lines == [f"done POST {ROOT}/indexes by=ada from=192.0.2.7"]


def test_an_error_of_ours_is_a_problem_document_too(operator, monkeypatch):
    def broken(*_anything):
        raise ZeroDivisionError

    monkeypatch.setattr("mypi.web.api.indexes.policy_of", broken)

    answer = operator.ask("GET", "/indexes/stable", status=500)

    assert "log" in answer.json["detail"]


def test_every_operation_that_needs_a_permission_sends_strangers_away(app, wsgi):
    """On a closed site whose indexes everyone may read."""
    publish(app, wheel("six", "1.0"))
    add_users(wsgi, "ada")
    stranger = Api(app)
    values = {"index": "stable", "project": "six", "version": "1.0", "id": "1", "user": "ada"}
    values |= {"name": "ada", "filename": wheel("six", "1.0")[0]}
    open_to_all = {"read", ""}

    refused = {
        it.path: stranger.ask(it.method, it.path.format(**values), status=401).json["detail"]
        for it in OPERATIONS
        if it.permission not in open_to_all
    }

    assert len(refused) > 15
    assert all("Log in" in detail for detail in refused.values())
