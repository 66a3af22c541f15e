"""Long lists, a page at a time."""

import pytest

from mypi.errors import Missing
from mypi.web.frame.paging import page


def test_one_page_has_no_links():
    assert page("/x", 1, 100, 100) == (0, [], "", "")
    assert page("/x", 1, 0, 100).links == []


def test_the_first_the_last_and_those_around_are_linked():
    it = page("/x", 6, 1234, 100)

    assert it.start == 500
    assert [link.label for link in it.links] == ["1", "", "4", "5", "6", "7", "8", "", "13"]
    assert [link.label for link in it.links if link.current] == ["6"]
    assert (it.newer, it.older) == ("/x?page=5", "/x?page=7")
    assert it.links[0].address == "/x"


def test_thousands_of_pages_cost_no_more_links():
    assert len(page("/x", 5000, 10**6, 100).links) <= 9


def test_beyond_the_last_page_there_is_nothing():
    with pytest.raises(Missing, match="the last one is 2"):
        page("/x", 3, 101, 100)
