"""Projects, releases and files over the API."""

import pytest

from mypi.permissions import Scope
from tests.api import Api
from tests.factories import sdist, wheel
from tests.inside import actions, files, index
from tests.people import add_token, add_users, basic, bearer, set_policy
from tests.reading import publish, register

WHEEL = wheel("six", "1.0", requires_python=">=3.9")
SDIST = sdist("six", "1.0")
NEWER = wheel("six", "1.10")
SIX = "/indexes/stable/projects/six"


@pytest.fixture
def six(app):
    """The project six in stable: two files of 1.0, one of 1.10."""
    publish(app, WHEEL, SDIST, NEWER)


def test_projects_come_by_the_page(app, operator):
    for name in ("alpha", "beta", "beta-one", "beta_two", "gamma"):
        register(app, name)
    projects = "/indexes/incubator/projects"

    assert operator.get(projects) == {
        "projects": ["alpha", "beta", "beta-one", "beta-two", "gamma"],
        "next": "",
    }
    assert operator.get(projects, limit=2) == {"projects": ["alpha", "beta"], "next": "beta"}
    assert operator.get(projects, limit=2, after="beta") == {
        "projects": ["beta-one", "beta-two"],
        "next": "beta-two",
    }
    assert operator.get(projects, limit=2, after="beta-two") == {"projects": ["gamma"], "next": ""}
    assert operator.get(projects, prefix="Beta_")["projects"] == ["beta-one", "beta-two"]
    assert operator.get(projects, prefix="beta", limit=2)["next"] == "beta-one"
    assert operator.get(projects, prefix="beta", after="beta-one") == {
        "projects": ["beta-two"],
        "next": "",
    }
    assert operator.get(projects, prefix="delta") == {"projects": [], "next": ""}


def test_a_project_shows_all_releases_newest_first(six, app, operator):
    shown = operator.get("/indexes/stable/projects/SIX")

    assert (shown["name"], shown["index"], shown["status"]) == ("six", "stable", "active")
    assert [it["version"] for it in shown["releases"]] == ["1.10", "1.0"]
    wheel_file = next(it for it in shown["releases"][1]["files"] if it["kind"] == "bdist_wheel")
    assert wheel_file["filename"] == WHEEL[0]
    assert wheel_file["size"] == len(WHEEL[1])
    assert wheel_file["requires_python"] == ">=3.9"
    assert wheel_file["yanked"] is False
    assert wheel_file["origin"] is None
    assert wheel_file["promoted_to"] == []
    assert wheel_file["sha256"] == files(app, "six")[WHEEL[0]]


def test_a_project_of_a_base_is_shown_where_it_is_seen_and_changed_where_it_is(six, operator):
    seen = "/indexes/incubator/projects/six"

    assert operator.get(seen)["index"] == "stable"
    assert operator.get(f"{seen}/releases/1.0")["index"] == "stable"
    operator.delete(seen, 404)
    operator.patch(seen, {"status": "archived"}, 404)
    operator.post(f"{seen}/releases/1.0/yank", status=404)
    operator.put(f"{seen}/owners/ada", status=404)
    assert operator.get(SIX)["status"] == "active"


def test_an_index_that_merges_shows_the_releases_of_all_bases(app, six, operator):
    publish(app, wheel("six", "2.0"), root="/+incubator/")
    bases = {"bases": ["incubator", "stable"], "merge": True}
    operator.post("/indexes", {"name": "team", "policy": bases}, 201)

    shown = operator.get("/indexes/team/projects/six")

    assert [(it["version"], it["index"]) for it in shown["releases"]] == [
        ("2.0", "incubator"),
        ("1.10", "stable"),
        ("1.0", "stable"),
    ]
    assert operator.get("/indexes/team/projects/six/releases/1.10")["index"] == "stable"


def test_a_release_without_files_is_shown(app, operator):
    register(app, "six", "0.1")

    shown = operator.get(f"{SIX}/releases/0.1")

    assert (shown["files"], shown["yanked"]) == ([], False)


def test_yanking_a_release_and_taking_it_back(six, app, wsgi, operator):
    yanked = operator.post(f"{SIX}/releases/1/yank", {"reason": "breaks logins"})

    assert yanked["version"] == "1.0"
    assert yanked["yanked"] is True
    assert {it["yanked_reason"] for it in yanked["files"]} == {"breaks logins"}
    page = app.get("/simple/six/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    assert [it["yanked"] for it in page.json["files"]].count("breaks logins") == 2

    restored = operator.post(f"{SIX}/releases/1.0/unyank")

    assert restored["yanked"] is False
    assert actions(wsgi)[-2:] == ["yank release", "unyank release"]


def test_yanking_one_file(six, operator):
    address = f"{SIX}/releases/1.0/files/{SDIST[0]}"

    yanked = operator.post(f"{address}/yank")

    assert yanked["yanked"] is False
    assert {it["filename"] for it in yanked["files"] if it["yanked"]} == {SDIST[0]}
    restored = operator.post(f"{address}/unyank")
    assert restored == {**operator.get(f"{SIX}/releases/1.0"), "changed": True}


def test_what_was_so_before_is_told(six, operator):
    yanked = [operator.post(f"{SIX}/releases/1.0/yank", {"reason": why}) for why in ("a", "a", "b")]
    restored = [operator.post(f"{SIX}/releases/1.0/unyank") for _ in range(2)]

    assert [it["changed"] for it in yanked] == [True, False, True]
    assert [it["changed"] for it in restored] == [True, False]


def test_deleting_a_file_a_release_and_a_project(six, app, operator):
    one = operator.delete(f"{SIX}/releases/1.0/files/{SDIST[0]}")
    two = operator.delete(f"{SIX}/releases/1.0")
    three = operator.delete(SIX)

    assert [(it["kind"], it["version"], it["filename"]) for it in (one, two, three)] == [
        ("file", "1.0", SDIST[0]),
        ("release", "1.0", ""),
        ("project", "", ""),
    ]
    assert (one["size"], two["size"]) == (len(SDIST[1]), len(WHEEL[1]))
    assert files(app, "six") == {}
    assert operator.get("/indexes/stable")["size"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "/releases/9.9",
        "/releases/not-a-version",
        "/releases/1.0/files/other-1.0.tar.gz",
        f"/releases/1.10/files/{SDIST[0]}",
    ],
)
def test_what_is_not_there_cannot_be_deleted_or_yanked(six, wsgi, operator, path):
    operator.delete(SIX + path, 404)
    operator.post(f"{SIX}{path}/yank", status=404)
    operator.post(f"{SIX}{path}/unyank", status=404)

    with index(wsgi) as it:
        assert len(it.projects["six"].links) == 3


@pytest.mark.parametrize("status", ["archived", "deprecated", "quarantined", "active"])
def test_a_project_gets_a_status(six, app, operator, status):
    if status == "active":
        operator.patch(SIX, {"status": "archived"})
    changed = operator.patch(SIX, {"status": status, "reason": "see the wiki"})

    assert (changed["status"], changed["reason"]) == (status, "see the wiki")
    assert len(changed["releases"]) == 2
    assert len(files(app, "six")) == (0 if status == "quarantined" else 3)


def test_a_status_that_is_unknown_is_refused(six, operator):
    assert "asleep" in operator.patch(SIX, {"status": "asleep"}, 400)["detail"]


def test_quarantine_is_for_who_manages_the_index(six, app, wsgi):
    add_users(wsgi, "ada", "bob")
    ada, bob = Api(app, basic("ada")), Api(app, basic("bob"))

    bob.patch(SIX, {"status": "deprecated"})
    bob.patch(SIX, {"status": "quarantined"}, 403)
    ada.patch(SIX, {"status": "quarantined"})
    bob.patch(SIX, {"status": "active"}, 403)

    assert bob.get(SIX)["status"] == "quarantined"


def test_owners_are_added_and_removed(six, app, wsgi, operator):
    add_users(wsgi, "ada", "bob")

    assert operator.put(f"{SIX}/owners/ada") == {"owners": ["ada"]}
    assert operator.put(f"{SIX}/owners/bob") == {"owners": ["ada", "bob"]}
    assert operator.delete(f"{SIX}/owners/ada") == {"owners": ["bob"]}
    assert operator.get(SIX)["owners"] == ["bob"]
    assert actions(wsgi)[-3:] == ["add Owner ada", "add Owner bob", "remove Owner ada"]


def test_with_ownership_only_owners_change_a_project(six, app, wsgi, operator):
    add_users(wsgi, "ada", "bob", "eve")
    set_policy(wsgi, "stable", ownership=True)
    operator.put(f"{SIX}/owners/bob")
    bob, eve = Api(app, basic("bob")), Api(app, basic("eve"))

    eve.post(f"{SIX}/releases/1.0/yank", status=403)
    eve.delete(f"{SIX}/releases/1.0", 403)
    eve.put(f"{SIX}/owners/eve", status=403)
    eve.patch(SIX, {"status": "archived"}, 403)
    bob.post(f"{SIX}/releases/1.0/yank")
    bob.put(f"{SIX}/owners/eve")
    eve.delete(f"{SIX}/releases/1.0")


def test_a_token_of_one_project_changes_no_other(six, app, wsgi):
    publish(app, wheel("seven", "1.0"))
    add_users(wsgi, "ada")
    token = Api(app, bearer(add_token(wsgi, "ada", Scope(projects=("six",)))))

    token.post(f"{SIX}/releases/1.0/yank")
    token.post("/indexes/stable/projects/seven/releases/1.0/yank", status=403)
    token.delete("/indexes/stable/projects/seven", 403)
    assert token.get("/indexes/stable/projects/seven")["name"] == "seven"


def test_while_the_site_is_open_deleting_is_for_volatile_indexes(app, six):
    publish(app, wheel("six", "2.0"), root="/+incubator/")
    anybody = Api(app)

    anybody.post(f"{SIX}/releases/1.0/yank")
    anybody.delete(SIX, 403)
    anybody.delete("/indexes/incubator/projects/six")
