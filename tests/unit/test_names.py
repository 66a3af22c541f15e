"""Names of projects and indexes (index-api N-1 to N-4)."""

import pytest

from mypi.errors import Refused
from mypi.names import (
    MAX_PROJECT_NAME,
    RESERVED_INDEX_NAMES,
    check_index_name,
    check_project_name,
    is_project_name,
    normalise,
)


@pytest.mark.parametrize("name", ["a", "A1", "Friendly-Bard", "zope.interface", "a_b", "0", "1-2"])
def test_n1_ascii_letters_digits_and_inner_separators_make_a_name(name):
    assert check_project_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "a b", "ä", "a\n", ".a", "_a", "a_", "a/b", "a\0", "ſ", "\u212a"]
)
def test_n1_anything_else_is_refused_with_the_rule(name):
    assert not is_project_name(name)

    with pytest.raises(Refused, match="use ASCII letters"):
        check_project_name(name)


def test_a_name_as_long_as_a_file_system_takes_is_the_longest():
    assert is_project_name("a" * MAX_PROJECT_NAME)
    assert not is_project_name("a" * (MAX_PROJECT_NAME + 1))


def test_a_refusal_does_not_repeat_a_megabyte_of_name():
    with pytest.raises(Refused) as refusal:
        check_project_name("ä" * 2**20)

    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize(
    "name",
    [
        "Friendly-Bard",
        "FRIENDLY-BARD",
        "friendly.bard",
        "friendly_bard",
        "friendly--bard",
        "FrIeNdLy-._.-bArD",
    ],
)
def test_n2_all_spellings_have_one_normal_form(name):
    assert normalise(name) == "friendly-bard"
    assert normalise(normalise(name)) == "friendly-bard"


@pytest.mark.parametrize("name", ["incubator", "team-a", "x", "a1"])
def test_an_index_name_is_lower_case_and_short(name):
    assert check_index_name(name) == name


@pytest.mark.parametrize("name", ["", "Team", "1a", "-a", "a_b", "a.b", "a" * 65, "a\n", "ä"])
def test_other_index_names_are_refused(name):
    with pytest.raises(Refused, match="not a valid index name"):
        check_index_name(name)


@pytest.mark.parametrize("name", sorted(RESERVED_INDEX_NAMES))
def test_words_that_follow_a_plus_cannot_name_an_index(name):
    with pytest.raises(Refused, match="reserved word"):
        check_index_name(name)
