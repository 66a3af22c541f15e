"""What a search address asks for."""

from pyramid.request import Request

from mypi.web.search.asking import MAX_FILTERS, Asked, asked


def of(address):
    return asked(Request.blank(address))


def test_words_and_filters():
    it = of("/+search?q=http+client&python=3.12&licence=MIT&colour=red")

    assert it.text == "http client"
    assert it.by_field == {"python": ["3.12"], "licence": ["MIT"]}
    assert it.query == "?q=http+client&python=3.12&licence=MIT"


def test_an_address_is_narrowed_and_widened_again():
    it = Asked("six")

    narrow = it.having("status", "yanked")

    assert narrow.query == "?q=six&status=yanked"
    assert narrow.without("status", "yanked") == it
    assert of("/" + narrow.query) == narrow


def test_what_is_too_long_or_too_much_is_cut():
    it = of("/?q=" + "x" * 1_000 + "".join(f"&python=3.{n}" for n in range(50)))

    assert len(it.text) == 500
    assert len(it.filters) == MAX_FILTERS
    assert of("/?python=" + "3" * 1_000).filters == (("python", "3" * 200),)


def test_what_cannot_be_printed_or_is_said_twice_is_left_out():
    assert of("/?q=%00a%0A%0Db%E2%80%AE+&python=+&python=3&python=3") == Asked(
        "a b", (("python", "3"),)
    )


def test_nothing_is_asked_for():
    assert of("/+search").is_empty
    assert of("/+search?q=++&python=").is_empty
    assert not of("/+search?python=3.12").is_empty
