"""``/+status`` and ``/+health``: coarse for strangers, figures for who runs the server."""

import os

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.model.site import SCHEMA
from tests.factories import wheel
from tests.inside import database
from tests.people import add_users, basic
from tests.reading import ask, publish

WORDS = ["status", "health"]
OPERATOR = {"mypi.operator": True}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("part", ["", "/live", "/ready"])
def test_a_stranger_learns_that_it_is_well_and_nothing_else(app, word, part):
    answer = app.get(f"/+{word}{part}")

    assert answer.json == {"status": "ok"}
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert app.head(f"/+{word}{part}").body == b""


def test_a_closed_site_tells_its_watchers_as_well(app, wsgi):
    add_users(wsgi, "root", "ada")

    assert app.get("/+status").json == {"status": "ok"}
    assert app.get("/+status", headers=basic("ada")).json == {"status": "ok"}
    assert app.get("/+status/ready").json == {"status": "ok"}


def test_an_administrator_gets_figures(app, wsgi):
    publish(app, wheel("six", "1.0"))
    wsgi.registry.background.run_once()

    said = app.get("/+status", extra_environ=OPERATOR).json

    assert said["status"] == "ok"
    assert said["schema"] == SCHEMA
    assert said["open"] is True
    assert said["background"] is False
    assert said["uptime"] >= 0
    assert said["projects"] == 1
    assert said["lag"] == 0
    assert said["indexes"]["stable"]["projects"] == 1
    assert said["indexes"]["stable"]["size"] > 0
    assert said["indexes"]["stable"]["serial"] > 0
    assert said["indexes"]["incubator"]["projects"] == 0
    assert said["disk"]["free"] > 0
    assert said["version"]


def test_entries_that_searching_has_not_seen_are_its_lag(app):
    publish(app, wheel("six", "1.0"))

    said = app.get("/+status", extra_environ=OPERATOR).json

    assert said["lag"] == said["indexes"]["stable"]["serial"]


def test_no_secret_and_no_path_is_told(app, wsgi, data):
    said = app.get("/+status", extra_environ=OPERATOR).text

    assert wsgi.registry.operator_key not in said
    assert str(data) not in said


@pytest.fixture
def broken(wsgi, data):
    """The database file has lost its content; what connections keep is not affected."""
    app = TestApp(wsgi)
    assert app.get("/simple/").status_int == 200
    os.truncate(data / "Data.fs", 0)
    return app


@pytest.mark.on_files
@pytest.mark.parametrize("address", ["/+status", "/+health", "/+status/ready", "/+health/ready"])
def test_a_database_that_cannot_be_read_is_503_with_the_reason(broken, address):
    answer = ask(broken, address)

    assert answer.status_int == 503
    assert answer.json == {"status": "troubled", "reasons": ["The database cannot be read."]}
    assert answer.headers["Retry-After"]


@pytest.mark.on_files
def test_the_process_still_lives_then(broken):
    assert broken.get("/+status/live").json == {"status": "ok"}


@pytest.fixture
def full(settings):
    """An index on a disk that has less than its reserve free."""
    application = make_app({**settings, "mypi.min_free": "999999 GiB"})
    yield TestApp(application)
    database(application).close()


def test_a_full_disk_is_503_with_the_reason(full):
    answer = ask(full, "/+status")

    assert answer.status_int == 503
    assert answer.json["status"] == "read-only"
    [reason] = answer.json["reasons"]
    assert "almost full" in reason
    assert full.get("/+status", extra_environ=OPERATOR, status=503).json["disk"]["free"] > 0


def test_a_full_disk_takes_no_server_out_of_service(full):
    """Reading goes on; and other servers may well have the same disk."""
    answer = full.get("/+status/ready")

    assert answer.json["status"] == "read-only"
    assert "almost full" in answer.json["reasons"][0]


@pytest.mark.parametrize("at", ["/+status/", "/+status/x", "/+statuses", "/+incubator/+status"])
def test_there_is_nothing_else(app, at):
    assert ask(app, at).status_int == 404


def test_it_takes_no_post(app):
    assert ask(app, "/+status", "POST").status_int in (404, 405)
