"""The log over the API."""

import pytest

from tests.api import Api
from tests.factories import wheel
from tests.inside import index
from tests.people import add_users, basic
from tests.reading import publish

LOG = "/indexes/stable/log"


@pytest.fixture
def history(app, wsgi):
    """Two projects; their entries are a day apart."""
    publish(app, wheel("six", "1.0"), wheel("seven", "1.0"))
    with index(wsgi) as it:
        journal = it.journal
        chunk = journal.chunks[1]
        chunk.entries = tuple(
            (1_700_000_000.0 + number * 86_400, *entry[1:])
            for number, entry in enumerate(chunk.entries)
        )


def test_an_index_tells_what_was_done_newest_first(app, history):
    told = Api(app).get(LOG)

    assert [(it["serial"], it["action"], it["project"]) for it in told["entries"]] == [
        (6, f"add py3 file {wheel('seven', '1.0')[0]}", "seven"),
        (5, "new release", "seven"),
        (4, "create", "seven"),
        (3, f"add py3 file {wheel('six', '1.0')[0]}", "six"),
        (2, "new release", "six"),
        (1, "create", "six"),
    ]
    assert {it["index"] for it in told["entries"]} == {"stable"}
    assert told["next"] == 0


def test_the_log_comes_by_the_page(app, history):
    first = Api(app).get(LOG, limit=4)
    rest = Api(app).get(LOG, limit=4, before=first["next"])

    assert [it["serial"] for it in first["entries"]] == [6, 5, 4, 3]
    assert [it["serial"] for it in rest["entries"]] == [2, 1]
    assert rest["next"] == 0


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ({"project": "SIX"}, [3, 2, 1]),
        ({"action": "new"}, [5, 2]),
        ({"project": "six", "action": "create"}, [1]),
        ({"since": "2023-11-19"}, [6]),
        ({"until": "2023-11-15"}, [1]),
        ({"since": "2023-11-15T22:13:20Z", "until": "2023-11-16T22:13:20Z"}, [2]),
        ({"by": "ada"}, []),
        ({"version": "1.0", "project": "seven"}, [6, 5]),
    ],
)
def test_the_log_can_be_narrowed(app, history, query, serials):
    told = Api(app).get(LOG, **query)

    assert [it["serial"] for it in told["entries"]] == serials
    assert told["next"] == 0


def test_from_where_is_told_to_who_manages_the_index(app, wsgi, operator):
    publish(app, wheel("six", "1.0"))
    add_users(wsgi, "ada", "bob")
    operator.post("/indexes/stable/projects/six/releases/1.0/yank")

    seen = Api(app, basic("bob")).get(LOG)["entries"][0]
    managed = Api(app, basic("ada")).get(LOG)["entries"][0]

    assert (seen["client"], seen["address"]) == ("", "")
    assert (managed["client"], managed["address"]) == ("api-test/1", "192.0.2.7")
    assert {**managed, "client": "", "address": ""} == seen


def test_the_sites_log_tells_of_indexes_and_people(app, wsgi, operator):
    add_users(wsgi, "ada")
    operator.post("/indexes", {"name": "team"}, 201)

    told = Api(app, basic("ada")).get("/log")["entries"]

    assert told[0]["action"] == "create index team"
    assert told[0]["address"] == "192.0.2.7"
    assert {it["index"] for it in told} == {""}
    assert "add user" in [it["action"] for it in told]
    Api(app).get("/log", 401)


def test_the_log_of_an_index_that_is_gone_for_good_is_kept(app, operator):
    publish(app, wheel("six", "1.0"), root="/+incubator/")
    operator.delete("/indexes/incubator")
    operator.delete("/trash", everything="true")

    told = operator.get("/log", former="incubator")["entries"]

    assert {it["index"] for it in told} == {"incubator"}
    assert "create" in [it["action"] for it in told]
    operator.get("/log", 404, former="absent")
