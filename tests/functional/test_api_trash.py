"""Trash and retention of an index over the API."""

import pytest
from ZODB.POSException import ConflictError

from mypi.permissions import Scope
from mypi.services import retention
from tests.api import Api
from tests.factories import sdist, wheel
from tests.inside import files, index
from tests.people import add_token, add_users, basic, bearer, set_policy
from tests.reading import publish

WHEEL = wheel("six", "1.0")
SDIST = sdist("six", "1.0")
SIX = "/indexes/stable/projects/six"
TRASH = "/indexes/stable/trash"
DAY = 86_400


@pytest.fixture
def six(app):
    """The release six 1.0 in stable, two files."""
    publish(app, WHEEL, SDIST)


def test_what_was_deleted_is_listed_newest_first(six, operator):
    one = operator.delete(f"{SIX}/releases/1.0/files/{SDIST[0]}")
    two = operator.delete(SIX)

    assert operator.get(TRASH) == {"trash": [two, one], "next": ""}
    first = operator.get(TRASH, limit=1)
    assert first == {"trash": [two], "next": two["id"]}
    assert operator.get(TRASH, limit=1, before=first["next"]) == {"trash": [one], "next": ""}
    assert (one["by"], one["size"], one["index"]) == ("operator", len(SDIST[1]), "stable")
    assert one["expires"] > one["when"]


def test_what_stays_for_ever_expires_at_the_end_of_the_calendar(six, operator):
    operator.patch("/indexes/stable", {"policy": {"trash_days": 2**53}})

    assert operator.delete(SIX)["expires"] == "9999-12-31T00:00:00Z"


@pytest.mark.parametrize("what", ["", "/releases/1.0", f"/releases/1.0/files/{SDIST[0]}"])
def test_what_was_deleted_can_be_restored(six, app, operator, what):
    before = operator.get(SIX)
    number = operator.delete(SIX + what)["id"]
    assert len(files(app, "six")) < 2

    restored = operator.post(f"{TRASH}/{number}/restore")

    assert restored["id"] == number
    assert operator.get(SIX) == before
    assert len(files(app, "six")) == 2
    assert operator.get(TRASH)["trash"] == []
    operator.post(f"{TRASH}/{number}/restore", status=404)


def test_what_something_new_replaced_is_not_restored(app, operator):
    publish(app, WHEEL, root="/+incubator/")
    number = operator.delete("/indexes/incubator/projects/six")["id"]
    publish(app, wheel("six", "1.0", summary="Other bytes"), root="/+incubator/")

    operator.post(f"/indexes/incubator/trash/{number}/restore", status=409)

    assert len(operator.get("/indexes/incubator/trash")["trash"]) == 1


def test_one_thing_goes_for_good(six, operator):
    number = operator.delete(SIX)["id"]

    assert operator.delete(f"{TRASH}/{number}")["id"] == number

    assert operator.get(TRASH)["trash"] == []
    operator.delete(f"{TRASH}/{number}", 404)
    operator.post(f"{TRASH}/{number}/restore", status=404)


def test_what_has_expired_goes_or_everything(six, wsgi, operator):
    old = operator.delete(f"{SIX}/releases/1.0/files/{SDIST[0]}")["id"]
    new = operator.delete(SIX)["id"]
    with index(wsgi) as it:
        it.trash[old].when -= 31 * DAY

    assert operator.delete(TRASH) == {"freed": len(SDIST[1])}
    assert [it["id"] for it in operator.get(TRASH)["trash"]] == [new]
    assert operator.delete(TRASH, everything="true") == {"freed": len(WHEEL[1])}
    assert operator.get(TRASH)["trash"] == []


def test_restoring_takes_delete_and_emptying_takes_manage(six, app, wsgi, operator):
    add_users(wsgi, "ada", "bob", "eve")
    set_policy(wsgi, "stable", grants={"delete": ("bob",)})
    bob, eve = Api(app, basic("bob")), Api(app, basic("eve"))
    number = bob.delete(SIX)["id"]

    eve.get(TRASH, 403)
    eve.post(f"{TRASH}/{number}/restore", status=403)
    bob.delete(TRASH, 403, everything="true")
    bob.delete(f"{TRASH}/{number}", 403)
    assert [it["by"] for it in bob.get(TRASH)["trash"]] == ["bob"]
    bob.post(f"{TRASH}/{number}/restore")


def test_a_token_of_one_project_restores_no_other(six, app, wsgi, operator):
    add_users(wsgi, "ada", "bob")
    number = operator.delete(SIX)["id"]
    token = Api(app, bearer(add_token(wsgi, "bob", Scope(projects=("seven",)))))

    token.post(f"{TRASH}/{number}/restore", status=403)

    Api(app, bearer(add_token(wsgi, "bob", Scope(projects=("six",))))).post(
        f"{TRASH}/{number}/restore"
    )


def test_what_belongs_to_owners_is_restored_by_owners(six, app, wsgi, operator):
    add_users(wsgi, "ada", "bob", "eve")
    set_policy(wsgi, "stable", ownership=True)
    operator.put(f"{SIX}/owners/bob")
    number = Api(app, basic("bob")).delete(SIX)["id"]

    Api(app, basic("eve")).post(f"{TRASH}/{number}/restore", status=403)
    Api(app, basic("bob")).post(f"{TRASH}/{number}/restore")

    assert operator.get(SIX)["owners"] == ["bob"]


def test_retention_says_what_it_would_delete_and_then_does(app, operator):
    for number in range(4):
        publish(app, wheel("six", f"1.0.dev{number}"), root="/+incubator/")
    operator.patch("/indexes/incubator", {"policy": {"keep_prereleases": 1}})
    address = "/indexes/incubator/retention"

    due = operator.get(address)["expired"]

    assert [it["version"] for it in due] == ["1.0.dev2", "1.0.dev1", "1.0.dev0"]
    assert all("pre-release" in it["reason"] for it in due)
    assert len(files(app, "six", "/+incubator/")) == 4

    first = operator.post(address, {"limit": 2})
    rest = operator.post(address)

    assert (len(first["deleted"]), first["more"]) == (2, True)
    assert (len(rest["deleted"]), rest["more"]) == (1, False)
    assert operator.post(address) == {"deleted": [], "more": False}
    assert operator.get(address) == {"expired": []}
    assert len(files(app, "six", "/+incubator/")) == 1
    assert len(operator.get("/indexes/incubator/trash")["trash"]) == 3


def test_retention_that_meets_others_takes_fewer_at_a_time(operator, monkeypatch):
    limits = []

    def run(_index, _actor, limit):
        limits.append(limit)
        if len(limits) < 4:
            raise ConflictError("somebody published there")
        return []

    monkeypatch.setattr(retention, "run", run)

    operator.post("/indexes/incubator/retention", {"limit": 20})

    assert limits == [20, 5, 1, 1]


def test_retention_is_for_who_manages_the_index(app, wsgi):
    add_users(wsgi, "ada", "bob")
    bob = Api(app, basic("bob"))

    bob.get("/indexes/incubator/retention", 403)
    bob.post("/indexes/incubator/retention", status=403)


def test_who_has_the_newer_bytes_gets_those_that_were_put_back(app, operator):
    """On a volatile index a file may be older than the one of its name before."""
    publish(app, WHEEL, root="/+incubator/")
    first = operator.delete("/indexes/incubator/projects/six")["id"]
    publish(app, wheel("six", "1.0", files={"new.py": b""}), root="/+incubator/")
    with index(app.app, "incubator") as it:
        it.project("six").release("1.0").files[WHEEL[0]].uploaded += 60
    address = f"/packages/incubator/six/{WHEEL[0]}"
    modified = app.get(address).headers["Last-Modified"]
    operator.delete("/indexes/incubator/projects/six")
    operator.post(f"/indexes/incubator/trash/{first}/restore")

    answer = app.get(address, headers={"If-Modified-Since": modified})

    assert answer.body == WHEEL[1]
