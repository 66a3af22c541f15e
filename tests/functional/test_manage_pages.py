"""The buttons of a release, and the pages behind them: promote, yank, delete, status, owners."""

import pytest

from mypi.services import lifecycle
from mypi.services.actor import Actor
from tests.browsing import Browser
from tests.factories import sdist, wheel
from tests.inside import actions, files, index, send
from tests.people import add_users, basic, set_policy
from tests.reading import publish
from tests.wire import fields_of, requests_upload


@pytest.fixture
def browser(wsgi):
    """Of somebody without a login, on an index that is open."""
    return Browser(wsgi)


@pytest.fixture
def six(app):
    """A release with two files in the incubator."""
    publish(app, wheel("six", "1.0"), sdist("six", "1.0"), root="/+incubator/")


@pytest.fixture
def closed(wsgi, app):
    """root is an admin; ada and bob are users; ada has published six in the incubator."""
    add_users(wsgi, "root", "ada", "bob")
    for archive in (wheel("six", "1.0"), sdist("six", "1.0")):
        body = requests_upload(fields_of(*archive))
        assert send(app, body, "/+incubator/", **basic("ada")).status_int == 200


def logged_in(wsgi, name):
    browser = Browser(wsgi)
    browser.log_in(name)
    return browser


def acts(page):
    """Buttons and tabs that change something, but for the upload."""
    links = page.html.select(".head .acts a:not([data-drop]), .sections a[href$='+manage']")
    return [link.text for link in links]


def test_the_release_page_offers_what_one_may(browser, six):
    page = browser.get("/+incubator/six/")

    assert acts(page) == ["Promote to stable", "Manage"]
    assert acts(browser.get("/+incubator/six/1.0/")) == ["Promote to stable", "Manage"]


def test_releases_to_manage_are_listed_newest_first(browser, app):
    publish(app, *(wheel("six", version) for version in ("1.2", "1.10", "1.9")))

    links = browser.get("/six/+manage").html.select(".names a")
    assert [link.text for link in links] == ["1.10", "1.9", "1.2"]


def test_a_release_goes_to_stable_with_two_clicks(browser, six, app, wsgi):
    plan = browser.get("/+incubator/six/").click("Promote to stable")
    assert [it.text for it in plan.html.select(".plan .word")][:2] == ["new", "new"]

    form = browser.form(plan, "+promote")
    form["note"] = "tested for a week"
    done = form.submit(status=303).follow()

    assert set(files(app, "six", "/")) == {"six-1.0.tar.gz", "six-1.0-py3-none-any.whl"}
    assert done.html.select_one("[role=status] a")["href"] == "/six/1.0/"
    assert "pip install -i http://localhost:6543 six==1.0" in done.text
    release = browser.get("/six/1.0/")
    assert release.html.select_one(".badges .badge:last-child").text == "promoted from incubator"
    assert "tested for a week" in release.html.select_one(".head").text
    assert "promote file six-1.0.tar.gz" in actions(wsgi)


def test_the_promotion_is_undone_with_one_click_more(browser, six, app):
    done = browser.send("/+incubator/six/1.0/+promote?into=stable", "+promote").follow()

    undone = browser.form(done, "/undo").submit(status=303).follow()

    assert "undone" in undone.html.select_one("[role=status]").text
    with index(app.app) as it:
        assert "six" not in it.projects
    browser.get(done.request.path_qs, status=404)


def test_what_is_there_already_is_told(browser, six):
    browser.send("/+incubator/six/1.0/+promote?into=stable", "+promote")

    plan = browser.get("/+incubator/six/1.0/+promote?into=stable")

    assert {it.text for it in plan.html.select("#plan ~ .plan .word")} == {"there already"}
    assert "stable has all of it already" in plan.text
    assert not [form for form in plan.forms.values() if form.method == "post"]


def test_dependencies_go_along_when_the_box_is_ticked(browser, app):
    publish(app, wheel("helper", "1.0"), root="/+incubator/")
    publish(app, wheel("six", "1.0", requires_dist=["helper", "absent"]), root="/+incubator/")

    plan = browser.get("/+incubator/six/1.0/+promote?into=stable")
    assert "helper 1.0 are not there yet" in plan.text
    assert "requires absent" in plan.text
    form = plan.forms[1]
    form["dependencies"] = True
    browser.form(form.submit(), "+promote").submit(status=303)

    assert files(app, "helper")


def test_who_gets_another_version_is_told(browser, app):
    publish(app, wheel("six", "1.0"), wheel("user", "1.0", requires_dist=["six"]))
    publish(app, wheel("six", "2.0"), root="/+incubator/")

    plan = browser.get("/+incubator/six/2.0/+promote?into=stable")

    assert "1.0 → 2.0" in plan.html.select_one("section[aria-labelledby=dependents]").text


def test_a_file_that_is_refused_keeps_all_of_them_back(browser, app, wsgi):
    publish(app, wheel("six", "1.0"))
    publish(app, wheel("six", "1.0", summary="other"), sdist("six", "1.0"), root="/+incubator/")

    plan = browser.get("/+incubator/six/1.0/+promote?into=stable")
    token = plan.forms[1].fields and browser.get("/+incubator/six/1.0/+manage").forms[1]
    fields = {"csrf_token": token["csrf_token"].value, "into": "stable"}
    answer = browser.post("/+incubator/six/1.0/+promote", fields, status=409)

    assert "refused" in plan.text
    assert "other bytes" in answer.html.select_one("[role=alert]").text
    assert set(files(app, "six", "/")) == {"six-1.0-py3-none-any.whl"}


def test_a_release_is_yanked_with_a_reason_and_unyanked(browser, six):
    page = browser.send("/+incubator/six/1.0/+manage", "+yank", reason="wrong <b>licence</b>")

    page = page.follow()
    assert "Yanked." in page.html.select_one("[role=status]").text
    release = browser.get("/+incubator/six/1.0/")
    assert "wrong <b>licence</b>" in release.html.text
    assert "<b>licence</b>" not in str(release.html)

    browser.send("/+incubator/six/1.0/+manage", "+unyank")
    assert "yanked" not in browser.get("/+incubator/six/1.0/").html.select_one(".badges").text


def test_one_file_is_yanked(browser, six, wsgi):
    browser.send("/+incubator/six/1.0/+manage", "+yank", filename="six-1.0.tar.gz")

    with index(wsgi, "incubator") as it:
        yanked = {name: file.yanked for name, file in it.project("six").release("1").files.items()}
    assert yanked == {"six-1.0.tar.gz": "", "six-1.0-py3-none-any.whl": None}


def test_deleting_takes_the_name_and_the_trash_gives_it_back(browser, six, app):
    page = "/+incubator/six/1.0/+manage"
    assert "confirm:" in browser.send(page, "+delete", 400, confirm="sixx").text
    assert files(app, "six", "/+incubator/")

    trash = browser.send(page, "+delete", confirm="Six", reason="a mistake").follow()

    assert files(app, "six", "/+incubator/") == {}
    assert "a mistake" in trash.text
    browser.form(trash, "/restore").submit(status=303)
    assert len(files(app, "six", "/+incubator/")) == 2


def test_a_project_is_deleted(browser, six, app):
    browser.send("/+incubator/six/+manage", "+delete", confirm="six")

    with index(app.app, "incubator") as it:
        assert not it.projects
        assert [trashed.kind for trashed in it.trash.values()] == ["project"]


def test_one_file_is_deleted(browser, six, app):
    fields = {"confirm": "six", "filename": "six-1.0.tar.gz"}

    browser.send("/+incubator/six/1.0/+manage", "+delete", **fields)

    assert set(files(app, "six", "/+incubator/")) == {"six-1.0-py3-none-any.whl"}


def test_nothing_is_deleted_from_an_open_index_that_is_not_volatile(browser, app):
    publish(app, wheel("six", "1.0"))

    page = browser.get("/six/1.0/+manage")
    token = browser.form(page, "+yank")["csrf_token"].value

    assert not page.html.select("#delete")
    fields = {"csrf_token": token, "confirm": "six"}
    browser.post("/six/1.0/+delete", fields, status=403)
    browser.post("/six/+delete", fields, status=403)


def test_a_project_gets_a_status(browser, six, wsgi):
    browser.send("/+incubator/six/+manage", "+status", status="archived", reason="see seven")

    assert "archived: it takes no new files: see seven" in browser.get("/+incubator/six/").text
    assert "project archived" in actions(wsgi, "incubator")


def test_quarantine_is_for_managers(closed, wsgi):
    ada = logged_in(wsgi, "ada")
    page = ada.get("/+incubator/six/+manage")
    assert "quarantined" not in [it["value"] for it in page.html.select("option")]
    token = ada.form(page, "+status")["csrf_token"].value

    ada.post("/+incubator/six/+status", {"csrf_token": token, "status": "quarantined"}, status=403)
    root = logged_in(wsgi, "root")
    root.send("/+incubator/six/+manage", "+status", status="quarantined")

    with index(wsgi, "incubator") as it:
        assert it.project("six").status == "quarantined"
    token = ada.form(ada.get("/+incubator/six/+manage"), "+status")["csrf_token"].value
    ada.post("/+incubator/six/+status", {"csrf_token": token, "status": "active"}, status=403)


def test_owners_alone_manage_their_project(closed, wsgi, app):
    set_policy(wsgi, "incubator", ownership=True)
    with index(wsgi, "incubator") as it:
        it.project("six").owners = ("ada",)
    ada, bob = logged_in(wsgi, "ada"), logged_in(wsgi, "bob")

    assert acts(bob.get("/+incubator/six/")) == ["Promote to stable", "Manage"]
    page = bob.get("/+incubator/six/1.0/+manage")
    assert not page.html.select("#yank, #delete")
    ada.send("/+incubator/six/+manage", "+add-owner", user="bob")

    assert bob.get("/+incubator/six/1.0/+manage").html.select("#yank")
    with index(wsgi, "incubator") as it:
        assert it.project("six").owners == ("ada", "bob")
    bob.send("/+incubator/six/+manage", "+remove-owner")
    with index(wsgi, "incubator") as it:
        assert it.project("six").owners == ("bob",)
    assert "last owner" in bob.send("/+incubator/six/+manage", "+remove-owner", 400).text


@pytest.mark.parametrize("act", ["+yank", "+unyank", "+delete", "+promote"])
def test_who_may_not_is_not_asked_and_cannot(closed, wsgi, act):
    nobody = dict.fromkeys(("promote", "yank", "delete"), ())
    set_policy(wsgi, "incubator", grants=nobody)
    set_policy(wsgi, "stable", grants=nobody)
    bob = logged_in(wsgi, "bob")
    token = bob.get("/+login").forms[1]["csrf_token"].value

    assert acts(bob.get("/+incubator/six/")) == []
    bob.get("/+incubator/six/1.0/+manage", status=403)
    bob.get("/+incubator/six/+manage", status=403)
    bob.get("/+incubator/six/1.0/+promote", status=403)
    fields = {"csrf_token": token, "confirm": "six", "into": "stable", "reason": "x"}
    bob.post(f"/+incubator/six/1.0/{act}", fields, status=403)

    with index(wsgi, "incubator") as it:
        files = it.project("six").release("1.0").files
        assert [file.yanked for file in files.values()] == [None, None]
    with index(wsgi) as it:
        assert not it.projects


def test_what_one_may_in_the_default_index_one_may_not_therefore_elsewhere(closed, wsgi):
    set_policy(wsgi, "incubator", grants=dict.fromkeys(("yank", "delete"), ()))
    bob = logged_in(wsgi, "bob")
    token = bob.get("/+login").forms[1]["csrf_token"].value
    fields = {"csrf_token": token, "confirm": "six", "status": "archived"}

    for address in ("1.0/+yank", "1.0/+delete", "+delete", "+status"):
        bob.post(f"/+incubator/six/{address}", fields, status=403)


def test_strangers_see_no_buttons_and_are_asked_to_log_in(closed, wsgi):
    logged_in(wsgi, "ada").get("/+incubator/six/")
    stranger = Browser(wsgi)

    assert acts(stranger.get("/+incubator/six/")) == []
    assert stranger.get("/+incubator/six/1.0/+manage", 303).headers["Location"] == (
        "/+login?next=%2F%2Bincubator%2Fsix%2F1.0%2F%2Bmanage"
    )
    token = stranger.get("/+login").forms[1]["csrf_token"].value
    stranger.post("/+incubator/six/1.0/+yank", {"csrf_token": token}, status=401)


@pytest.mark.parametrize("act", ["+yank", "+unyank", "+delete", "+promote"])
def test_a_form_without_its_token_changes_nothing(browser, six, wsgi, act):
    before = actions(wsgi, "incubator")

    answer = browser.post(
        f"/+incubator/six/1.0/{act}", {"confirm": "six", "into": "stable"}, status=400
    )

    assert "too old" in answer.text
    assert actions(wsgi, "incubator") == before


def test_a_private_index_is_no_target_and_not_named(closed, wsgi):
    set_policy(wsgi, "stable", grants={"read": ("root",)})
    ada = logged_in(wsgi, "ada")

    page = ada.get("/+incubator/six/1.0/+manage")
    assert "stable" not in page.html.main.text
    ada.get("/+incubator/six/1.0/+promote", status=403)
    ada.get("/+incubator/six/1.0/+promote?into=stable", status=403)
    token = ada.form(page, "+yank")["csrf_token"].value
    fields = {"csrf_token": token, "into": "stable"}
    assert ada.post("/+incubator/six/1.0/+promote", fields, status="*").status_int in (403, 404)


def test_where_a_file_came_from_is_told_to_those_who_may_know(closed, wsgi):
    logged_in(wsgi, "ada").send("/+incubator/six/1.0/+promote?into=stable", "+promote")
    set_policy(wsgi, "incubator", grants={"read": ("root",)})

    seen = logged_in(wsgi, "root").get("/six/").html.select_one(".head").text
    hidden = logged_in(wsgi, "bob").get("/six/").html.select_one(".head").text

    assert "promoted from incubator" in seen
    assert "incubator" not in hidden


def test_a_project_of_a_base_is_managed_where_it_is(browser, app):
    publish(app, wheel("six", "1.0"))

    page = browser.get("/+incubator/six/1.0/+manage", status=303)
    assert page.headers["Location"] == "/six/1.0/+manage"
    assert browser.get("/+incubator/six/+manage", 303).headers["Location"] == "/six/+manage"
    assert browser.get("/+incubator/six/").html.select_one(".sections a:last-child")["href"] == (
        "/six/1.0/+manage"
    )
    token = browser.form(page.follow(), "+yank")["csrf_token"].value
    browser.post("/+incubator/six/1.0/+yank", {"csrf_token": token}, status=404)


def test_what_a_frozen_index_refuses_is_told_on_the_page(browser, six, wsgi):
    set_policy(wsgi, "incubator", frozen=True)

    page = browser.send("/+incubator/six/1.0/+manage", "+yank", 403, reason="why not")

    assert "frozen" in page.html.select_one("[role=alert]").text
    assert page.html.select_one("input[name=reason]")["value"] == "why not"


def test_words_of_the_address_are_not_shown(browser, six):
    page = browser.get("/+incubator/six/1.0/+manage?done=<b>pwned</b>")

    assert "pwned" not in page.text
    assert not page.html.select("[role=status]")


def test_the_pages_are_kept_by_nobody(browser, six):
    for name in ("+manage", "+promote"):
        headers = browser.get(f"/+incubator/six/1.0/{name}").headers

        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_yank_in_the_meantime_is_kept_with_its_reason(browser, six, wsgi):
    with index(wsgi, "incubator") as it:
        lifecycle.yank(it, "six", "1.0", "broken", Actor("eve", 1.0))

    assert "broken" in browser.get("/+incubator/six/1.0/+manage").text
