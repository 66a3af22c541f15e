"""Lists of releases."""

from datetime import date

from packaging.version import Version

from mypi.services.versions import Candidate, registered
from mypi.web.pages.releases import MAX_SHOWN, badges, before, rows


def releases(*versions, yanked=()):
    return [Candidate(it, Version(it), 1.0, 1, it in yanked, 1, 1.0) for it in versions]


def test_the_release_before_a_final_one_is_the_final_one_before():
    known = releases("2.0", "2.0rc1", "1.1", "1.0", yanked=["1.1"])

    assert before(known, "2.0") == "1.0"
    assert before(known, "2.0rc1") == "1.0"
    assert before(known, "1.0") == ""
    assert before(releases("1.0", "1.0rc1"), "1.0") == "1.0rc1"


def test_what_has_no_files_has_nothing_to_compare():
    assert before([registered("2.0", 1.0), *releases("1.0")], "2.0") == ""
    assert before([*releases("2.0"), registered("1.0", 1.0)], "2.0") == ""


def test_words_of_a_release():
    final, pre = releases("1.0", "2.0.dev1", yanked=["2.0.dev1"])

    assert badges(final, final) == ["latest"]
    assert badges(pre, final) == ["dev", "yanked"]
    assert badges(registered("1.0rc1", 1.0), None) == ["pre-release", "no files"]


def test_of_a_long_list_those_around_the_release_are_shown():
    known = releases(*(f"1.{n}" for n in reversed(range(300))))

    shown = rows(known, "1.150", known[0], date(2026, 1, 1), lambda version: f"/{version}")

    assert len(shown) == MAX_SHOWN
    assert [it.version for it in shown if it.current] == ["1.150"]
    assert rows(known, "1.0", known[0], date(2026, 1, 1), str)[-1].version == "1.0"
