"""How people write what they mean."""

import pytest

from mypi.errors import Refused
from mypi.services.wanted import Wanted, parse


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("six", Wanted("six")),
        ("Zope.Interface", Wanted("Zope.Interface")),
        ("six==1.0", Wanted("six", "1.0")),
        (" six == 1.0 ", Wanted("six", "1.0")),
        ("six==1!2.0.post1+local.3", Wanted("six", "1!2.0.post1+local.3")),
        ("six==1.0/six-1.0.tar.gz", Wanted("six", "1.0", "six-1.0.tar.gz")),
        ("six==1.0 / six-1.0.tar.gz", Wanted("six", "1.0", "six-1.0.tar.gz")),
    ],
)
def test_what_people_write_is_read(text, wanted):
    assert parse(text) == wanted


@pytest.mark.parametrize(
    "wanted", [Wanted("six"), Wanted("six", "1.0"), Wanted("six", "1.0", "six-1.0.tar.gz")]
)
def test_what_is_meant_can_be_written(wanted):
    assert parse(str(wanted)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "==1.0",
        "-six",
        "six[all]",
        "six>=1.0",
        "six=1.0",
        "six==",
        "six===1.0",
        "six==one",
        "six==1.*",
        "six==" + "1" * 5000,
        "six/six-1.0.tar.gz",
        "six==1.0/",
        "six==1.0/a/b",
        "six==1.0/../six-1.0.tar.gz",
        "s\x00x==1.0",
        "six==1.0\x00",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(Refused, match=r"cannot be read: write PROJECT|not a valid project name"):
        parse(text)


@pytest.mark.parametrize("text", ["six>=1.0", "six=1.0", "six~=1.0", "six!=1.0", "six<2"])
def test_what_only_pip_understands_is_told_how_to_write_it(text):
    with pytest.raises(Refused, match=r"write PROJECT, PROJECT==VERSION"):
        parse(text)


def test_a_refusal_does_not_repeat_all_of_a_long_text():
    with pytest.raises(Refused) as caught:
        parse("six==" + "1" * 100_000)

    assert len(str(caught.value)) < 500
