"""What of a text is marked as found."""

import pytest

from mypi.services.search.parsing import parse
from mypi.web.search.marks import pattern, pieces


def shown(query, text):
    """``text`` with brackets around what is marked."""
    cut = pieces(text, pattern(parse(query)))
    assert "".join(piece.text for piece in cut) == text
    assert all(piece.text for piece in cut)
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in cut)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("http", "An HTTP client, https too", "An [HTTP] client, [http]s too"),
        ("http https", "https", "[https]"),
        ('"event loop"', "an event  loop, an event loop", "an event  loop, an [event loop]"),
        ("zope.interface", "zope-interface zope_interface", "[zope-interface] [zope_interface]"),
        ("name:six python:3.12", "six 3.12", "[six] 3.12"),
        ("-six seven", "six seven", "six [seven]"),
        ("a+[b (x", "a+[b (x aab", "[a+[b] [(x] aab"),
        ("été", "L'ÉTÉ", "L'[ÉTÉ]"),
        ("", "nothing asked", "nothing asked"),
        ("<b>", "<b>bold</b>", "[<b>]bold</b>"),
        ("x", "", ""),
    ],
)
def test_what_was_searched_for_is_marked(query, text, marked):
    assert shown(query, text) == marked


def test_a_hostile_query_takes_no_time_worth_telling():
    assert shown("a" * 500, "a" * 5_000).count("[") == 10
    assert shown(" ".join(["a+" * 15] * 16), "a" * 20_000) == "a" * 20_000
