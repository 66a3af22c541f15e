"""The pages of those who keep the site, and of those who keep one index."""

import pytest

from mypi.model.policy import DAY
from mypi.permissions import Scope
from tests.browsing import Browser
from tests.factories import wheel
from tests.inside import actions, files, index, send, site
from tests.people import (
    PASSWORD,
    add_token,
    add_users,
    basic,
    bearer,
    secret_of,
    set_policy,
)
from tests.wire import fields_of, requests_upload

OF_SITE = ["", "indexes/", "users/", "tokens/", "trash/", "log/"]
OF_INDEX = ["", "promotions", "trash", "retention", "log"]
ACTS = [
    "indexes/",
    "indexes/incubator/change",
    "indexes/incubator/rename",
    "indexes/incubator/delete",
    "indexes/incubator/restore",
    "indexes/incubator/purge",
    "indexes/incubator/empty",
    "indexes/incubator/undo",
    "indexes/incubator/run",
    "users/add",
    "users/password",
    "users/remove",
    "users/group",
    "users/remove-group",
    "tokens/revoke",
    "trash/restore",
    "trash/empty",
]


@pytest.fixture
def root(wsgi):
    """The browser of an admin; ada and bob are users."""
    add_users(wsgi, "root", "ada", "bob")
    return logged_in(wsgi, "root")


def logged_in(wsgi, name):
    browser = Browser(wsgi)
    browser.log_in(name)
    return browser


def upload(app, name="six", version="1.0", address="/+incubator/", user="ada"):
    body = requests_upload(fields_of(*wheel(name, version)))
    assert send(app, body, address, **basic(user)).status_int == 200


def said(answer):
    return answer.follow().html.select_one("[role=status]").text


@pytest.mark.parametrize("address", OF_SITE)
def test_the_pages_of_the_site_are_for_admins(root, wsgi, address):
    page = root.get(f"/+admin/{address}")

    assert page.html.h1
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    logged_in(wsgi, "ada").get(f"/+admin/{address}", status=403)
    assert Browser(wsgi).get(f"/+admin/{address}", 303).headers["Location"].startswith("/+login?")


@pytest.mark.parametrize("address", OF_INDEX)
def test_the_pages_of_an_index_are_for_those_who_may(root, wsgi, address):
    set_policy(wsgi, "incubator", grants={"delete": (), "promote": ()})

    assert root.get(f"/+admin/indexes/incubator/{address}").html.h1
    logged_in(wsgi, "ada").get(f"/+admin/indexes/incubator/{address}", status=403)
    stranger = Browser(wsgi).get(f"/+admin/indexes/incubator/{address}", 303)
    assert stranger.headers["Location"].startswith("/+login?")


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_for_those_who_may(root, wsgi, act):
    set_policy(wsgi, "incubator", grants={"delete": (), "promote": ()})
    ada = logged_in(wsgi, "ada")
    token = ada.get("/+account").forms[1]["csrf_token"].value

    ada.post(f"/+admin/{act}", {"csrf_token": token, "name": "ada"}, status=403)
    stranger = Browser(wsgi)
    token = stranger.get("/+login").forms[1]["csrf_token"].value
    stranger.post(f"/+admin/{act}", {"csrf_token": token, "name": "ada"}, status=401)
    root.post(f"/+admin/{act}", {"name": "x"}, status=400)

    with site(wsgi) as it:
        assert sorted(it.indexes) == ["incubator", "stable"]
        assert sorted(it.users) == ["ada", "bob", "root"]


def test_an_open_index_has_nothing_for_strangers_to_administer(wsgi):
    browser = Browser(wsgi)

    for address in OF_SITE:
        browser.get(f"/+admin/{address}", status=403)
    browser.get("/+admin/indexes/stable/", status=403)
    browser.get("/+admin/indexes/nowhere/", status=404)
    assert "mypi user add NAME" in browser.get("/+admin/", status=403).text


def test_a_limited_token_administers_nothing(root, wsgi, app):
    limited = bearer(add_token(wsgi, "root", Scope(indexes=("stable",))))

    app.get("/+admin/", headers=limited, status=403)
    app.get("/+admin/indexes/incubator/", headers=limited, status=404)


def test_an_index_is_created_and_takes_uploads(root, app):
    answer = root.send("/+admin/indexes/", "/indexes/", name="team", title="Team", volatile=True)

    assert answer.headers["Location"] == "/+admin/indexes/team/?done=created"
    assert "The index is there" in said(answer)
    upload(app, address="/+team/")
    assert files(app, "six", "/+team/")


def test_a_single_project_is_counted_as_one(root, app):
    upload(app)

    assert "1 project, " in root.get("/+admin/indexes/").html.main.text
    assert "1 project of its own" in root.get("/+admin/indexes/incubator/").html.main.text


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"name": "Team"}, 400, ""),
        ({"name": "stable"}, 409, ""),
        ({"name": "admin"}, 400, ""),
        ({"name": "team", "bases": "nowhere"}, 400, "bases"),
    ],
)
def test_an_index_that_cannot_be_is_refused_in_the_form(root, wsgi, fields, status, field):
    page = root.send("/+admin/indexes/", "/indexes/", status, **fields)

    assert page.html.select_one("[role=alert]")
    assert page.html.select_one("input[name=name]")["value"] == fields["name"]
    if field:
        assert page.html.select_one(f"input[name={field}]")["aria-invalid"] == "true"
    with site(wsgi) as it:
        assert sorted(it.indexes) == ["incubator", "stable"]


def test_every_attribute_of_a_policy_is_changed_and_shown(root, wsgi):
    fields = {
        "title": "Try it",
        "description": "Not for everyone <yet>",
        "bases": "",
        "volatile": False,
        "merge": True,
        "frozen": False,
        "ownership": True,
        "approval": True,
        "read": "everyone",
        "upload": "ada @team",
        "promote": "users",
        "yank": "users",
        "delete": "nobody",
        "manage": "bob",
        "max_file": "64 MiB",
        "max_size": "20G",
        "rule-license": "enforce",
        "rule-readme": "warn",
        "keep_prereleases": "3",
        "keep_days": "90",
        "keep_promoted": False,
        "trash_days": "7",
    }
    form = root.form(root.get("/+admin/indexes/incubator/"), "/change")
    for name, value in fields.items():
        form[name] = value
    for box in form.fields["kinds"]:
        box.checked = box._value in ("sdist", "bdist_wheel")

    answer = form.submit(status=303)

    with index(wsgi, "incubator") as it:
        policy = it.policy
        assert (policy.title, policy.description) == ("Try it", "Not for everyone <yet>")
        assert (policy.bases, policy.volatile, policy.merge) == ((), False, True)
        assert (policy.ownership, policy.approval, policy.frozen) == (True, True, False)
        assert dict(policy.grants) == {
            "upload": ("ada", "@team"),
            "delete": (),
            "manage": ("bob",),
        }
        assert set(policy.kinds) == {"sdist", "bdist_wheel"}
        assert (policy.max_file, policy.max_size) == (64 * 2**20, 20 * 2**30)
        assert dict(policy.rules) == {"license": "enforce", "readme": "warn"}
        assert (policy.keep_prereleases, policy.keep_days, policy.trash_days) == (3, 90, 7)
        assert policy.keep_promoted is False
    page = answer.follow()
    form = root.form(page, "/change")
    assert {name: form[name].value for name in fields if not isinstance(fields[name], bool)} == {
        **{name: value for name, value in fields.items() if not isinstance(value, bool)},
        "max_size": "20 GiB",
    }
    assert "ada and @team may upload" in page.html.select_one(".lead").text
    assert "only admins may delete" in page.html.select_one(".lead").text
    assert "Not for everyone &lt;yet&gt;" in root.get("/+incubator/").text


def test_keeping_what_is_shown_changes_nothing(root, wsgi):
    with index(wsgi) as it:
        before = dict(it.policy.__getstate__())

    root.send("/+admin/indexes/stable/", "/change")

    with index(wsgi) as it:
        assert dict(it.policy.__getstate__()) == before


def test_grants_to_who_is_not_there_yet_are_noted(root, wsgi):
    set_policy(wsgi, "incubator", grants={"upload": ("ada", "@crew")})

    assert "There is no group crew here yet." in root.get("/+admin/indexes/incubator/").text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bases", "incubator stable"),
        ("bases", "nowhere"),
        ("upload", "@no/group"),
        ("upload", ""),
        ("max_file", "much"),
        ("keep_days", "-1"),
        ("trash_days", "9" * 30),
        ("title", "x" * 500),
    ],
)
def test_a_policy_that_cannot_be_is_refused_at_its_field(root, wsgi, name, value):
    page = root.send("/+admin/indexes/stable/", "/change", "*", **{name: value})

    assert page.status_int == (404 if value == "nowhere" else 400)
    field = page.html.select_one(f"input[name={name}]")
    assert field["value"] == value
    assert field["aria-invalid"] == "true"
    wrong = page.html.select_one("#" + field["aria-describedby"].split()[-1])
    assert wrong.text.startswith(name + ":")
    with index(wsgi) as it:
        assert it.policy.bases == ()
        assert it.policy.title == "stable"


def test_an_index_is_renamed(root, wsgi, app):
    upload(app)

    answer = root.send("/+admin/indexes/incubator/", "/rename", name="lab")

    assert answer.headers["Location"] == "/+admin/indexes/lab/?done=renamed"
    assert files(app, "six", "/+lab/")
    assert not root.get("/+admin/indexes/stable/").html.select("#rename, #delete")


def test_an_index_is_deleted_restored_and_deleted_for_good(root, wsgi, app):
    upload(app)
    page = "/+admin/indexes/incubator/"
    assert "type incubator" in root.send(page, "/delete", 400, confirm="stable").text

    trash = root.send(page, "/delete", confirm="incubator").follow()
    assert "incubator" in trash.html.select_one("table").text
    root.get("/+incubator/", status=404)
    root.form(trash, "/restore").submit(status=303)
    assert files(app, "six", "/+incubator/")

    root.send(page, "/delete", confirm="incubator")
    empty = root.send("/+admin/trash/", "/empty", everything=True)
    assert "The trash is empty." in empty.follow().text
    with site(wsgi) as it:
        assert not it.trash
        assert it.former


def test_a_base_of_others_is_deleted_by_force_alone(root, wsgi):
    root.send("/+admin/indexes/", "/indexes/", name="team", bases="incubator")

    page = root.send("/+admin/indexes/incubator/", "/delete", 400, confirm="incubator")
    assert "base of team" in page.html.select_one("[role=alert]").text
    root.send("/+admin/indexes/incubator/", "/delete", confirm="incubator", force=True)

    with index(wsgi, "team") as it:
        assert it.policy.bases == ()


def test_whoever_manages_an_index_finds_its_pages_and_no_others(root, wsgi):
    set_policy(wsgi, "incubator", grants={"manage": ("ada",)})
    ada = logged_in(wsgi, "ada")

    page = ada.get("/+incubator/").click("Manage this index")
    assert [a.text for a in page.html.select("nav.sections a")] == [
        "Policy",
        "Promotions",
        "Trash",
        "Retention",
        "Log",
    ]
    assert not page.html.select("#rename, #delete")
    ada.send("/+admin/indexes/incubator/", "/change", title="Mine")
    token = ada.form(page, "/change")["csrf_token"].value
    for act in ("rename", "delete"):
        fields = {"csrf_token": token, "name": "lab", "confirm": "incubator"}
        ada.post(f"/+admin/indexes/incubator/{act}", fields, status=403)
    ada.get("/+admin/indexes/stable/", status=403)
    ada.get("/+admin/", status=403)


def test_a_private_index_is_like_none_at_all(root, wsgi):
    set_policy(
        wsgi,
        "incubator",
        grants={"read": (), "upload": (), "promote": (), "yank": (), "delete": ()},
    )
    set_policy(wsgi, "stable", grants={"manage": ("bob",)})
    bob = logged_in(wsgi, "bob")

    bob.get("/+admin/indexes/incubator/", status=404)
    bob.get("/+admin/indexes/nowhere/", status=404)
    page = bob.send("/+admin/indexes/stable/", "/change", 404, bases="incubator")
    assert "there is no index incubator" in page.html.select_one("[role=alert]").text
    assert "incubator" not in bob.get("/+admin/indexes/stable/").text


def test_users_come_get_passwords_and_go(root, wsgi):
    answer = root.send("/+admin/users/", "/add", name="eva", password=PASSWORD, groups="team")
    assert "The user is there" in said(answer)
    assert Browser(wsgi).log_in("eva").status_int == 303

    form = next(
        form
        for form in root.get("/+admin/users/").forms.values()
        if form.action.endswith("/password") and form["name"].value == "eva"
    )
    form["password"] = "another sentence"
    form.submit(status=303)
    assert Browser(wsgi).log_in("eva", "another sentence").status_int == 303

    form = next(
        form
        for form in root.get("/+admin/users/").forms.values()
        if form.action.endswith("/remove") and form["name"].value == "eva"
    )
    form.submit(status=303)
    Browser(wsgi).log_in("eva", "another sentence", status=401)
    with site(wsgi) as it:
        assert it.groups["team"].members == ()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "ada", "password": PASSWORD}, 409),
        ({"name": "everyone", "password": PASSWORD}, 400),
        ({"name": "eva", "password": "short"}, 400),
        ({"name": "eva", "password": PASSWORD, "groups": "a/b"}, 400),
    ],
)
def test_a_user_that_cannot_be_is_refused(root, wsgi, fields, status):
    page = root.send("/+admin/users/", "/add", status, **fields)

    assert page.html.select_one("[role=alert]")
    assert page.html.select_one("input[name=name][type=text]")["value"] == fields["name"]
    assert PASSWORD not in page.text
    with site(wsgi) as it:
        assert sorted(it.users) == ["ada", "bob", "root"]


def test_groups_are_made_changed_and_removed(root, wsgi):
    root.send("/+admin/users/", "/group", group="team", members="ada, bob")
    with site(wsgi) as it:
        assert it.groups["team"].members == ("ada", "bob")

    forms = root.get("/+admin/users/").forms.values()
    form = [it for it in forms if it.action.endswith("/remove-group")][-1]
    assert form["group"].value == "team"
    form.submit(status=303)

    with site(wsgi) as it:
        assert "team" not in it.groups


def test_somebody_stays_an_admin(root, wsgi):
    page = root.send("/+admin/users/", "/group", 400, group="admins", members="")

    assert "administer" in page.html.select_one("[role=alert]").text


def test_tokens_of_everybody_are_listed_and_revoked(root, wsgi, app):
    text = add_token(wsgi, "ada")

    page = root.get("/+admin/tokens/")
    assert "ada" in page.html.select_one("table").text
    assert text not in page.text
    assert secret_of(text) not in page.text
    root.form(page, "/revoke").submit(status=303)

    app.get("/simple/", headers=bearer(text), status=401)


def test_the_trash_of_an_index_gives_back_and_is_emptied(root, wsgi, app):
    upload(app)
    upload(app, version="2.0")
    for version in ("1.0", "2.0"):
        root.send(f"/+incubator/six/{version}/+manage", "+delete", confirm="six", reason="old")

    page = root.get("/+admin/indexes/incubator/trash")
    assert len(page.html.select("tbody tr")) == 2
    assert "old" in page.html.select_one("tbody").text
    root.form(page, "/purge").submit(status=303)
    root.send("/+admin/indexes/incubator/trash", "/restore")

    assert set(files(app, "six", "/+incubator/")) == {"six-1.0-py3-none-any.whl"}
    root.send("/+incubator/six/1.0/+manage", "+delete", confirm="six")
    root.send("/+admin/indexes/incubator/trash", "/empty")
    with index(wsgi, "incubator") as it:
        assert len(it.trash) == 1
    root.send("/+admin/indexes/incubator/trash", "/empty", everything=True)
    with index(wsgi, "incubator") as it:
        assert not it.trash


def test_what_cannot_be_restored_is_told_in_the_trash(root, wsgi, app):
    upload(app)
    root.send("/+incubator/six/+manage", "+delete", confirm="six")
    upload(app)

    page = root.send("/+admin/indexes/incubator/trash", "/restore", 409)

    assert "new project six" in page.html.select_one("[role=alert]").text
    assert page.html.select("table tbody tr")


def test_promotions_are_listed_and_undone(root, wsgi, app):
    upload(app)
    root.send("/+incubator/six/1.0/+promote?into=stable", "+promote", note="good")

    page = root.get("/+admin/indexes/stable/promotions")
    row = page.html.select_one("tbody tr").text
    assert "six 1.0" in row
    assert "incubator" in row
    assert "root" in row
    assert "good" in row
    answer = root.form(page, "/undo").submit(status=303)

    assert "undone" in answer.follow().html.select_one("tbody tr").text
    assert "undo promotion" in actions(wsgi)


def test_retention_is_looked_at_before_it_runs(root, wsgi, app):
    upload(app, version="1.0")
    upload(app, version="2.0")
    assert "keeps everything" in root.get("/+admin/indexes/incubator/retention").text
    set_policy(wsgi, "incubator", keep_days=30)
    with index(wsgi, "incubator") as it:
        project = it.project("six")
        for filename, link in list(project.pages()):
            project.links[filename] = tuple(link._replace(uploaded=link.uploaded - 60 * DAY))
        project.touch()

    page = root.get("/+incubator/six/+manage").click("see which of these")
    assert "six 1.0" in page.html.select_one("tbody").text
    assert not [form for form in page.forms.values() if form.action.endswith("/run")]
    root.send("/+admin/indexes/incubator/retention", "/run")

    assert set(files(app, "six", "/+incubator/")) == {"six-2.0-py3-none-any.whl"}


def test_the_log_is_filtered_and_paged(root, wsgi, app):
    for number in range(30):
        upload(app, name="six" if number % 2 else "attrs", version=f"{number}.0")

    page = root.get("/+admin/indexes/incubator/log")
    assert len(page.html.select("tbody tr")) == 50
    older = page.click("Older")
    assert older.html.select("tbody tr")
    assert "create" in older.text
    form = page.forms[1]
    form["project"], form["action"] = "SIX", "new release"
    lines = form.submit().html.select("tbody tr")

    assert len(lines) == 15
    assert all("six" in line.text for line in lines)
    assert "ada" in lines[0].text
    form["by"] = "eve"
    assert "No line is like that" in form.submit().text


@pytest.mark.parametrize(
    "query", ["since=tomorrow", "before=x", "before=99999999999999999999999", "project=%3Cb%3E"]
)
def test_a_filter_of_nonsense_does_no_harm(root, query):
    page = root.get(f"/+admin/log/?{query}", status="*")

    assert page.status_int in (200, 400)
    assert "<b>" not in page.html.main.decode()


def test_the_log_of_the_site_tells_what_was_done_to_it(root):
    root.send("/+admin/indexes/", "/indexes/", name="team")

    page = root.get("/+admin/log/")

    assert "create index team" in page.text
    assert "add user" in page.text


def test_the_overview_counts_and_tells_what_was_last(root, app):
    upload(app)

    page = root.get("/+admin/")

    numbers = {row.th.text: row.td.text for row in page.html.select("table tr")}
    assert (numbers["Projects"], numbers["Users"]) == ("1", "3")
    assert "new release six 1.0" in " ".join(page.html.select_one("ul.newest").text.split())


def test_the_pages_are_well_formed(root, wsgi, app):
    upload(app)
    add_token(wsgi, "ada")
    root.send("/+incubator/six/1.0/+promote?into=stable", "+promote")
    upload(app, version="2.0")
    root.send("/+incubator/six/2.0/+manage", "+delete", confirm="six")
    addresses = [f"/+admin/{it}" for it in OF_SITE]
    addresses += [f"/+admin/indexes/incubator/{it}" for it in OF_INDEX]
    addresses += ["/+account", "/+login", "/+logout", "/six/+manage", "/six/1.0/+manage"]
    addresses += ["/+incubator/six/1.0/+promote", "/+admin/indexes/stable/promotions"]

    for address in addresses:
        html = root.get(address).html
        ids = [tag["id"] for tag in html.find_all(id=True)]
        assert len(ids) == len(set(ids)), (address, ids)
        assert len(html.find_all("h1")) == 1, address
        labelled = {label["for"] for label in html.find_all("label") if label.has_attr("for")}
        for field in html.select("input:not([type=hidden], [hidden]), select, textarea"):
            assert field.get("id") in labelled or field.parent.name == "label", (address, field)
        for tag in html.find_all(attrs={"aria-describedby": True}):
            assert set(tag["aria-describedby"].split()) <= set(ids), (address, tag)
        for tag in html.find_all(attrs={"aria-labelledby": True}):
            assert tag["aria-labelledby"] in ids, (address, tag)
        for form in html.select("form[method=post]"):
            assert form.select_one("input[name=csrf_token]"), address
        assert not html.select("[style], style, script:not([src]), [onclick]"), address


def test_what_is_not_said_of_a_private_index_is_shown_as_it_holds(root, wsgi):
    set_policy(wsgi, "incubator", grants={"read": ("bob",)})

    form = root.form(root.get("/+admin/indexes/incubator/"), "/change")
    assert form["upload"].value == form["delete"].value == "bob"
    form.submit(status=303)

    with index(wsgi, "incubator") as it:
        assert dict(it.policy.grants) == {"read": ("bob",)}
