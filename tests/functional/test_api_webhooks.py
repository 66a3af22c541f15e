"""Webhooks in the API: who may have them, what they answer, and that the secret is told once."""

import pytest

from mypi.services.webhooks.signing import signature
from tests.api import PROBLEM, ROOT, Api
from tests.factories import wheel
from tests.people import add_users, basic
from tests.reading import publish
from tests.receiving import Receiver
from tests.waiting import until

URL = "https://hooks.example/mypi"


def add(api, status=201, **fields):
    return api.post("/webhooks", {"url": URL, **fields}, status)


def test_a_webhook_is_added_and_its_secret_told_this_once(app, operator):
    made = add(operator, index="stable", events=["publish", "yank"])

    assert made["secret"].startswith("whsec-")
    assert (made["index"], made["events"]) == ("stable", ["publish", "yank"])
    assert (made["by"], made["waiting"], made["failing_since"]) == ("operator", 0, None)
    listed = operator.ask("GET", "/webhooks")
    assert made["secret"] not in listed.text
    assert listed.json["webhooks"] == [{k: v for k, v in made.items() if k != "secret"}]


def test_webhooks_are_listed_oldest_first_and_removed(operator):
    first, second = add(operator)["id"], add(operator)["id"]
    assert [it["id"] for it in operator.get("/webhooks")["webhooks"]] == [first, second]

    operator.delete(f"/webhooks/{first}")

    assert [it["id"] for it in operator.get("/webhooks")["webhooks"]] == [second]
    operator.delete(f"/webhooks/{first}", 404)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"url": ""}, "https://host/path"),
        ({"url": "hooks.example"}, "https://host/path"),
        ({"url": "ftp://hooks.example/"}, "https://host/path"),
        ({"url": "https://[::1/"}, "https://host/path"),
        ({"url": "https://hooks.example:99999/"}, "https://host/path"),
        ({"url": "https://hooks.example/\u00e9"}, "https://host/path"),
        ({"url": "https://ada:secret@hooks.example/"}, "a login does not belong"),
        ({"url": "https://hooks.example/#there"}, "#"),
        ({"url": "http://169.254.169.254/latest/meta-data/"}, "link-local"),
        ({"url": "http://[fe80::1]/"}, "link-local"),
        ({"url": "http://[::ffff:169.254.169.254]/"}, "link-local"),
        ({"events": ["no-such"]}, "known are publish"),
        ({"events": "publish"}, ""),
        ({"index": 7}, ""),
        ({"colour": "red"}, ""),
    ],
)
def test_what_no_message_could_be_sent_for_is_refused_with_a_sentence(operator, fields, words):
    answer = operator.ask("POST", "/webhooks", {"url": URL, **fields}, 400)

    assert answer.content_type == PROBLEM
    assert words in answer.json["detail"]
    assert operator.get("/webhooks") == {"webhooks": []}


def test_an_index_that_does_not_exist_has_no_webhook(operator):
    add(operator, 404, index="nowhere")


def test_there_are_a_hundred_at_most(operator):
    for _ in range(100):
        add(operator)

    assert "remove one first" in add(operator, 409)["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks"),
        ("POST", "/webhooks"),
        ("DELETE", "/webhooks/{id}"),
        ("POST", "/webhooks/{id}/test"),
        ("GET", "/webhooks/{id}/log"),
    ],
)
def test_webhooks_are_for_administrators(app, wsgi, operator, method, path):
    with Receiver() as receiver:
        number = add(operator, url=receiver.url)["id"]
        body = {"url": URL} if path == "/webhooks" and method == "POST" else None
        Api(app).ask(method, path.format(id=number), body, 403)  # an open index has no login
        add_users(wsgi, "root", "ada")

        Api(app, basic("ada")).ask(method, path.format(id=number), body, 403)
        Api(app).ask(method, path.format(id=number), body, 401)

        assert receiver.came.empty()
    assert len(operator.get("/webhooks")["webhooks"]) == 1


def test_an_administrator_is_named(app, wsgi):
    add_users(wsgi, "root")

    assert add(Api(app, basic("root")))["by"] == "root"


def test_the_journal_of_the_site_has_no_secret_and_no_path(operator):
    made = add(operator, url="https://hooks.example/services/T0/very-secret")
    operator.delete(f"/webhooks/{made['id']}")

    entries = operator.get("/log")["entries"]

    assert [it["action"] for it in entries[:2]] == ["remove webhook", "add webhook"]
    for entry in entries[:2]:
        assert entry["detail"] == f"{made['id']} to https://hooks.example, all indexes"


def test_a_test_sends_a_signed_message_and_says_what_came_of_it(operator):
    with Receiver() as receiver:
        made = add(operator, url=receiver.url)

        said = operator.post(f"/webhooks/{made['id']}/test")
        got = receiver.next()

    assert (said["taken"], said["status"]) == (True, 204)
    assert (got.json["event"], got.json["webhook"]) == ("test", made["id"])
    time = int(got.headers["Mypi-Timestamp"])
    assert got.headers["Mypi-Signature"] == signature(made["secret"], time, got.body)
    assert made["secret"] not in str(got)


def test_a_test_that_is_not_taken_is_an_answer_too(operator):
    with Receiver((302, {"Location": "http://169.254.169.254/"})) as receiver:
        number = add(operator, url=receiver.url)["id"]

        said = operator.post(f"/webhooks/{number}/test")

        assert receiver.next()
        assert receiver.came.empty()
    assert (said["taken"], said["status"]) == (False, 302)
    assert "redirects are not followed" in said["said"]
    assert operator.post(f"/webhooks/{number}/test")["status"] == 0  # nobody is there any more


def test_a_test_changes_neither_what_waits_nor_the_log(app, operator):
    with Receiver() as receiver:
        number = add(operator, url=receiver.url, events=["publish"])["id"]
        publish(app, wheel("six", "1.0"))

        operator.post(f"/webhooks/{number}/test")

    assert operator.get("/webhooks")["webhooks"][0]["waiting"] == 1
    assert operator.get(f"/webhooks/{number}/log") == {"attempts": []}


def test_the_log_tells_each_attempt_newest_first(app, wsgi, operator):
    with Receiver((500, {})) as receiver:
        number = add(operator, url=receiver.url, events=["publish"])["id"]
        publish(app, wheel("six", "1.0"))
        wsgi.registry.background.start()
        failed = receiver.next().json
        until(lambda: operator.get("/webhooks")["webhooks"][0]["failures"] == 1)
        assert operator.get("/webhooks")["webhooks"][0]["next_try"]

        assert operator.post(f"/webhooks/{number}/test")["taken"]

        assert receiver.next().json["event"] == "test"
        assert receiver.next().json == failed
        until(lambda: operator.get("/webhooks")["webhooks"][0]["waiting"] == 0)
        wsgi.registry.background.stop()
    last, first = operator.get(f"/webhooks/{number}/log")["attempts"]
    assert (first["outcome"], first["status"], first["tries"]) == ("failed", 500, 1)
    assert (last["outcome"], last["status"], last["tries"]) == ("taken", 204, 2)
    assert first["id"] == last["id"] == failed["id"]
    assert (last["event"], last["index"], last["project"]) == ("publish", "stable", "six")


def test_asking_writes_nothing(app, wsgi, operator):
    number = add(operator)["id"]
    publish(app, wheel("six", "1.0"))
    before = wsgi.registry.database.lastTransaction()

    operator.get("/webhooks")
    operator.get(f"/webhooks/{number}/log")

    assert wsgi.registry.database.lastTransaction() == before


def test_a_webhook_of_an_index_that_is_deleted_says_so(operator):
    operator.post("/indexes", {"name": "team"}, 201)
    add(operator, index="team")

    operator.delete("/indexes/team")

    assert operator.get("/webhooks")["webhooks"][0]["index"] is None


def test_a_webhook_follows_its_index_to_another_name(operator):
    operator.post("/indexes", {"name": "team"}, 201)
    add(operator, index="team")

    operator.patch("/indexes/team", {"name": "crew"})

    assert operator.get("/webhooks")["webhooks"][0]["index"] == "crew"


@pytest.mark.parametrize(
    "number",
    ["nowhere", "%00", "%ff", "a" * 4000, "+"],
    ids=["unknown", "nul", "no-utf-8", "long", "plus"],
)
def test_a_webhook_that_is_not_there_is_refused(operator, number):
    for method, tail in (("DELETE", ""), ("POST", "/test"), ("GET", "/log")):
        address = f"{ROOT}/webhooks/{number}{tail}"
        answer = operator.app.request(address, method=method, expect_errors=True)
        assert answer.status_int in (400, 404, 405), (method, address)
        assert answer.json["detail"]
