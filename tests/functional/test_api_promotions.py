"""Promotion over the API: plan, do, list, undo."""

import pytest

from mypi.permissions import PERMISSIONS, Scope
from tests.api import Api
from tests.factories import sdist, wheel
from tests.inside import files, send, state
from tests.people import add_token, add_users, basic, bearer, set_policy
from tests.reading import publish
from tests.wire import fields_of, requests_upload

WHEEL = wheel("six", "1.0")
SDIST = sdist("six", "1.0")
PROMOTIONS = "/indexes/stable/promotions"


@pytest.fixture
def six(app):
    """The release six 1.0 in the incubator, two files."""
    publish(app, WHEEL, SDIST, root="/+incubator/")


def wanted(*releases, **more):
    return {"from": "incubator", "releases": list(releases), **more}


def test_promoting_a_release(app, six, operator):
    done = operator.post(PROMOTIONS, wanted("six==1.0", note="tested"))

    assert done["id"]
    assert [(it["filename"], it["state"]) for it in done["files"]] == [
        (WHEEL[0], "new"),
        (SDIST[0], "new"),
    ]
    assert sorted(files(app, "six")) == sorted([WHEEL[0], SDIST[0]])
    shown = operator.get("/indexes/stable/projects/six/releases/1.0")["files"]
    assert {it["origin"]["from"] for it in shown} == {"incubator"}
    assert {it["origin"]["by"] for it in shown} == {"operator"}
    assert {it["origin"]["note"] for it in shown} == {"tested"}


def test_a_dry_run_says_what_would_be_done_and_does_nothing(app, wsgi, data, six, operator):
    publish(app, SDIST)
    before = state(wsgi, data)

    plan = operator.post(PROMOTIONS, wanted("six", dry_run=True))

    assert plan["id"] == ""
    assert {it["filename"]: it["state"] for it in plan["files"]} == {
        WHEEL[0]: "new",
        SDIST[0]: "present",
    }
    assert plan["complete"] is True
    assert state(wsgi, data) == before


def test_one_file_of_a_release(app, six, operator):
    operator.post(PROMOTIONS, wanted(f"six==1.0/{WHEEL[0]}"))

    assert list(files(app, "six")) == [WHEEL[0]]


def test_what_is_required_comes_along_where_asked_for(app, operator):
    publish(app, wheel("app", "1.0", requires_dist=["lib", "absent"]), root="/+incubator/")
    publish(app, wheel("lib", "2.0"), root="/+incubator/")

    plan = operator.post(PROMOTIONS, wanted("app", dependencies=True))

    assert {it["project"] for it in plan["files"]} == {"app", "lib"}
    assert any("absent" in it for it in plan["missing"])


def test_who_is_affected_is_told_beforehand(app, operator):
    publish(app, wheel("lib", "1.0"), wheel("app", "1.0", requires_dist=["lib>=1"]))
    publish(app, wheel("lib", "2.0"), root="/+incubator/")

    plan = operator.post(PROMOTIONS, wanted("lib", dry_run=True))

    assert plan["dependents"] == [
        {
            "project": "app",
            "version": "1.0",
            "requirement": "lib>=1",
            "before": "1.0",
            "after": "2.0",
        }
    ]


def test_a_file_that_is_refused_stops_all(app, six, wsgi, data, operator):
    publish(app, wheel("six", "1.0", summary="Other bytes"))
    before = state(wsgi, data)

    refused = operator.post(PROMOTIONS, wanted("six"), 409)
    plan = operator.post(PROMOTIONS, wanted("six", dry_run=True))

    assert WHEEL[0] in refused["detail"]
    assert [it["reason"] for it in plan["files"] if it["state"] == "refused"] == [refused["detail"]]
    assert state(wsgi, data) == before


def test_the_same_again_changes_nothing(six, wsgi, data, operator):
    operator.post(PROMOTIONS, wanted("six"))
    before = state(wsgi, data)

    again = operator.post(PROMOTIONS, wanted("six"))

    assert again["id"] == ""
    assert {it["state"] for it in again["files"]} == {"present"}
    assert state(wsgi, data) == before


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"releases": ["six"]}, 400, "from"),
        (wanted(), 400, "releases"),
        (wanted("six=1.0"), 400, "six=1.0"),
        (wanted("absent"), 404, "absent"),
        (wanted("six==9"), 404, "six==9"),
        ({"from": "stable", "releases": ["six"]}, 400, "stable"),
        ({"from": "absent", "releases": ["six"]}, 404, "absent"),
        (wanted("six", note="x" * 501), 400, "note"),
    ],
)
def test_what_cannot_be_promoted(six, operator, body, status, words):
    assert words in operator.post(PROMOTIONS, body, status)["detail"]


def test_a_source_that_may_not_be_read_is_like_one_that_does_not_exist(app, six, wsgi):
    add_users(wsgi, "ada", "bob")
    set_policy(wsgi, "incubator", grants=dict.fromkeys(PERMISSIONS, ("ada",)))
    bob = Api(app, basic("bob"))

    private = bob.post(PROMOTIONS, wanted("six"), 404)
    absent = bob.post(PROMOTIONS, {**wanted("six"), "from": "absent"}, 404)

    assert private["detail"].replace("incubator", "absent") == absent["detail"]


def test_promotions_are_listed_newest_first_by_the_page(app, operator):
    for number in range(3):
        publish(app, wheel("six", f"1.{number}"), root="/+incubator/")
        operator.post(PROMOTIONS, wanted(f"six==1.{number}", note=f"number {number}"))

    listed = operator.get(PROMOTIONS)
    first = operator.get(PROMOTIONS, limit=2)
    rest = operator.get(PROMOTIONS, limit=2, before=first["next"])

    assert [it["note"] for it in listed["promotions"]] == ["number 2", "number 1", "number 0"]
    assert first["promotions"] + rest["promotions"] == listed["promotions"]
    assert (listed["next"], rest["next"]) == ("", "")
    assert listed["promotions"][0]["files"][0]["filename"] == wheel("six", "1.2")[0]


def test_undoing_a_promotion(app, six, operator):
    number = operator.post(PROMOTIONS, wanted("six"))["id"]

    undone = operator.delete(f"{PROMOTIONS}/{number}")

    assert undone["undone"]
    assert files(app, "six") == {}
    assert operator.get(PROMOTIONS)["promotions"] == [undone]
    operator.delete(f"{PROMOTIONS}/{number}", 400)
    operator.delete(f"{PROMOTIONS}/absent", 404)


def test_promoting_takes_the_permission_on_the_target(app, six, wsgi):
    add_users(wsgi, "ada", "bob")
    set_policy(wsgi, "stable", grants={"promote": ("ada",)})
    ada, bob = Api(app, basic("ada")), Api(app, basic("bob"))

    bob.post(PROMOTIONS, wanted("six", dry_run=True), 403)
    number = ada.post(PROMOTIONS, wanted("six"))["id"]
    bob.delete(f"{PROMOTIONS}/{number}", 403)

    assert [it["by"] for it in bob.get(PROMOTIONS)["promotions"]] == ["ada"]


def test_a_token_of_one_project_promotes_and_undoes_no_other(app, six, wsgi):
    publish(app, wheel("seven", "1.0"), root="/+incubator/")
    add_users(wsgi, "ada")
    token = Api(app, bearer(add_token(wsgi, "ada", Scope(projects=("six",)))))
    seven = Api(app, basic("ada")).post(PROMOTIONS, wanted("seven"))["id"]

    token.delete(f"{PROMOTIONS}/{seven}", 403)
    number = token.post(PROMOTIONS, wanted("six"))["id"]
    token.delete(f"{PROMOTIONS}/{number}")


def test_approval_wants_a_second_person(app, wsgi):
    add_users(wsgi, "ada", "bob")
    set_policy(wsgi, "stable", approval=True)
    send(app, requests_upload(fields_of(*WHEEL), **basic("bob")), "/+incubator/")
    ada, bob = Api(app, basic("ada")), Api(app, basic("bob"))

    assert "someone else" in bob.post(PROMOTIONS, wanted("six"), 403)["detail"]
    assert ada.post(PROMOTIONS, wanted("six"))["id"]


def test_while_the_site_is_open_everybody_promotes(app, six):
    assert Api(app).post(PROMOTIONS, wanted("six"))["id"]
