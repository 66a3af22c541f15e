"""Requires-Python in words."""

import pytest

from mypi.web.pages.pythons import in_words


@pytest.mark.parametrize(
    ("specifier", "words"),
    [
        (">=3.9", "3.9 and newer"),
        (">=3", "3.0 and newer"),
        (">=3.7.2", "3.7.2 and newer"),
        (">=3.9, !=3.14.*", "3.9 and newer; not 3.14"),
        (">=2.7, !=3.0.*, !=3.1.*, !=3.2.*", "2.7 and newer; not 3.0, 3.1 or 3.2"),
        (">=3.9,<3.14", "3.9 to 3.13"),
        (">=3.9,<3.10", "3.9 only"),
        (">=3.9,<4", "3.9 and newer, before 4.0"),
        ("~=3.8", "3.8 and newer, before 4.0"),
        ("<3", "2.7 and older"),
        ("==3.11.*", "3.11 only"),
        ("==3.*", "any 3"),
    ],
)
def test_what_is_simple_is_said_in_words(specifier, words):
    assert in_words(specifier) == words


@pytest.mark.parametrize(
    "specifier",
    [
        "",
        "nonsense",
        ">=3.8.*",
        "~=3.8.1",
        ">3.6",
        "<=3.9",
        "===3.9",
        "!=3.9.*",
        ">=3.6,>=3.7",
        ">=3.9,<3.13.2",
        ">=3.9,<3.9",
        ">=3.9.2,<3.10",
        ">=3.9.dev0",
        ">=" + "9" * 5000,
        ">=3.9,!=3.9.7",
    ],
)
def test_what_could_be_said_wrong_is_not_said(specifier):
    assert in_words(specifier) == ""
