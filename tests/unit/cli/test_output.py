"""Texts, tables and progress for people."""

import io

import pytest

from mypi.cli import output
from mypi.cli.options import Run


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("six", "six"),
        ("Ünïcode €", "Ünïcode €"),
        ("a\nb\t c", "a b c"),
        ("\x1b[31mred\x07", "?[31mred?"),
        ("left\u202eright", "left?right"),
    ],
)
def test_nothing_that_steers_a_terminal_is_shown(text, shown):
    assert output.plain(text) == shown


def test_a_table_has_its_columns_below_each_other_and_numbers_to_the_right(capsys):
    output.table(("name", "files", "note"), [("six", 9, ""), ("attrs", 10, ["a", "b"])])

    assert capsys.readouterr().out == (
        "name   files  note\n"
        "six        9\n"
        "attrs     10  a, b\n"
    )  # fmt: skip


def test_a_table_of_nothing_is_nothing(capsys):
    output.table(("name",), [])

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        ({"upload": ["ada", "@team"], "read": []}, "upload: ada, @team; read: "),
        (("a", 1), "a, 1"),
    ],
)
def test_values_are_shown_as_people_read_them(value, shown):
    assert output.cell(value) == shown


def test_without_a_terminal_progress_is_a_line_now_and_then(capsys, monkeypatch):
    monkeypatch.setattr(output, "EVERY", 0)

    with output.Progress(Run(), "retention of stable", 100) as progress:
        progress.advance(50)

    assert capsys.readouterr().err == "retention of stable: 50 of 100\n"


def test_a_failure_is_a_sentence_and_what_to_try(capsys):
    output.Failure("There is no index away.", output.NOT_FOUND, "mypi index list").show()

    assert capsys.readouterr().err == "mypi: There is no index away.\n  try: mypi index list\n"


def test_without_a_terminal_only_a_yes_beforehand_is_a_yes(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    output.confirm(Run(yes=True), "Delete six?")
    with pytest.raises(output.Failure, match="nothing was changed"):
        output.confirm(Run(), "Delete six?")
