"""``POST /+import``: a batch is one transaction, and only for who administers the site."""

import json

import pytest

from tests.factories import wheel
from tests.inside import state
from tests.people import add_users, basic

OPERATOR = {"mypi.operator": True}


def form(*archives, entries=None):
    said = [{} for _ in archives] if entries is None else entries
    text = said if isinstance(said, str) else json.dumps(said)
    return {
        "params": {"entries": text},
        "upload_files": [("content", name, content) for name, content in archives],
    }


@pytest.mark.on_files
def test_a_batch_is_one_transaction(app, wsgi, data):
    before = state(wsgi, data).transaction
    transactions = []
    database = wsgi.registry.database

    answer = app.post(
        "/+import", **form(*(wheel("six", f"1.{n}") for n in range(5))), extra_environ=OPERATOR
    )

    assert [it["outcome"] for it in answer.json["results"]] == ["published"] * 5
    iterator = database.storage.iterator(before)
    transactions = [it.tid for it in iterator]
    iterator.close()
    assert len(transactions) == 2  # the one before, and the batch


def test_yanks_and_names_come_along(app):
    said = [{"uploaded": 1.5e9, "yanked": "eats\ndata", "by": "ann"}]

    app.post("/+import", **form(wheel("six", "1.0"), entries=said), extra_environ=OPERATOR)

    (file,) = app.get(
        "/simple/six/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    ).json["files"]
    assert file["yanked"] == "eatsdata"
    assert file["upload-time"].startswith("2017-07-14")


def test_nobody_has_published_in_the_future(app):
    app.post(
        "/+import", **form(wheel("six", "1.0"), entries=[{"uploaded": 9e9}]), extra_environ=OPERATOR
    )

    (file,) = app.get(
        "/simple/six/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    ).json["files"]
    assert file["upload-time"] < "2200"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("", "entries: "),
        ("[", "entries: "),
        ("[]", "0 for 1 files"),
        ('[{"when": 1}]', "unknown field"),
        ('[{"uploaded": -1}]', ">= 0"),
    ],
)
def test_a_form_that_cannot_be_understood_leaves_nothing(app, wsgi, data, entries, said):
    before = state(wsgi, data)

    answer = app.post(
        "/+import", **form(wheel("six", "1.0"), entries=entries), extra_environ=OPERATOR, status=400
    )

    assert said in answer.text
    assert state(wsgi, data) == before


def test_who_may_upload_may_not_import(app, wsgi, data):
    add_users(wsgi, "ada", "bob")
    before = state(wsgi, data)

    app.post("/+import", **form(wheel("six", "1.0")), headers=basic("bob"), status=403)

    assert state(wsgi, data) == before
