"""Indexes over the API."""

import pytest

from mypi.permissions import PERMISSIONS, Scope
from tests.api import Api
from tests.factories import wheel
from tests.inside import actions, send, site
from tests.people import add_token, add_users, basic, bearer, set_policy
from tests.reading import publish
from tests.wire import fields_of, requests_upload

WHEEL = wheel("six", "1.0")
ADA_ALONE = dict.fromkeys(PERMISSIONS, ("ada",))


@pytest.fixture
def closed(app, wsgi):
    """A closed site: ada administers, bob manages the incubator, eve is just a user."""
    add_users(wsgi, "ada", "bob", "eve")
    set_policy(wsgi, "incubator", grants={"manage": ("bob",)})
    return {name: Api(app, basic(name)) for name in ("ada", "bob", "eve")}


def test_the_indexes_are_listed_by_name(app):
    publish(app, WHEEL)

    listed = Api(app).get("/indexes")["indexes"]

    assert [(it["name"], it["default"], it["projects"], it["size"]) for it in listed] == [
        ("incubator", False, 0, 0),
        ("stable", True, 1, len(WHEEL[1])),
    ]
    assert listed[0]["policy"]["bases"] == ["stable"]
    assert listed[0]["policy"]["volatile"] is True


def test_an_index_says_what_the_asker_may_do(app, closed):
    every = ["read", "upload", "promote", "yank", "delete", "manage"]

    assert Api(app).get("/indexes/stable")["permissions"] == ["read"]
    assert closed["eve"].get("/indexes/incubator")["permissions"] == every[:-1]
    assert closed["bob"].get("/indexes/incubator")["permissions"] == every
    assert closed["ada"].get("/indexes/stable")["permissions"] == every


def test_grants_to_who_is_not_there_yet_are_noted_to_who_manages_the_index(closed):
    policy = {"grants": {"manage": ["bob"], "read": ["everyone"], "upload": ["users", "cy", "@x"]}}
    notes = ["There is no user cy here yet.", "There is no group x here yet."]

    assert closed["bob"].patch("/indexes/incubator", {"policy": policy})["notes"] == notes

    assert closed["ada"].get("/indexes/incubator")["notes"] == notes
    assert closed["eve"].get("/indexes/incubator")["notes"] == []
    assert closed["ada"].get("/indexes/stable")["notes"] == []


def test_who_has_which_permission_is_shown_to_who_manages_the_index(closed):
    shown = {
        name: api.get("/indexes/incubator")["policy"]["grants"] for name, api in closed.items()
    }

    assert shown == {"ada": {"manage": ["bob"]}, "bob": {"manage": ["bob"]}, "eve": {}}


def test_a_base_that_may_not_be_read_is_not_shown(wsgi, closed):
    set_policy(wsgi, "incubator", bases=("stable", "secret"))
    closed["ada"].post("/indexes", {"name": "secret"}, 201)
    set_policy(wsgi, "secret", grants=ADA_ALONE)

    assert closed["eve"].get("/indexes/incubator")["policy"]["bases"] == ["stable"]
    assert closed["ada"].get("/indexes/incubator")["policy"]["bases"] == ["stable", "secret"]


def test_an_index_that_may_not_be_read_is_like_one_that_does_not_exist(app, wsgi, closed):
    set_policy(wsgi, "incubator", grants=ADA_ALONE)

    private = closed["eve"].ask("GET", "/indexes/incubator", status=404).json
    absent = closed["eve"].ask("GET", "/indexes/absent", status=404).json

    assert private["detail"] == absent["detail"].replace("absent", "incubator")
    assert [it["name"] for it in closed["eve"].get("/indexes")["indexes"]] == ["stable"]
    assert [it["name"] for it in Api(app).get("/indexes")["indexes"]] == ["stable"]
    Api(app).get("/indexes/incubator", 401)
    Api(app).get("/indexes/absent", 401)


def test_creating_an_index(wsgi, operator):
    made = operator.post(
        "/indexes",
        {"name": "team", "policy": {"title": "Team", "bases": ["incubator"], "volatile": True}},
        201,
    )

    assert made == operator.get("/indexes/team")
    assert made["policy"]["title"] == "Team"
    assert made["policy"]["bases"] == ["incubator"]
    assert made["policy"]["trash_days"] == 30
    with site(wsgi) as it:
        entry = list(it.journal.since(0))[-1][1]
    assert (entry.action, entry.by) == ("create index team", "operator")
    assert (entry.client, entry.address) == ("api-test/1", "192.0.2.7")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"name": "stable"}, 409, "stable"),
        ({"name": "Team!"}, 400, "valid index name"),
        ({"name": "api"}, 400, "reserved"),
        ({"name": "team", "policy": {"bases": ["absent"]}}, 400, "absent"),
        ({"name": "team", "policy": {"bases": ["team"]}}, 400, "team"),
        ({"name": "team", "policy": {"grants": {"read": ["b@d"]}}}, 400, "b@d"),
        ({"name": "team", "policy": {"grants": {"fly": ["ada"]}}}, 400, "fly"),
        ({"name": "team", "policy": {"rules": {"license": "perhaps"}}}, 400, "warn or enforce"),
        ({"name": "team", "policy": {"kinds": ["exe"]}}, 400, "exe"),
        ({"name": "team", "policy": {"max_size": -1}}, 400, "max_size"),
    ],
)
def test_an_index_that_breaks_a_rule_is_not_created(wsgi, operator, body, status, words):
    assert words in operator.post("/indexes", body, status)["detail"]

    with site(wsgi) as it:
        assert sorted(it.indexes) == ["incubator", "stable"]


def test_changing_parts_of_a_policy_leaves_the_rest(operator):
    operator.patch("/indexes/incubator", {"policy": {"title": "Try it here"}})

    changed = operator.patch("/indexes/incubator", {"policy": {"keep_days": 90}})

    assert changed["policy"]["title"] == "Try it here"
    assert changed["policy"]["keep_days"] == 90
    assert changed["policy"]["bases"] == ["stable"]


def test_an_index_may_be_frozen_and_thawed(app, operator):
    operator.patch("/indexes/stable", {"policy": {"frozen": True}})
    refused = send(app, requests_upload(fields_of(*WHEEL)))
    operator.patch("/indexes/stable", {"policy": {"frozen": False}})

    publish(app, WHEEL)

    assert refused.status_int == 403


def test_who_manages_an_index_changes_its_policy_and_nothing_else(closed):
    bob = closed["bob"]

    bob.patch("/indexes/incubator", {"policy": {"title": "Bob's"}})

    bob.patch("/indexes/incubator", {"name": "bobs"}, 403)
    bob.patch("/indexes/stable", {"policy": {"title": "Bob's"}}, 403)
    bob.post("/indexes", {"name": "bobs"}, 403)
    bob.delete("/indexes/incubator", 403)
    closed["eve"].patch("/indexes/incubator", {"policy": {"title": "Eve's"}}, 403)


def test_a_rename_and_a_change_that_fails_leave_both_undone(operator):
    operator.patch("/indexes/incubator", {"name": "stable", "policy": {"title": "New"}}, 409)

    assert operator.get("/indexes/incubator")["policy"]["title"] != "New"


def test_a_base_that_the_manager_may_not_read_does_not_exist_for_them(wsgi, closed):
    closed["ada"].post("/indexes", {"name": "secret"}, 201)
    set_policy(wsgi, "secret", grants=ADA_ALONE)

    hidden = closed["bob"].patch("/indexes/incubator", {"policy": {"bases": ["secret"]}}, 400)
    absent = closed["bob"].patch("/indexes/incubator", {"policy": {"bases": ["absent"]}}, 400)

    assert hidden["detail"].replace("secret", "absent") == absent["detail"]


def test_renaming_an_index_takes_its_name_along(app, wsgi, operator):
    operator.post("/indexes", {"name": "team", "policy": {"bases": ["incubator"]}}, 201)

    renamed = operator.patch("/indexes/incubator", {"name": "nursery"})

    assert renamed["name"] == "nursery"
    assert operator.get("/indexes/team")["policy"]["bases"] == ["nursery"]
    operator.get("/indexes/incubator", 404)
    operator.patch("/indexes/stable", {"name": "steady"}, 400)


def test_deleting_and_restoring_an_index(app, operator):
    publish(app, WHEEL, root="/+incubator/")

    deleted = operator.delete("/indexes/incubator")

    assert (deleted["kind"], deleted["index"], deleted["by"]) == ("index", "incubator", "operator")
    assert deleted["size"] == len(WHEEL[1])
    operator.get("/indexes/incubator", 404)
    assert operator.get("/trash") == {"trash": [deleted], "next": ""}

    restored = operator.post(f"/trash/{deleted['id']}/restore")

    assert (restored["name"], restored["projects"]) == ("incubator", 1)
    assert operator.get("/trash")["trash"] == []
    operator.post(f"/trash/{deleted['id']}/restore", status=404)


def test_a_base_of_others_is_deleted_by_force_only(operator):
    operator.post("/indexes", {"name": "team", "policy": {"bases": ["incubator"]}}, 201)

    operator.delete("/indexes/incubator", 400)
    operator.delete("/indexes/incubator", force="true")

    assert operator.get("/indexes/team")["policy"]["bases"] == []


def test_the_default_index_stays(operator):
    operator.delete("/indexes/stable", 400, force="true")

    assert operator.get("/indexes/stable")["default"] is True


def test_deleted_indexes_go_for_good(app, operator):
    publish(app, WHEEL, root="/+incubator/")
    operator.delete("/indexes/incubator")

    assert operator.delete("/trash") == {"freed": 0}
    assert operator.delete("/trash", everything="true") == {"freed": len(WHEEL[1])}
    assert operator.get("/trash")["trash"] == []


def test_only_administrators_see_and_empty_the_sites_trash(closed):
    closed["ada"].delete("/indexes/incubator")

    assert len(closed["ada"].get("/trash")["trash"]) == 1
    closed["bob"].get("/trash", 403)
    closed["bob"].delete("/trash", 403)


def test_a_limited_token_of_an_administrator_administers_nothing(app, wsgi, closed):
    limited = Api(app, bearer(add_token(wsgi, "ada", Scope(indexes=("stable",)))))
    whole = Api(app, bearer(add_token(wsgi, "ada")))

    refused = limited.post("/indexes", {"name": "team"}, 403)["detail"]
    assert "The limits of this token of ada do not allow that" in refused
    limited.get("/indexes/incubator", 404)
    limited.patch("/indexes/stable", {"policy": {"title": "Stable"}})
    limited.patch("/indexes/stable", {"name": "steady"}, 403)
    whole.post("/indexes", {"name": "team"}, 201)


def test_every_change_is_in_the_sites_journal(wsgi, operator):
    operator.post("/indexes", {"name": "team"}, 201)
    operator.patch("/indexes/team", {"policy": {"title": "Team"}})
    operator.patch("/indexes/team", {"name": "crew"})
    number = operator.delete("/indexes/crew")["id"]
    operator.post(f"/trash/{number}/restore")

    with site(wsgi) as it:
        done = [entry.action.split()[0] for _serial, entry in it.journal.since(0)]
    assert done == ["create", "change", "rename", "delete", "restore"]
    assert actions(wsgi, "crew") == ["change policy"]
