"""Bytes in words."""

import pytest

from mypi.sizes import parse_size, size_in_units, size_in_words


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
def test_sizes_in_words(count, text):
    assert size_in_words(count) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0"), (1000, "1000"), (1024, "1 KiB"), (3 * 2**29, "1536 MiB"), (2**40, "1 TiB")],
)
def test_in_units_nothing_is_lost(size, text):
    assert size_in_units(size) == text
    assert parse_size(text) == size
