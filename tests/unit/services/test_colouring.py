"""Source becomes coloured lines of HTML in which nothing runs."""

import pytest

from mypi.services import colouring


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("demo/models.py", "python"),
        ("Makefile", "make"),
        ("demo-1.0.dist-info/entry_points.txt", "ini"),
        ("PKG-INFO", ""),
        ("picture.svg", ""),
        ("no-extension", ""),
    ],
    ids=["python", "make", "entry points", "metadata", "svg", "none"],
)
def test_the_language_is_told_by_the_name(name, language):
    assert colouring.language_of(name) == language


def test_a_token_of_several_lines_is_closed_on_each():
    assert colouring.coloured('"""a\nb"""\n', "python") == [
        '<span class="sd">"""a</span>',
        '<span class="sd">b"""</span>',
    ]


@pytest.mark.parametrize(
    "language", ["python", "html", "markdown", "rst", "javascript", "diff", ""]
)
def test_no_markup_of_a_source_survives(language):
    source = "<script>alert(1)</script>\n# </code></pre><img src=x onerror=alert(1)>\n'<b>'\n"

    lines = colouring.coloured(source, language)

    assert len(lines) == 3
    assert "<script" not in "".join(lines)
    assert "<img" not in "".join(lines)
    assert "<b>" not in "".join(lines)


def test_what_is_not_coloured_in_time_stays_plain():
    assert colouring.in_time(["x = '<b>'\n", "python", 0.0]) == ["x = '&lt;b&gt;'"]


def test_a_text_that_is_too_long_stays_plain():
    lines = colouring.coloured("def f(): pass\n" * 100_000, "python")

    assert lines[0] == "def f(): pass"
    assert len(lines) == 100_000
