"""What a release requires, whatever the machine."""

import pytest

from mypi.services.requirements import name_in, needed

WINDOWS = 'six; sys_platform == "win32"'
OLD = 'six; python_version < "2"'
TEST = 'six; extra == "test"'
BACKWARDS = 'six; "test" == extra'
WINDOWS_TEST = 'six; sys_platform == "win32" and extra == "test"'
OLD_OR_TEST = 'six; python_version < "2" or extra == "test"'
NOT_TEST = 'six; extra != "test"'
NOT_IN = 'six; "linux" not in sys_platform and "gnu" in platform_version'
WORD = 'six; platform_machine == "extra"'


def lines(line, extra=""):
    return [text for text, _requirement in needed([line], extra)]


@pytest.mark.parametrize(
    "line", ["six", "six>=1.0", "six (>=1.0)", WINDOWS, OLD, OLD_OR_TEST, NOT_TEST, NOT_IN, WORD]
)
def test_what_some_machine_needs_is_needed(line):
    assert lines(line) == [line]


@pytest.mark.parametrize("line", [TEST, BACKWARDS, WINDOWS_TEST])
def test_what_only_an_extra_needs_is_left_out_until_it_is_asked_for(line):
    assert lines(line) == []
    assert lines(line, "docs") == []
    assert lines(line, "test") == [line]


def test_an_extra_is_known_in_every_spelling():
    assert lines('six; extra == "Foo_Bar"', "foo.bar")


@pytest.mark.parametrize("line", ["six", WINDOWS, OLD_OR_TEST])
def test_an_extra_adds_only_what_is_not_needed_anyway(line):
    assert lines(line, "test") == []


def test_a_comparison_that_means_nothing_counts_as_needed():
    assert lines('six; extra ~= "test"') == ['six; extra ~= "test"']


def test_what_cannot_be_read_is_told():
    assert list(needed(["six >"])) == [("six >", None)]
    nested = "six; " + "(" * 5000 + 'os_name == "nt"' + ")" * 5000
    assert list(needed([nested])) == [(nested, None)]


@pytest.mark.parametrize(
    ("line", "name"), [("six", "six"), (" Zope.Interface>=1", "Zope.Interface"), ("?", "")]
)
def test_the_name_comes_first(line, name):
    assert name_in(line) == name
