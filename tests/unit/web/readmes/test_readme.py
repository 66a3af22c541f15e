"""README text to HTML."""

from html import unescape

import pytest
from bs4 import BeautifulSoup

from mypi.web.readmes import rendering
from mypi.web.readmes.hrefs import is_foreign
from mypi.web.readmes.readme import render
from mypi.web.readmes.unrendered import MAX_SOURCE, source

MARKDOWN = "text/markdown"


def test_markdown_is_github_s_unless_it_says_otherwise():
    table = "| a |\n|---|\n| b |\n"

    assert "<table>" in render(table, MARKDOWN)
    assert "<table>" not in render(table, "text/markdown; variant=CommonMark")


def test_without_a_type_the_text_is_rst_or_what_was_written():
    assert "<em>word</em>" in render("a *word*")
    assert "*broken `rst</pre>" in render("*broken `rst")


def test_what_is_no_rst_is_shown_as_it_was_written_with_the_reason():
    html = render("Title\n=====\n\n.. <b>:: x\n\n.. nothing:: x\n", "text/x-rst")

    why, written = html.split('<pre class="source"')
    assert 'line 6: Unknown directive type "nothing")' in unescape(why)
    assert "<b>" not in written
    assert "why" not in render("a *word*")
    assert "why" not in render("*a* <b>", "text/plain")


def test_plain_text_stays_as_it_was_written():
    assert "*a* &lt;b&gt;" in render("*a* <b>", "text/plain")


@pytest.mark.parametrize("content_type", ["text/html", "nonsense", "text/markdown; charset=\x00"])
def test_an_odd_type_does_no_harm(content_type):
    assert "<script>" not in render("<script>alert(1)</script>", content_type)


def test_headings_begin_below_the_page_s_and_leave_no_level_out():
    html = render("# a\n#### b\n## c\n###### d\n", MARKDOWN)

    assert [html[at + 2] for at in range(len(html)) if html.startswith("<h", at)] == list("2334")


TITLES = ["One & two", "Three", "Four", "Five"]
IN_MARKDOWN = "".join(f"# {title}\n\ntext\n\n" for title in TITLES)
IN_RST = "".join(f"{title}\n=========\n\ntext\n\n" for title in TITLES)


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        (IN_MARKDOWN + "## The *last*\n", MARKDOWN),
        (IN_RST + "The *last*\n----------\n\ntext\n", "text/x-rst"),
    ],
)
def test_five_headings_get_a_list_of_contents_whose_links_lead_to_them(text, content_type):
    page = BeautifulSoup(render(text, content_type), "html.parser")

    links = page.select("details.outline a")
    assert [link.text for link in links] == [*TITLES, "The last"]
    for link in links:
        target = page.find(id=link["href"][1:])
        heading = target if target.name in ("h2", "h3") else target.find(["h2", "h3"])
        assert heading.text == link.text


def test_a_short_readme_and_one_with_its_own_list_get_none():
    one_more = "# Six\n\n# Seven\n"

    assert "outline" not in render(IN_MARKDOWN, MARKDOWN)
    assert "outline" in render(IN_MARKDOWN + one_more, MARKDOWN)
    own = "[3](#three) [4](#four) [5](#five)\n\n"
    assert "outline" not in render(own + IN_MARKDOWN + one_more, MARKDOWN)
    own = render(".. contents::\n\n" + IN_RST + "Six\n===\n\ntext\n")
    assert "<h2" in own
    assert "outline" not in own


def test_ids_cannot_be_those_of_the_page_and_are_given_once():
    html = render('<p id="main">a</p><p id="main">b</p>\n\n[to](#main)', MARKDOWN)

    assert html.count('id="user-content-main"') == 1
    assert 'href="#user-content-main"' in html


def test_pictures_from_elsewhere_become_links_with_their_words():
    html = render("![a *chart*](https://x.example/c.png)", MARKDOWN)

    assert "<img" not in html
    assert '<a href="https://x.example/c.png" rel="nofollow noopener noreferrer">' in html
    assert ">a chart<" in html


def test_a_picture_without_words_is_named_by_the_end_of_its_address():
    address = "https://ci.example/workflows/tests.yml/badge.svg?branch=main"

    assert ">badge.svg</span>" in render(f".. image:: {address}\n")
    assert ">badge.svg</span>" in render(f"![]({address})", MARKDOWN)
    assert ">image</span>" in render("![](https://ci.example/)", MARKDOWN)


def test_a_badge_keeps_the_link_around_it():
    html = render("[![build](https://b.example/s.svg)](https://ci.example/)", MARKDOWN)

    assert html.count("<a ") == 1
    assert 'href="https://ci.example/"' in html


@pytest.mark.parametrize(
    "address", ["javascript:x", "JaVaScript:x", "data:text/html,x", "//x.example", "docs/a.md", "/"]
)
def test_only_whole_addresses_are_links(address):
    assert "href" not in render(f"[words]({address})", MARKDOWN)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://x.example/", True),
        ("mailto:a@b.example", True),
        ("https:///x", False),
        ("https://[broken", False),
        ("java\nscript:x", False),
        ("ftp://x.example/", False),
        ("", False),
    ],
)
def test_safe_addresses(address, safe):
    assert is_foreign(address) is safe


def test_rst_may_not_read_files_or_bring_raw_html():
    for text in (".. include:: /etc/passwd", ".. raw:: html\n\n   <script>x</script>"):
        html = render(text)
        assert "root:" not in html
        assert "<script>" not in html


def test_code_is_coloured_by_classes_in_both_languages():
    assert '<span class="kn">import</span>' in render("```python\nimport x\n```", MARKDOWN)
    assert '<span class="kn">import</span>' in render(".. code:: python\n\n   import x\n")


def test_a_huge_readme_is_shown_as_it_is():
    text = "# a\n" * MAX_SOURCE

    assert render(text, MARKDOWN) == source(text)


@pytest.mark.parametrize("text", [">" * 500_000, "<div>" * 100_000])
def test_what_would_take_minutes_is_given_up_in_time(text, monkeypatch):
    with monkeypatch.context() as impatient:
        impatient.setattr(rendering.CHILD, "seconds", 0.5)
        shown = rendering.render(text, MARKDOWN)

    assert '<pre class="source"' in shown


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ('<pre lang="a"><code>' * 25_000, MARKDOWN),
        ("[a](" * 125_000, MARKDOWN),
        ("* " * 250_000, ""),
        ("*a_ " * 125_000, ""),
        (">" * 500_000, MARKDOWN),
    ],
)
def test_after_hostile_text_the_next_one_is_rendered(text, content_type, monkeypatch):
    """By another child, if that one was given up."""
    with monkeypatch.context() as impatient:
        impatient.setattr(rendering.CHILD, "seconds", 0.5)
        assert rendering.render(text, content_type)

    assert "<em>fine</em>" in rendering.render("*fine*", MARKDOWN)


def test_a_lost_child_is_replaced():
    rendering.render("a")
    rendering.CHILD._process.kill()
    rendering.CHILD._process.wait()

    assert "<em>fine</em>" in rendering.render("*fine*", MARKDOWN)


def test_a_page_does_not_wait_long_for_the_readmes_of_others():
    with rendering.CHILD._lock, pytest.raises(rendering.Busy, match="ask again"):
        rendering.render("*fine*", MARKDOWN)


def test_a_page_that_is_a_thousand_times_as_long_as_its_text_is_not_made():
    text = f".. |a| replace:: {'word ' * 1000}\n\n" + "|a| " * 1500

    assert render(text).startswith('<pre class="source"')
