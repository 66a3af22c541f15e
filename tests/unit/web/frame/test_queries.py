"""Links to searches: what they ask for is what was meant, whatever the text."""

import pytest

from mypi.services.search.parsing import parse
from mypi.web.frame import queries

TEXTS = ["web", "two words", "Framework :: Pyramid", "a-b.c_d", "-minus", "ada@example.org", "Łódź"]
TEXTS += ["name:other", "(c) & <b>", "python"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_link_asks_for_that_very_text(text):
    assert parse(queries.keyword(text)).fields == {"keyword": [text]}
    assert parse(queries.classifier(text)).fields == {"classifier": [text]}
    assert parse(queries.author(text)).fields == {"author": [text]}
    assert parse(queries.keyword(text)).words == []


def test_a_quote_cannot_end_the_value():
    query = parse(queries.keyword('say "hi" -there'))

    assert query.fields == {"keyword": ["say hi -there"]}
    assert query.words == query.without == []


def test_a_plain_word_is_not_quoted():
    assert queries.requires("six") == "requires:six"
    assert queries.classifier("Framework :: Pyramid") == 'classifier:"Framework :: Pyramid"'
