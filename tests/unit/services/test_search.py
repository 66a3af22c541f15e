"""What is found, in which order, by whom."""

import pytest

from mypi.metadata import Metadata
from mypi.model import Index
from mypi.services import dependents, indexes, lifecycle, search, trash
from mypi.services.access import Access, Identity
from mypi.services.actor import Actor
from mypi.services.publish import register
from mypi.services.search.follower import follow
from tests.factories import wheel

ADA = Actor("ada", 5.0)


@pytest.fixture
def publish(site, put, tm):
    def publish(index: Index, name: str, version: str = "1.0", now: float = 1.0, **said):
        put(index, wheel(name, version, **said), now=now)
        catch_up(site, tm)

    return publish


def catch_up(site, tm):
    while follow(site):
        tm.commit()
    tm.commit()


@pytest.fixture
def corpus(stable, publish):
    publish(stable, "requests", summary="HTTP for humans", requires_dist=("urllib3>=1",))
    publish(stable, "requests-mock", summary="Mock it", headers=("Keywords: testing",))
    publish(stable, "httpx", summary="A next generation client", description="Speaks HTTP.")
    publish(
        stable,
        "urllib3",
        summary="A client library",
        requires_python=">=3.9",
        headers=(
            "License: MIT",
            "Author: Andrey Petrov",
            "Classifier: Framework :: Pyramid",
            "Classifier: Topic :: Internet",
        ),
    )
    publish(stable, "zope.interface", summary="Interfaces", headers=("Keywords: http,zope",))
    return stable


def names(results):
    return [hit.name for hit in results.hits]


def find(access, index, text, **how):
    return names(search.search(access, index, text, **how))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("requests", ["requests", "requests-mock"]),
        ("req", ["requests", "requests-mock"]),
        ("http", ["httpx", "zope.interface", "requests"]),
        ("HTTP", ["httpx", "zope.interface", "requests"]),
        ("mock", ["requests-mock"]),
        ('"for humans"', ["requests"]),
        ('"humans http"', []),
        ("client -library", ["httpx"]),
        ("name:quest", ["requests", "requests-mock"]),
        ("name:Zope_Interface", ["zope.interface"]),
        ("-name:requests client", ["urllib3", "httpx"]),
        ("requires:URLlib3", ["requests"]),
        ("author:petrov", ["urllib3"]),
        ('classifier:"Framework :: Pyramid"', ["urllib3"]),
        ("python:3.12", ["urllib3"]),
        ("python:3.8", []),
        ("licence:mit", ["urllib3"]),
        ("license:MIT", ["urllib3"]),
        ('licence:"The MIT License"', ["urllib3"]),
        ("wheel:yes name:urllib3", ["urllib3"]),
        ("wheel:no", []),
        ("-wheel:yes", []),
        ("wheel:x", []),
        ("keyword:testing", ["requests-mock"]),
        ("zope interface", ["zope.interface"]),
        ("nothing-like-it", []),
    ],
)
def test_what_is_typed_finds(everything, corpus, text, expected):
    assert find(everything, corpus, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("*", "?", '"', '""', "-", "--", "-:", ":", "name:", 'name:"', "(a or", "a AND", "\0"),
        *("x" * 10_000, "a " * 5_000, "北京", "й", "name:" * 100, "%", "'; drop", "the", "\ud800"),
    ],
)
def test_whatever_is_typed_is_no_error(everything, corpus, text):
    assert search.search(everything, corpus, text).total >= 0
    assert isinstance(search.suggest(everything, corpus, text), list)
    assert isinstance(search.near(everything, corpus, text), list)


def test_words_that_are_not_indexed_do_not_hinder(everything, corpus):
    assert find(everything, corpus, "the http for humans") == ["requests"]
    assert find(everything, corpus, "of the") == []


def test_a_phrase_of_a_readme_is_found_word_by_word(everything, stable, publish):
    publish(stable, "six", description="Compatible with Python 2 and compatible with three.")

    assert find(everything, stable, '"python 2 and compatible"') == ["six"]
    assert find(everything, stable, '"python compatible"') == []


def test_an_asterisk_is_what_is_done_anyway(everything, corpus):
    assert find(everything, corpus, "requ*") == ["requests", "requests-mock"]


def test_filters_that_are_not_known_or_too_many_do_not_count(everything, corpus):
    filters = {"colour": ["red"], "licence": ["MIT"] * 1_000, "name": ["\n"]}

    assert search.search(everything, corpus, "", filters=filters).total == 0
    del filters["name"]
    assert find(everything, corpus, "", filters=filters) == ["urllib3"]


def test_what_was_only_registered_hides_nothing_that_has_files(
    everything, corpus, incubator, site, tm
):
    register(incubator, Metadata("six", "9.0", {}, ""), ADA)
    register(incubator, Metadata("httpx", "9.0", {}, ""), ADA)
    tm.commit()
    catch_up(site, tm)

    found = search.search(everything, incubator, "").hits

    assert [(hit.name, hit.version, hit.index) for hit in found][:3] == [
        ("httpx", "1.0", "stable"),
        ("requests", "1.0", "stable"),
        ("requests-mock", "1.0", "stable"),
    ]
    assert ("six", "9.0", "incubator") in [(hit.name, hit.version, hit.index) for hit in found]


def test_nothing_typed_finds_everything_by_name(everything, corpus):
    assert find(everything, corpus, "", limit=2) == ["httpx", "requests"]
    assert find(everything, corpus, "", offset=3) == ["urllib3", "zope.interface"]
    assert search.search(everything, corpus, "", limit=2).total == 5


def test_a_misspelt_name_is_understood(everything, corpus):
    assert search.search(everything, corpus, "reqeusts").did_you_mean[0] == "requests"
    assert search.near(everything, corpus, "Zope_Interfce") == ["zope.interface"]
    assert [hit.name for hit in search.suggest(everything, corpus, "urlib3")] == ["urllib3"]


def test_suggestions_put_the_shortest_beginning_first(everything, corpus):
    assert [hit.name for hit in search.suggest(everything, corpus, "re")][:2] == [
        "requests",
        "requests-mock",
    ]
    assert [hit.name for hit in search.suggest(everything, corpus, "mock")] == ["requests-mock"]
    assert search.suggest(everything, corpus, " ") == []
    assert search.suggest(everything, corpus, "s\nr") == []  # names are looked through as lines


def test_facets_count_the_hits(everything, corpus):
    facets = search.search(everything, corpus, "").facets

    assert facets["index"] == [("stable", 5)]
    assert ("MIT", 1) in facets["licence"]
    assert ("Topic :: Internet", 1) in facets["classifier"]
    assert dict(facets["python"])["3.12"] == 1
    assert dict(facets["status"]) == {"active": 5}
    assert facets["wheel"] == [("yes", 5)]


def test_filters_narrow(everything, corpus):
    results = search.search(everything, corpus, "client", filters={"licence": ["MIT"]})

    assert names(results) == ["urllib3"]


def test_only_the_latest_release_is_searched(everything, stable, publish):
    publish(stable, "six", "1.0", summary="Old words")
    publish(stable, "six", "2.0", summary="New words")
    publish(stable, "six", "3.0rc1", summary="Unfinished words")

    (hit,) = search.search(everything, stable, "words").hits

    assert (hit.version, hit.summary) == ("2.0", "New words")
    assert find(everything, stable, "old") == []


def test_what_is_deleted_is_not_found(everything, corpus, site, tm):
    trash.delete(corpus, "requests", ADA)
    catch_up(site, tm)

    assert find(everything, corpus, "requests") == ["requests-mock"]
    assert search.used_by_count(everything, corpus, "urllib3") == 0


def test_a_yank_is_a_badge(everything, corpus, site, tm):
    lifecycle.yank(corpus, "httpx", "1.0", "broken", ADA)
    catch_up(site, tm)

    assert search.search(everything, corpus, "httpx").hits[0].badges == ("yanked",)
    assert find(everything, corpus, "status:yanked") == ["httpx"]


def test_an_index_shows_its_bases_and_each_project_once(everything, corpus, incubator, publish):
    publish(incubator, "requests", "2.0", summary="Newer")

    results = search.search(everything, incubator, "requests")

    assert [(hit.name, hit.version, hit.index) for hit in results.hits] == [
        ("requests", "2.0", "incubator"),
        ("requests-mock", "1.0", "stable"),
    ]
    assert find(everything, corpus, "newer") == []
    assert dict(results.facets["index"]) == {"incubator": 1, "stable": 1}


def test_what_may_not_be_read_is_not_found(site, corpus, incubator, publish):
    publish(incubator, "secret", summary="Hush")
    corpus.policy.grants = {"read": ("ada",)}
    incubator.policy.grants = {"read": ("everyone",)}
    stranger = Access(site, Identity(), is_open=False)

    assert find(stranger, incubator, "") == ["secret"]
    assert search.suggest(stranger, incubator, "requests") == []
    assert search.near(stranger, incubator, "reqests") == []
    assert search.used_by(stranger, incubator, "urllib3") == ([], 0)


def test_who_needs_a_project(everything, corpus, publish):
    publish(
        corpus,
        "tool",
        requires_dist=("urllib3[brotli]<3; extra == 'x'", "Urllib3 >= 2; python_version > '3'"),
    )

    users, total = search.used_by(everything, corpus, "URLLIB3")

    assert total == search.used_by_count(everything, corpus, "urllib3") == 2
    assert [(one.name, one.requirement) for one in users] == [
        ("requests", "urllib3>=1"),
        ("tool", "Urllib3 >= 2; python_version > '3'"),
    ]
    assert search.used_by(everything, corpus, "urllib3", offset=1)[0] == users[1:]


def test_who_breaks_without_a_version(everything, corpus, publish):
    publish(corpus, "urllib3", "2.0")
    publish(corpus, "old-tool", requires_dist=("urllib3<2",))

    assert [one.name for one in dependents.broken_by(everything, corpus, "urllib3", "1.0")] == [
        "old-tool"
    ]
    assert dependents.broken_by(everything, corpus, "urllib3", "2.0") == []
    assert dependents.broken_by(everything, corpus, "absent", "1.0") == []


def test_classifiers_are_all_wanted(everything, corpus):
    both = ["Framework :: Pyramid", "Topic :: Internet"]

    assert search.classified(everything, corpus, both) == [("urllib3", "1.0")]
    assert search.classified(everything, corpus, [*both, "Topic :: Other"]) == []
    assert search.classified(everything, corpus, []) == []


@pytest.mark.parametrize(
    ("spec", "operator", "expected"),
    [
        ({"name": ["http"], "summary": ["http"]}, "or", ["httpx", "zope.interface", "requests"]),
        ({"name": ["requests"], "summary": ["mock"]}, "and", ["requests-mock"]),
        ({"name": ["httpx", "urllib3"]}, "and", ["httpx", "urllib3"]),
        ({"license": ["mit"]}, "and", ["urllib3"]),
        ({"unknown": ["x"]}, "and", []),
        ({}, "and", []),
    ],
)
def test_fields_of_old_searches(everything, corpus, spec, operator, expected):
    assert [hit.name for hit in search.fields(everything, corpus, spec, operator)] == expected


def test_lists_are_by_name_or_newest_first(everything, stable, publish):
    for now, name in ((3.0, "b"), (1.0, "a"), (2.0, "ab")):
        publish(stable, name, now=now)

    by_name, total = search.projects(everything, stable, limit=2)
    newest, _total = search.projects(everything, stable, order="newest", offset=1)
    some, few = search.projects(everything, stable, prefix="A")

    assert ([hit.name for hit in by_name], total) == (["a", "ab"], 3)
    assert [hit.name for hit in newest] == ["ab", "a"]
    assert ([hit.name for hit in some], few) == (["a", "ab"], 2)


def test_the_stamp_changes_with_the_catalogue(site, corpus, publish):
    before = search.stamp(site)

    assert search.stamp(site) == before
    publish(corpus, "another")
    assert search.stamp(site) != before


def test_a_readme_is_searched_without_its_addresses(everything, stable, publish):
    publish(stable, "six", description="Compatible. See https://example.org/hidden/path")

    assert find(everything, stable, "compatible") == ["six"]
    assert find(everything, stable, "hidden") == []


def test_a_deleted_index_leaves_the_catalogue_and_comes_back(site, everything, publish, tm):
    team = indexes.create(site, "team", {}, ADA)
    tm.commit()
    publish(team, "ours", summary="Ours")
    trashed = indexes.delete(site, team, default="stable", force=False, actor=ADA)
    catch_up(site, tm)
    assert list(site.catalogue.cards) == []

    restored = indexes.restore(site, trashed.id, ADA)
    catch_up(site, tm)
    assert find(everything, restored, "ours") == ["ours"]


def test_a_renamed_index_is_followed_under_its_new_name(site, everything, publish, tm):
    team = indexes.create(site, "team", {}, ADA)
    tm.commit()
    publish(team, "ours")
    indexes.rename(site, team, "crew", default="stable", actor=ADA)
    catch_up(site, tm)

    assert [hit.index for hit in search.search(everything, team, "").hits] == ["crew"]
    assert len(site.catalogue.cards) == 1
