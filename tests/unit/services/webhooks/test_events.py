"""Which lines of a journal are told, and what a message says."""

import json

import pytest

from mypi.model import Entry
from mypi.services.webhooks.events import EVENTS, Event, event_of, message


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("add source file six-1.0.tar.gz", "publish"),
        ("replace py3 file six-1.0-py3-none-any.whl", "publish"),
        ("create", "project"),
        ("new release", "release"),
        ("update release", "release"),
        ("promote file six-1.0.tar.gz", "promote"),
        ("promote release", "promote"),
        ("undo promotion", "undo"),
        ("yank release", "yank"),
        ("yank file six-1.0.tar.gz", "yank"),
        ("unyank release", "unyank"),
        ("remove project", "delete"),
        ("remove release", "delete"),
        ("remove file six-1.0.tar.gz", "delete"),
        ("restore project", "restore"),
        ("restore file six-1.0.tar.gz", "restore"),
        ("project quarantined", "status"),
        ("add docs", "docs"),
        ("add attestations six-1.0.tar.gz", ""),
        ("add Owner ada", ""),
        ("remove Owner ada", ""),
        ("change policy", ""),
        ("empty trash", ""),
        ("something new", ""),
    ],
)
def test_an_action_is_an_event_or_is_told_to_nobody(action, event):
    assert event_of(action) == event


def entry(**more):
    given = {"when": 1.5, "by": "ada", "action": "yank release", "project": "Six", "version": "1.0"}
    return Entry(**{**given, **more})


def told(it, url="https://pypi.example"):
    event = Event(event_of(it.action), "stable", b"\0\0\0\0\0\0\0\x1f", 7, it)
    return json.loads(message(event, url))


def test_a_message_says_what_the_journal_does_but_not_from_where():
    assert told(entry(detail="broken", client="pip/1", address="192.0.2.7")) == {
        "id": "1f.7",
        "event": "yank",
        "when": "1970-01-01T00:00:01Z",
        "index": "stable",
        "serial": 7,
        "by": "ada",
        "action": "yank release",
        "project": "Six",
        "version": "1.0",
        "filename": "",
        "detail": "broken",
        "url": "https://pypi.example/six/1.0/",
    }


@pytest.mark.parametrize(
    ("version", "url", "page"),
    [
        ("", "https://pypi.example", "https://pypi.example/six/"),
        ("1!2+a", "https://pypi.example/+team", "https://pypi.example/+team/six/1%212%2Ba/"),
        ("1.0", "", ""),
    ],
)
def test_the_page_is_named_where_the_site_knows_its_address(version, url, page):
    assert told(entry(version=version), url)["url"] == page


def test_whatever_a_journal_holds_can_be_told():
    assert told(entry(detail="\ud800\x00\n"))["detail"] == "\ud800\x00\n"


def test_every_event_has_a_name_that_can_be_a_header():
    assert all(name.isascii() and name.isalpha() for name in EVENTS)
