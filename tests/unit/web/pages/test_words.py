"""Numbers and times in words."""

from datetime import date

import pytest

from mypi.web.pages import words


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (35_400, "35 kB"),
        (999_600, "1.0 MB"),
        (17_000_000, "17 MB"),
        (2 * 2**30, "2.1 GB"),
        (5 * 10**12, "5,000 GB"),
    ],
)
def test_sizes(count, text):
    assert words.size(count) == text


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
