"""What of a project can be searched: words without markup, and the fields of its latest release."""

import pytest

from mypi.metadata import Metadata
from mypi.services.actor import Actor
from mypi.services.publish import register
from mypi.services.search.documents import MAX_TEXT, MAX_WORDS, document
from tests.factories import wheel


@pytest.fixture
def made(stable, put):
    def made(name: str = "demo", version: str = "1.0", **said):
        put(stable, wheel(name, version, **said))
        return document(stable, stable.project(name))

    return made


@pytest.fixture
def described(stable):
    def described(description: str = "", **fields):
        register(stable, Metadata("demo", "1.0", fields, description), Actor("ada", 1.0))
        return document(stable, stable.project("demo"))

    return described


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Speaks HTTP, and *loves* it.", "Speaks HTTP and loves it"),
        ("see https://example.org/a/b?c=d today", "see today"),
        ("see (http://x.example/y) and www.z.example now", "see and now"),
        ('<div align="center"><img src="logo.png"></div> Demo', "Demo"),
        ("a < b and c > d", "a d"),
        ("[the guide](docs/guide.md) helps", "the guide helps"),
        ("fast &amp; small&nbsp;", "fast small"),
        (".. image:: docs/x.svg\n   :alt: status\n   :width: 30\n\nDemo", "docs x svg Demo"),
        (".. note:: read this", "read this"),
        (":Author: Ada", "Author Ada"),
        ("Title\n=====\n_____\n`link`_ and _em_", "Title link and em"),
        ("snake_case 2.7 " + "x" * 41, "snake_case 2 7"),
        ("Привет, 北京!", "Привет 北京"),
        ("", ""),
    ],
)
def test_a_readme_is_words(described, text, words):
    assert described(text).long == words


@pytest.mark.parametrize(
    "text",
    [
        *("<" * MAX_TEXT, "<a" * MAX_TEXT, "](" * MAX_TEXT, "\n" * MAX_TEXT, " " * MAX_TEXT),
        *("&" * MAX_TEXT, ".. " * MAX_TEXT, " :" * MAX_TEXT, "a://" * MAX_TEXT, "_" * MAX_TEXT),
    ],
    ids=lambda text: repr(text[:3]),
)
def test_hostile_markup_gives_few_words(described, text):
    assert len(described(text).long.split()) <= MAX_WORDS


def test_only_the_first_words_are_kept(described):
    said = described(" ".join(f"w{number}" for number in range(MAX_WORDS + 10)))

    assert said.long.split()[-1] == f"w{MAX_WORDS - 1}"


def test_the_latest_release_speaks_as_pip_would_choose(made):
    made(version="1.0", summary="Old")
    made(version="2.0rc1", summary="Unfinished")

    assert made(version="1.10", summary="New").card[3:5] == ("1.10", "New")


def test_of_what_was_only_registered_the_newest_version_speaks(stable):
    for version in ("1.9", "1.10", "1.2"):
        register(stable, Metadata("demo", version, {}, ""), Actor("ada", 1.0))

    card = document(stable, stable.project("demo")).card

    assert (card.version, card.has_files) == ("1.10", False)


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"license_expression": "MIT OR Apache-2.0", "license": "x"}, "MIT OR Apache-2.0"),
        ({"classifiers": ["License :: OSI Approved :: MIT License"]}, "MIT License"),
        ({"license": "BSD"}, "BSD"),
        ({"license": "Permission is hereby granted,\nfree of charge"}, ""),
        ({}, ""),
    ],
)
def test_the_licence_is_one_line(described, fields, licence):
    assert described(**fields).card.licence == licence


@pytest.mark.parametrize(
    ("fields", "has", "lacks"),
    [
        ({"requires_python": ">=3.8"}, "3.12", "3.7"),
        ({"requires_python": ">=3.8.2,<3.9"}, "3.8", "3.9"),
        ({"classifiers": ["Programming Language :: Python :: 3.11"]}, "3.11", "3.12"),
        ({"requires_python": "<4" + "0" * 5_000}, "3.12", "4.0"),
    ],
    ids=["from", "between", "classified", "digits"],
)
def test_the_python_versions_are_those_it_takes(described, fields, has, lacks):
    python = described(**fields).python

    assert has in python
    assert lacks not in python


@pytest.mark.parametrize(
    "fields", [{}, {"requires_python": "nonsense"}], ids=["silent", "nonsense"]
)
def test_who_says_nothing_of_versions_is_listed_with_none(described, fields):
    assert not described(**fields).python


def test_keywords_parted_by_spaces_are_several(described):
    assert described(keywords=["web HTTP  client"]).keyword == ["web", "http", "client"]
    assert described(keywords=["two words", "http"]).keyword == ["two words", "http"]


def test_required_names_are_normal_names(described):
    said = described(requires_dist=["Zope.Interface>=5; extra == 'x'", "six", "???"])

    assert said.requires == ["six", "zope-interface"]
