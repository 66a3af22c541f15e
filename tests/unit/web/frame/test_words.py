"""Numbers and times in words."""

from datetime import date

import pytest

from mypi.permissions import Scope
from mypi.web.frame import words


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (-1, "today"),
        (0, "today"),
        (1, "yesterday"),
        (59, "59 days ago"),
        (60, "2 months ago"),
        (729, "24 months ago"),
        (730, "2 years ago"),
    ],
)
def test_ages(days, text):
    assert words.age(days) == text


def test_a_moment_is_told_in_utc():
    moment = words.moment(86_399.0, date(1970, 1, 2))

    assert moment == ("1970-01-01T23:59:59Z", "1970-01-01 23:59 UTC", "yesterday")


def test_plurals():
    assert words.plural(1, "file") == "1 file"
    assert words.plural(1234, "file") == "1\N{NO-BREAK SPACE}234 files"


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(), "may do what you may in every index"),
        (Scope(permissions=("read", "upload")), "may read and upload in every index"),
        (Scope(("a", "b"), ("six",), ("read",)), "may read in a and b, only six"),
    ],
)
def test_what_a_token_is_limited_to_in_words(scope, said):
    assert words.scope_in_words(scope) == said
