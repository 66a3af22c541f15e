"""Pages of the simple API as HTML, as other indexes write them."""

import pytest

from mypi.services.importing.pages import read_html
from mypi.services.importing.simple import Simple

HERE = "https://index.example/simple/six/"


@pytest.mark.parametrize(
    ("anchor", "yanked"),
    [
        ('<a href="six-1.0.tar.gz">six-1.0.tar.gz</a>', False),
        ('<a href="six-1.0.tar.gz" data-yanked>six-1.0.tar.gz</a>', ""),
        ('<a href="six-1.0.tar.gz" data-yanked="">six-1.0.tar.gz</a>', ""),
        ('<A HREF="six-1.0.tar.gz" data-yanked="is &amp; bad">six-1.0.tar.gz</A>', "is & bad"),
    ],
    ids=("offered", "bare", "empty", "reason"),
)
def test_an_anchor_is_a_file_with_its_yank(anchor, yanked):
    (file,) = read_html(anchor, HERE).files

    name = "six-1.0.tar.gz"
    assert file == {"url": name, "filename": name, "yanked": yanked, "provenance": ""}


def test_names_of_projects_are_the_text():
    page = read_html('<a href="/simple/six/">\n Six </a><br><a href="x">X.y</a><a>no</a>', HERE)

    assert page.projects == ["Six", "X.y"]


def test_a_base_moves_relative_addresses():
    page = read_html('<base href="/files/"><a href="six-1.0.zip">six-1.0.zip</a>', HERE)

    assert page.url == "https://index.example/files/"


@pytest.mark.parametrize("text", ["", "<", "<a href=", "<a href='x'>never closed", "\x00<a>"])
def test_what_is_no_page_lists_nothing(text):
    assert read_html(text, HERE).files == []


def test_a_link_may_carry_its_digest():
    source = Simple("https://index.example/simple/")
    digest = "AB" * 32

    entry = source._entry(HERE, {"url": f"../../p/six-1.0%2Blocal.tar.gz#sha256={digest}"})

    assert (entry.filename, entry.sha256) == ("six-1.0+local.tar.gz", digest.lower())
    source.close()
