"""Settings are parsed once, and whatever is wrong is named."""

import pytest

from mypi.errors import CannotStart
from mypi.settings import Settings
from mypi.sizes import parse_size


def test_an_empty_ini_gives_the_defaults():
    settings = Settings.from_ini({})

    assert settings.default_index == "stable"
    assert settings.indexes == ("stable", "incubator")
    assert settings.max_upload == 2**30


def test_an_unknown_key_is_named_with_the_nearest_known_one():
    with pytest.raises(CannotStart, match=r"mypi\.max_uplod.*mypi\.max_upload"):
        Settings.from_ini({"mypi.max_uplod": "1"})


def test_a_bad_value_is_named_with_its_key():
    with pytest.raises(CannotStart, match=r"mypi\.max_upload = lots"):
        Settings.from_ini({"mypi.max_upload": "lots"})


def test_keys_of_others_are_left_alone():
    assert Settings.from_ini({"zodbconn.uri": "x", "pyramid.includes": "y"}) == Settings()


def test_the_environment_overrides_the_ini_file():
    settings = Settings.from_ini({"mypi.title": "ini"}, {"MYPI_TITLE": "environment"})

    assert settings.title == "environment"


def test_the_default_index_has_to_exist():
    with pytest.raises(CannotStart, match="releases"):
        Settings.from_ini({"mypi.default_index": "releases"})


def test_a_reserved_word_cannot_name_an_index():
    with pytest.raises(CannotStart, match="reserved"):
        Settings.from_ini({"mypi.indexes": "stable admin"})


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("1073741824", 2**30),
        ("64 MiB", 64 * 2**20),
        ("64mb", 64 * 2**20),
        ("1G", 2**30),
        ("1.5 GiB", 3 * 2**29),
        ("2 TiB", 2**41),
        ("10 k", 10240),
        ("7b", 7),
    ],
)
def test_sizes_are_written_as_people_write_them(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MiB", "ten", "1 XB", "-", "-5", "inf", "1e9", "9" * 5000])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="size"):
        parse_size(text)
