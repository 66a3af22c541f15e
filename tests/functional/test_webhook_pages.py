"""The admin pages of webhooks, in a browser without JavaScript."""

import pytest

from mypi.services import webhooks
from mypi.services.actor import Actor
from mypi.services.webhooks.signing import signature
from tests.browsing import Browser
from tests.factories import wheel
from tests.inside import send, site
from tests.people import add_users, basic
from tests.receiving import Receiver
from tests.waiting import until
from tests.wire import fields_of, requests_upload

PAGE = "/+admin/webhooks/"
URL = "https://hooks.example/mypi"
ACTS = ["", "test", "remove"]


@pytest.fixture
def root(wsgi):
    """The browser of an admin; ada is a user."""
    add_users(wsgi, "root", "ada")
    return logged_in(wsgi, "root")


@pytest.fixture
def receiver():
    with Receiver() as it:
        yield it


def logged_in(wsgi, name):
    browser = Browser(wsgi)
    browser.log_in(name)
    return browser


def add(wsgi, url=URL, **more):
    """A new webhook, beside the pages; its id."""
    with site(wsgi) as it:
        return webhooks.add(it, url, Actor("root", 1.0), **more).id


def numbers(wsgi):
    with site(wsgi) as it:
        return [hook.id for hook in webhooks.hooks(it)]


def upload(app, version="1.0"):
    body = requests_upload(fields_of(*wheel("six", version)))
    assert send(app, body, "/+incubator/", **basic("ada")).status_int == 200


def cells(page):
    """The words of each cell of the first row."""
    return [" ".join(it.text.split()) for it in page.html.select("table.rows tbody tr")[0]("td")]


def said(answer):
    return answer.follow().html.select_one("[role=status]").text


def test_the_secret_is_on_the_answer_and_nowhere_else(root, wsgi):
    page = root.send(PAGE, PAGE, 200, url=URL, index="incubator")

    secret = page.html.select_one("code.secret").text
    assert secret.startswith("whsec-")
    assert page.headers["Cache-Control"] == "no-store"
    listed = root.get(PAGE)
    assert secret not in listed.text + root.get("/+admin/log/").text
    assert cells(listed)[:3] == [
        f"{URL} {numbers(wsgi)[0]} by root",
        "everything of incubator",
        "0",
    ]
    assert cells(listed)[3].startswith("new ")


def test_events_are_ticked_and_said(root, wsgi):
    form = root.form(root.get(PAGE), PAGE)
    form["url"] = URL
    boxes = {it._value: it for it in form.fields["events"]}
    boxes["publish"].checked = boxes["yank"].checked = True

    form.submit(status=200)

    assert list(boxes) == list(webhooks.EVENTS)
    assert cells(root.get(PAGE))[1] == "publish and yank of all indexes"


def test_each_event_is_explained(root):
    page = root.get(PAGE)

    assert [it.text for it in page.html.select("details dt")] == list(webhooks.EVENTS)
    assert "``" not in page.text


@pytest.mark.parametrize(
    "url", ["nothing", "https://ada:x@hooks.example/", "http://169.254.169.254/", "javascript:1"]
)
def test_an_address_that_cannot_be_is_refused_at_its_field(root, wsgi, url):
    page = root.send(PAGE, PAGE, 400, url=url)

    field = page.html.select_one("input[name=url]")
    assert (field["value"], field["aria-invalid"]) == (url, "true")
    assert page.html.select_one("[role=alert]")
    assert numbers(wsgi) == []


@pytest.mark.parametrize("fields", [{"index": "nowhere"}, {"events": "nothing"}])
def test_what_the_form_does_not_offer_is_refused(root, wsgi, fields):
    token = root.get(PAGE).forms[1]["csrf_token"].value

    root.post(PAGE, {"csrf_token": token, "url": URL, **fields}, status=400)

    assert numbers(wsgi) == []


def test_a_test_is_sent_from_the_page(root, wsgi, receiver):
    page = root.send(PAGE, PAGE, 200, url=receiver.url)
    secret = page.html.select_one("code.secret").text

    answer = root.form(page, "/test").submit(status=303)

    got = receiver.next()
    assert got.json["event"] == "test"
    time = int(got.headers["Mypi-Timestamp"])
    assert got.headers["Mypi-Signature"] == signature(secret, time, got.body)
    assert "took the test" in said(answer)


def test_a_test_that_is_not_taken_is_told_with_what_the_receiver_said(root, wsgi):
    with Receiver((503, {})) as receiver:
        add(wsgi, receiver.url)

        page = root.send(PAGE, "/test", 409)

    assert "503" in page.html.select_one("[role=alert]").text


def test_a_webhook_is_removed(root, wsgi):
    add(wsgi)

    answer = root.send(PAGE, "/remove")

    assert "nothing is sent there any more" in said(answer)
    assert numbers(wsgi) == []


def test_what_waits_and_what_fails_is_seen(root, wsgi, app):
    with Receiver((500, {})) as receiver:
        number = add(wsgi, receiver.url, events=["publish"])
        upload(app)
        assert cells(root.get(PAGE))[2] == "1"

        wsgi.registry.background.start()
        receiver.next()
        until(lambda: "failing" in root.get(PAGE).text)
        failing = cells(root.get(PAGE))
        assert failing[2] == "1"
        assert "500 Internal Server Error; next try" in failing[3]

        root.send(PAGE, "/test")
        until(lambda: cells(root.get(PAGE))[2] == "0")
        wsgi.registry.background.stop()

    assert cells(root.get(PAGE))[3].startswith("works ")
    log = root.get(f"{PAGE}log", id=number)
    outcomes = [it.text for it in log.html.select("td .badge")]
    assert outcomes == ["taken", "failed"]
    assert "incubator/six 1.0" in log.text


def test_the_log_of_a_new_one_is_empty_and_of_none_is_404(root, wsgi):
    number = add(wsgi)

    assert "Nothing was sent yet" in root.get(f"{PAGE}log", id=number).text
    for unknown in ("", "nothing", "\0", "x" * 5000):
        root.get(f"{PAGE}log", 404, id=unknown)


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}log?id=x"])
def test_the_pages_are_for_administrators(root, wsgi, address):
    logged_in(wsgi, "ada").get(address, status=403)
    assert Browser(wsgi).get(address, 303).headers["Location"].startswith("/+login?")


def test_on_an_open_index_they_are_for_nobody(wsgi):
    Browser(wsgi).get(PAGE, status=403)


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_for_administrators_and_their_own_forms(root, wsgi, receiver, act):
    fields = {"id": add(wsgi, receiver.url), "url": URL}
    ada, stranger = logged_in(wsgi, "ada"), Browser(wsgi)
    ada_token = ada.get("/+account").forms[1]["csrf_token"].value
    token = stranger.get("/+login").forms[1]["csrf_token"].value

    ada.post(PAGE + act, {"csrf_token": ada_token, **fields}, status=403)
    stranger.post(PAGE + act, {"csrf_token": token, **fields}, status=401)
    root.post(PAGE + act, fields, status=400)

    assert len(numbers(wsgi)) == 1
    assert receiver.came.empty()


def test_the_page_works_below_a_prefix(root, wsgi, receiver):
    add(wsgi, receiver.url)
    below = Browser(wsgi, SCRIPT_NAME="/mypi")
    below.log_in("root")

    page = below.get(f"/mypi{PAGE}")

    assert {form.action for form in page.forms.values() if form.method == "post"} >= {
        f"/mypi{PAGE}",
        f"/mypi{PAGE}test",
        f"/mypi{PAGE}remove",
    }
