"""Exports through the API: a piece at a time, of one moment, for the operator alone."""

import json
import os

import pytest

from mypi.web.api import exports
from tests.api import Api
from tests.factories import wheel
from tests.inside import files, index
from tests.people import add_users, basic
from tests.reading import publish

DOCUMENTS = ("export", "export-static")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "export"


@pytest.fixture
def at_once(monkeypatch):
    """A request does one part."""
    monkeypatch.setattr(exports, "SECONDS", 0.0)


@pytest.fixture
def six(app):
    for name in ("demo", "other", "six"):
        publish(app, wheel(name, "1.0"))


def projects(folder):
    return sorted(os.listdir(folder / "indexes" / "stable" / "projects"))


def export(operator, folder, word="export", **more):
    """Ask until it is done; what each request did."""
    answers, body = [], {"folder": str(folder), **more}
    while not answers or answers[-1]["next"]:
        answers.append(operator.post(f"/{word}", body))
        body = {**body, "until": answers[-1]["until"], "after": answers[-1]["next"]}
    return answers


@pytest.mark.parametrize("word", [*DOCUMENTS, "import-all"])
def test_admins_from_elsewhere_cannot_write_to_the_servers_disk(app, wsgi, folder, word):
    add_users(wsgi, "ada")

    Api(app, basic("ada")).post(f"/{word}", {"folder": str(folder)}, 403)

    assert not folder.exists()


def test_a_request_does_a_part_and_the_next_goes_on(app, operator, six, folder, at_once):
    answers = export(operator, folder)

    assert len(answers) > 5
    assert len({it["until"] for it in answers}) == 1
    assert projects(folder) == ["demo", "other", "six"]
    assert json.loads((folder / "mypi-export.json").read_text())["complete"] is True


@pytest.mark.on_files
@pytest.mark.parametrize("word", DOCUMENTS)
def test_it_shows_the_moment_when_it_began(app, operator, six, folder, at_once, word):
    first = operator.post(f"/{word}", {"folder": str(folder)})
    publish(app, wheel("zebra", "1.0"))
    operator.delete("/indexes/stable/projects/six")

    body = {"folder": str(folder), "until": first["until"], "after": first["next"]}
    answer = operator.post(f"/{word}", body)
    while answer["next"]:
        answer = operator.post(f"/{word}", {**body, "after": answer["next"]})

    names = {path.name for path in folder.rglob("*.whl")}
    assert names == {f"{name}-1.0-py3-none-any.whl" for name in ("demo", "other", "six")}


def test_an_unfinished_export_is_not_taken_for_a_whole_one(app, operator, six, folder, at_once):
    operator.post("/export", {"folder": str(folder)})

    said = operator.post("/import-all", {"folder": str(folder)}, 400)

    assert "was not finished" in said["detail"]


def test_who_begins_anew_ends_the_other_one(app, operator, six, folder, at_once):
    first = operator.post("/export", {"folder": str(folder)})
    publish(app, wheel("zebra", "1.0"))
    operator.post("/export", {"folder": str(folder)})

    body = {"folder": str(folder), "until": first["until"], "after": first["next"]}
    said = operator.post("/export", body, 409)

    assert "has begun meanwhile" in said["detail"]


def test_an_export_that_was_interrupted_begins_anew_and_ends(app, operator, six, folder, at_once):
    operator.post("/export", {"folder": str(folder)})

    answers = export(operator, folder)

    assert sum(it["files"] for it in answers) == 3
    assert sum(it["files"] for it in export(operator, folder)) == 0


@pytest.mark.parametrize("word", DOCUMENTS)
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"folder": "relative"}, "with a leading slash"),
        ({"folder": ""}, "with a leading slash"),
        ({"until": "yesterday"}, "is no transaction"),
        ({"until": "f" * 16}, "is no transaction"),
        ({"after": "nowhere"}, "is no place in an export"),
    ],
    ids=["relative folder", "no folder", "until a word", "until the future", "after a word"],
)
def test_what_makes_no_sense_is_refused(operator, folder, word, more, words):
    said = operator.post(f"/{word}", {"folder": str(folder), **more}, 400)

    assert words in said["detail"]


def test_an_index_that_does_not_exist_is_refused(operator, folder):
    body = {"folder": str(folder), "indexes": ["stable", "nowhere"]}

    assert "no index nowhere" in operator.post("/export-static", body, 404)["detail"]


def test_nothing_is_written_to_the_index(app, wsgi, operator, six, folder):
    with index(wsgi) as it:
        before = it._p_jar.db().lastTransaction()

    export(operator, folder)
    export(operator, folder.with_name("static"), "export-static")

    with index(wsgi) as it:
        assert it._p_jar.db().lastTransaction() == before
    assert list(files(app, "six")) == [wheel("six", "1.0")[0]]
