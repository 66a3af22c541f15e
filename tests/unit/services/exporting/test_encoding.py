"""Documents: nothing is lost, nothing unknown is taken."""

import pytest

from mypi.model.journal import Entry
from mypi.services.exporting.describing import entry
from mypi.services.exporting.encoding import line, moment, parse, pretty, seconds
from mypi.services.exporting.format import EntryDocument, GroupDocument


@pytest.mark.parametrize("when", [0.0, 1_300_000_000.123456, -62_135_596_800.0, 1.5e9 + 1e-6])
def test_times_come_back(when):
    assert seconds(moment(when)) == pytest.approx(when, abs=1e-6)
    assert moment(seconds(moment(when))) == moment(when)


def test_times_end_with_the_calendar():
    assert moment(1e15).year == 9999


def test_half_of_a_surrogate_pair_becomes_a_question_mark():
    told = line(entry(Entry(1.0, "ann", "upload", "six", detail="a\ud800b\u00e4")))

    assert parse(told, EntryDocument).detail == "a?b\u00e4"
    assert told.count(b"\n") == 1


@pytest.mark.parametrize(
    "raw",
    [
        b'{"name": "a", "members": [], "more": 1}',
        b'{"name": "a"}',
        b'{"name": 1, "members": []}',
        b"[]",
        b"",
        b"\xff",
    ],
    ids=["unknown key", "missing key", "wrong type", "list", "nothing", "not UTF-8"],
)
def test_what_is_not_as_told_is_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        parse(raw, GroupDocument)


def test_one_value_is_on_one_line():
    assert pretty(GroupDocument(name="a", members=["b", "c"])).count(b"\n") == 7
