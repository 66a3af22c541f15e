"""What the bytes of a member are."""

import pytest

from mypi.archives.texts import as_text, picture_type


def test_line_ends_become_one_kind():
    assert as_text(b"a\r\nb\rc\n").text == "a\nb\nc\n"


def test_a_form_feed_is_text():
    assert as_text(b"a\n\x0c\nb\n").text == "a\n\x0c\nb\n"


@pytest.mark.parametrize("raw", [b"\x7fELF\0\1", bytes(range(256)), b"\x01\x02\x03\x04"])
def test_bytes_that_nobody_reads_are_no_text(raw):
    assert as_text(raw) is None


def test_what_is_not_utf_8_is_shown_as_latin_1():
    text = as_text("# naïve\n".encode("latin-1") * 10)

    assert (text.encoding, text.text[:7]) == ("Latin-1", "# naïve")


def test_a_text_that_is_cut_within_a_character_stays_utf_8():
    raw = "ä".encode() * 10

    assert as_text(raw[:-1], is_cut=True).encoding == "UTF-8"


def test_characters_that_turn_the_direction_are_made_visible():
    text = as_text("if x != '\u202e' \x1b[2J and more text to read".encode())

    assert text.is_turning
    assert text.text.startswith("if x != '<U+202E>' <U+001B>[2J")


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ""),
        (b"<html>", ""),
    ],
    ids=["png", "jpeg", "gif", "webp", "svg", "html"],
)
def test_pictures_are_known_by_their_bytes(raw, media_type):
    assert picture_type(raw) == media_type
