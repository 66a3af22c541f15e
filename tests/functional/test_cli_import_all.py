"""``mypi import all``: what was exported is there again, and nothing is open before it is whole."""

import filecmp
import json
import os
import shutil

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.web.api import exports
from tests.commandline import Keeper
from tests.factories import wheel
from tests.furnished import furnish
from tests.inside import database, site
from tests.people import basic, bearer

OF_THE_EXPORT = "mypi-export.json"
SIX = "indexes/stable/projects/six"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A whole export, with secrets, and a token of ann; nobody changes it."""
    folder = tmp_path_factory.mktemp("furnished")
    mypi = Keeper(folder / "var")
    token = furnish(mypi)
    mypi(f"export folder {folder}/export --with-secrets")
    return folder / "export", token


@pytest.fixture
def folder(exported, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(exported[0], tmp_path / "export")


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "new")


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def differing(one, other):
    """Files that are not in both folders, or not the same."""
    names = set(tree(one)) | set(tree(other))
    return sorted(name for name in names if not _same(one / name, other / name))


def _same(one, other):
    return one.exists() and other.exists() and filecmp.cmp(one, other, shallow=False)


def edit(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def test_what_is_exported_again_is_the_same(exported, mypi, tmp_path):
    said = mypi(f"import all {exported[0]}")
    mypi(f"export folder {tmp_path}/again --with-secrets")

    assert "imported" in said.err
    assert "problem" not in said.err
    assert differing(exported[0], tmp_path / "again") == [OF_THE_EXPORT]
    assert mypi("--json check --deep").json["problems"] == []


def test_people_log_in_as_before_and_what_is_private_stays_so(exported, mypi):
    mypi(f"import all {exported[0]}")
    wsgi = make_app(dict(mypi.settings))
    app = TestApp(wsgi)
    try:
        secret = "/+private/simple/secret/"
        answers = [
            app.get(secret, headers=headers, expect_errors=True).status_int
            for headers in ({}, basic("ann"), basic("ann", "wrong"), bearer(exported[1]))
        ]
    finally:
        wsgi.registry.database.close()

    assert answers == [401, 200, 401, 200]


def test_the_trash_can_be_restored_and_promotions_undone(exported, mypi):
    mypi(f"import all {exported[0]}")

    for trashed in mypi("--json trash list").json["trash"]:
        mypi(f"restore {trashed['id']}")
    (index,) = mypi("--json trash list --indexes").json["trash"]
    mypi(f"index restore {index['id']}")
    promotion = mypi("--json promotions stable").json["promotions"][-1]
    mypi(f"undo stable {promotion['id']} --yes")

    assert {"demo", "old", "two"} <= set(mypi("list").out.split())
    assert "dusty" in mypi("list -i attic").out
    assert mypi("--json check --deep").json["problems"] == []


def test_what_indexes_shared_they_share_again(exported, mypi):
    mypi(f"import all {exported[0]}")
    wsgi = make_app(dict(mypi.settings))
    try:
        with site(wsgi) as it:
            held = [it.indexes[name].project("six").file(NAME) for name in ("incubator", "stable")]
            assert held[0].artifact is held[1].artifact
    finally:
        wsgi.registry.database.close()


NAME = "six-2.0rc1-py3-none-any.whl"


def test_it_is_found_by_searching(exported, mypi):
    mypi(f"import all {exported[0]}")

    assert "demo" in mypi("search demo").out


def test_webhooks_are_not_told_of_the_past(exported, mypi):
    mypi(f"import all {exported[0]}")

    assert {it["waiting"] for it in mypi("--json webhook list").json["webhooks"]} == {0}


def test_again_nothing_is_done(exported, mypi):
    mypi(f"import all {exported[0]}")

    done = mypi(f"--json import all {exported[0]}").json

    assert done == {"files": 0, "bytes": 0, "problems": []}


def test_data_that_is_there_is_not_replaced(exported, mypi):
    mypi.publish("stable", wheel("mine", "1.0"))

    assert "There is data here already" in mypi.refused(5, f"import all {exported[0]}")
    assert mypi("list").out.split()[0] == "mine"


def test_another_default_index_has_to_be_named(exported, mypi, tmp_path):
    other = Keeper(tmp_path / "other", more="--set mypi.default_index=team")
    other.settings["mypi.default_index"] = "team"

    wsgi = make_app(dict(other.settings) | {"mypi.indexes": "team"})
    app = TestApp(wsgi, extra_environ={"mypi.operator": True})
    try:
        body = {"folder": str(exported[0])}
        answer = app.post_json("/+api/v1/import-all", body, expect_errors=True)
    finally:
        wsgi.registry.database.close()

    assert answer.status_int == 400
    assert "mypi.default_index" in answer.json["detail"]


class Interrupted:
    """An application whose import does as little as it can in one request."""

    def __init__(self, mypi, folder):
        self.wsgi = make_app(dict(mypi.settings))
        self.app = TestApp(self.wsgi, extra_environ={"mypi.operator": True})
        self.body = {"folder": str(folder)}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.wsgi.registry.database.close()

    def step(self, status=200):
        answer = self.app.post_json("/+api/v1/import-all", self.body, expect_errors=True)
        assert answer.status_int == status, answer.text
        return answer.json


@pytest.fixture
def at_once(monkeypatch):
    """A request, and a transaction, does one part."""
    from mypi.services.importing import neutral

    monkeypatch.setattr(exports, "SECONDS", 0.0)
    monkeypatch.setattr(neutral, "PAUSE", 0.0)


def test_it_goes_on_where_it_was_and_shows_nothing_before(exported, mypi, at_once, tmp_path):
    answers = []
    while not answers or not answers[-1]["finished"]:
        # A server that starts anew knows what was committed, and nothing else.
        with Interrupted(mypi, exported[0]) as now:
            for _ in range(40):
                assert now.app.get("/simple/").text.count("<a ") == 0
                assert now.app.get("/+private/", expect_errors=True).status_int == 404
                answers.append(now.step())
                if answers[-1]["finished"]:
                    break

    assert len(answers) > 40
    assert [it["done"] for it in answers] == sorted(it["done"] for it in answers)
    mypi(f"export folder {tmp_path}/again --with-secrets")
    assert differing(exported[0], tmp_path / "again") == [OF_THE_EXPORT]


def test_what_is_published_meanwhile_is_not_lost(exported, mypi, at_once):
    with Interrupted(mypi, exported[0]) as now:
        now.step()
    mypi.publish("stable", wheel("mine", "1.0"))

    with Interrupted(mypi, exported[0]) as now:
        assert "There is data here already" in now.step(409)["detail"]
    assert "mine" in mypi("list").out


def test_an_export_that_changed_meanwhile_begins_anew(folder, mypi, at_once, tmp_path):
    with Interrupted(mypi, folder) as now:
        for _ in range(8):
            now.step()
    edit(folder / OF_THE_EXPORT, lambda it: it.update(transaction="0" * 16))
    edit(folder / SIX / "project.json", lambda it: it.update(status="archived"))

    mypi(f"import all {folder}")

    assert mypi("--json show six").json["status"] == "archived"


@pytest.mark.parametrize("damage", ["missing", "shorter", "other bytes"])
def test_a_damaged_archive_is_told_and_left_out(folder, mypi, damage):
    path = folder / "indexes/stable/projects/demo/demo-1.1-py3-none-any.whl"
    good = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(good[:-1] + (b"" if damage == "shorter" else b"\xff"))

    said = mypi.run(f"--json import all {folder}")

    assert said.code == 1
    (problem,) = said.json["problems"]
    assert problem["where"] == str(path.relative_to(folder))
    assert mypi("--json check --deep").json["problems"] == []
    assert [it["files"] for it in mypi("--json show demo").json["releases"]] == [[]]


def bad(path, **values):
    """A document with other values; ``a__b`` is the ``b`` of ``a``, a number that of a list."""

    def change(it):
        for name, value in values.items():
            *parts, last = [int(x) if x.isdecimal() else x for x in name.split("__")]
            at = it
            for part in parts:
                at = at[part]
            at[last] = value

    return path, change


HOSTILE = {
    "unknown key": bad(f"{SIX}/project.json", more=1),
    "another project": bad(f"{SIX}/project.json", name="seven"),
    "no status": bad(f"{SIX}/project.json", status="<script>"),
    "no version": bad(f"{SIX}/project.json", releases__0__version="one"),
    "path for a file name": bad(f"{SIX}/project.json", releases__0__files__0__filename="../x.whl"),
    "file of another": bad(
        f"{SIX}/project.json", releases__0__files__0__filename="os-1.0-py3-none-any.whl"
    ),
    "unknown kind": bad(f"{SIX}/project.json", releases__0__files__0__kind="virus"),
    "unknown field": bad(f"{SIX}/project.json", releases__0__fields={"virus": "x"}),
    "field of another type": bad(f"{SIX}/project.json", releases__0__fields={"summary": ["x"]}),
    "control characters": bad(f"{SIX}/project.json", releases__0__fields={"summary": "\x1b["}),
    "wrong digest told": bad(
        f"{SIX}/project.json", releases__0__files__0__metadata_sha256="0" * 64
    ),
    "time of no calendar": bad(f"{SIX}/project.json", releases__0__created="10000-01-01T00:00:00Z"),
    "documentation elsewhere": bad(
        "indexes/incubator/projects/six/project.json", docs__path="../../index.json"
    ),
    "index of another name": bad("indexes/stable/index.json", name="other"),
    "unknown policy": bad("indexes/stable/index.json", policy={"virus": True}),
    "base that is not there": bad("indexes/stable/index.json", policy__bases=["nowhere"]),
    "loop of bases": bad("indexes/stable/index.json", policy__bases=["incubator"]),
    "user with a path": bad("site.json", users__0__name="../ann"),
    "password in plain": bad("site.json", users__0__password="secret"),
    "token without digest": bad("site.json", tokens__0__digest="\u00e4" * 64),
    "token of everything": bad("site.json", tokens__0__permissions=["root"]),
    "webhook to the cloud": bad("site.json", webhooks__0__url="http://169.254.169.254/"),
    "index with a path": bad("site.json", indexes=["stable", "../../etc"]),
    "downloads of no day": bad("indexes/stable/downloads/six.json", rows=[["file", 0, "x", 1]]),
    "downloads of no kind": bad("indexes/stable/downloads/six.json", rows=[["x", 9999, "x", 1]]),
}


@pytest.mark.parametrize(("path", "change"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_is_refused_and_nothing_is_changed(folder, mypi, path, change):
    edit(folder / path, change)

    said = mypi.refused(5, f"import all {folder}")

    assert "server's log" not in said
    assert mypi("list").out == ""
    assert mypi("user list").out == ""


def test_links_and_pipes_are_not_followed(folder, mypi):
    (folder / SIX / "project.json").unlink()
    os.mkfifo(folder / SIX / "project.json")

    assert "is no plain file" in mypi.refused(5, f"import all {folder}")


def test_what_is_no_export_is_refused(mypi, tmp_path):
    assert "is no export" in mypi.refused(5, f"import all {tmp_path}")
    assert "is no export" in mypi.refused(5, f"import all {tmp_path} -q")


def test_nothing_is_left_over(exported, mypi):
    mypi(f"import all {exported[0]}")
    wsgi = make_app(dict(mypi.settings))
    try:
        with site(wsgi) as it:
            assert it.arriving.done
            assert not len(it.arriving.artifacts)
        assert not list(wsgi.registry.spool_folder.iterdir())
        assert database(wsgi).lastTransaction()
    finally:
        wsgi.registry.database.close()
