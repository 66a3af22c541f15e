"""Searching through the API and with ``mypi search``."""

import pytest

from tests.commandline import Keeper
from tests.factories import wheel
from tests.reading import publish

WHERE = "/+api/v1/indexes/stable/search"


@pytest.fixture
def corpus(wsgi, app):
    publish(app, wheel("requests", "1.0", summary="HTTP for humans"))
    publish(app, wheel("six", "1.0", requires_dist=("requests",)))
    wsgi.registry.background.run_once()
    return app


def test_what_was_published_is_found_once_it_is_followed(wsgi, app, corpus):
    publish(app, wheel("httpx", "1.0"))
    wsgi.registry.background.run_once()

    answer = app.get(WHERE, {"q": "http"}).json

    assert [hit["name"] for hit in answer["hits"]] == ["httpx", "requests"]
    assert answer["total"] == 2
    assert answer["facets"]["index"] == {"stable": 2}


def test_a_misspelt_word_gets_names(corpus):
    assert corpus.get(WHERE, {"q": "reqests"}).json["did_you_mean"] == ["requests"]


def test_what_narrows_may_be_said_several_times(corpus):
    publish(corpus, wheel("attrs", "1.0", requires_dist=("requests", "six")))
    corpus.app.registry.background.run_once()

    def names(query):
        return [hit["name"] for hit in corpus.get(f"{WHERE}?{query}").json["hits"]]

    assert names("requires=requests") == ["attrs", "six"]
    assert names("requires=requests&requires=SIX") == ["attrs"]
    assert names("status=wheel&index=incubator") == []
    assert names("q=six&index=stable&status=Active") == ["six"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "offset=x", "colour=red"])
def test_a_query_that_makes_no_sense_is_refused(corpus, query):
    assert corpus.get(f"{WHERE}?{query}", status=400).json["detail"]


def test_the_catalogue_is_made_anew(wsgi, corpus):
    operator = {"mypi.operator": True}
    corpus.post_json("/+api/v1/reindex", {}, extra_environ=operator)
    assert corpus.get(WHERE).json["total"] == 0
    assert corpus.get("/+api/v1/reindex", extra_environ=operator).json["lag"] > 0

    wsgi.registry.background.run_once()

    assert corpus.get(WHERE).json["total"] == 2
    assert corpus.get("/+api/v1/reindex", extra_environ=operator).json == {
        "lag": 0,
        "taken": 2,
        "projects": 2,
    }


def test_strangers_do_not_reindex(corpus):
    corpus.post_json("/+api/v1/reindex", {}, status=403)


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", wheel("requests", "1.0", summary="HTTP for humans"))
    return keeper


def test_the_command_line_searches_what_was_just_published(mypi):
    assert mypi("search humans").out.splitlines()[1].split() == [
        *("requests", "1.0", "stable", "HTTP", "for", "humans")
    ]
    mypi.publish("incubator", wheel("httpx", "1.0"))
    assert len(mypi("--json search http -i incubator").json["hits"]) == 2
    assert mypi("--json search -- -humans").json["total"] == 0


def test_the_command_line_says_what_may_be_meant(mypi):
    said = mypi("search reqests")

    assert said.out == ""
    assert "did you mean requests?" in said.err
    assert "nothing found" in mypi("search zzzzzz").err


def test_the_command_line_makes_the_catalogue_anew(mypi):
    assert "made anew" in mypi("reindex").err
    assert mypi("--json search requests").json["total"] == 1
