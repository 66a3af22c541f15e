"""The catalogue keeps documents, and writes what changed of them and no more."""

import itertools
import random
from dataclasses import replace

import pytest
import transaction
from hypatia.text.lexicon import CaseNormalizer, Lexicon, Splitter
from hypatia.text.okapiindex import OkapiIndex
from ZODB.DB import DB

from mypi.model.catalogue import TEXTS, Card, Catalogue, Document
from mypi.model.compact import FAMILY, FEW, SmallOkapi

CARD = Card("stable", "six", "six", "1.0", "Old and new", 1.0, "MIT", ">=3.8", (), (), True)


def document(long: str = "some words", **changed) -> Document:
    card = CARD._replace(**changed)
    return Document(
        card,
        short=f"{card.name} {card.summary}",
        long=long,
        author="Ada",
        index=[card.held_by],
        keyword=["compat"],
        classifier=["Topic :: Internet"],
        requires=["demo"],
        python=["3.12"],
        licence=["MIT"],
        status=["active"],
        uploaded=card.uploaded,
    )


@pytest.fixture
def catalogue():
    database = DB(None)
    connection = database.open(transaction.TransactionManager())
    kept = connection.root()["another"] = Catalogue()
    kept.put(document())
    connection.transaction_manager.commit()
    yield kept
    connection.transaction_manager.abort()
    connection.close()
    database.close()


def written(catalogue) -> list[object]:
    return catalogue._p_jar._registered_objects


def test_what_is_put_again_is_replaced(catalogue):
    catalogue.put(document(version="2.0"))

    assert [card[3] for card in catalogue.cards.values()] == ["2.0"]
    assert catalogue.names("stable") == ["six"]


def test_texts_that_stay_are_not_written_again(catalogue):
    catalogue.put(document(version="2.0"))
    texts = {id(each) for name in TEXTS for each in vars(catalogue.texts[name].index).values()}

    assert written(catalogue)
    assert not [each for each in written(catalogue) if id(each) in texts]


def test_a_text_that_changes_is_found_by_its_new_words_only(catalogue):
    catalogue.put(document(long="other words"))

    long = catalogue.texts["long"]
    assert [list(long.apply(word)) for word in ("some", "other")] == [[], [1]]


def test_tables_of_names_are_good_until_a_project_comes_or_goes(catalogue):
    members = [catalogue.members()]
    for change in (
        lambda: catalogue.put(document(version="2.0")),
        lambda: catalogue.put(document(name="Six", normal="other")),
        lambda: catalogue.put(document(has_files=False)),
        lambda: catalogue.drop("stable", "other"),
        lambda: catalogue.drop("stable", "unknown"),
    ):
        change()
        members.append(catalogue.members())

    assert [after - before for before, after in itertools.pairwise(members)] == [*(0, 1, 1, 1, 0)]


def test_releases_and_files_are_counted_by_index(catalogue):
    catalogue.put(replace(document(), releases=2, files=5))
    catalogue.put(replace(document(normal="other"), releases=1, files=1))
    assert catalogue.numbers_of("stable") == (3, 6)

    catalogue.put(replace(document(), releases=3, files=4))
    assert catalogue.numbers_of("stable") == (4, 5)
    assert catalogue.numbers_of("incubator") == (0, 0)

    catalogue.widen()
    assert catalogue.numbers_of("stable") == (0, 0)
    catalogue.put(replace(document(), releases=3, files=4))
    catalogue.drop("stable", "other")
    assert catalogue.numbers_of("stable") == (3, 4)


def test_what_is_dropped_leaves_nothing(catalogue):
    catalogue.drop("stable", "six")

    assert not [*catalogue.numbers, *catalogue.cards, *catalogue.marks]
    assert not [*catalogue.counts, *catalogue.sums]
    assert not [
        value
        for index in (*catalogue.words.values(), catalogue.uploaded)
        for value in index.unique_values()
    ]
    assert [catalogue.texts[name].word_count() for name in TEXTS] == [0, 0, 0]


def test_small_records_hold_what_hypatia_s_hold():
    """The same documents, changed and removed in the same order, get the same weights."""
    chance = random.Random(3)
    ours, theirs = (
        kind(Lexicon(Splitter(), CaseNormalizer()), family=FAMILY)
        for kind in (SmallOkapi, OkapiIndex)
    )
    words = [f"w{number}" for number in range(30)]
    for number in range(FEW * 20):
        text = " ".join(chance.choices(words, k=12))
        for index in (ours, theirs):
            index.index_doc(number % 50, text)
    for number in range(0, 50, 3):
        for index in (ours, theirs):
            index.unindex_doc(number)

    assert {word: dict(ours.search(word)) for word in words} == {
        word: dict(theirs.search(word)) for word in words
    }
    assert ours.search_phrase("w1 w2") == theirs.search_phrase("w1 w2") or (
        dict(ours.search_phrase("w1 w2")) == dict(theirs.search_phrase("w1 w2"))
    )
    assert ours.word_count() == theirs.word_count() == 30
