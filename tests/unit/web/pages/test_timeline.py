"""The line of time."""

import re
from xml.etree import ElementTree

from packaging.version import Version

from mypi.services.versions import Candidate
from mypi.web.pages.timeline import drawn

DAY = 86_400


def release(version, day, yanked=False, files=1):
    when = 1.5e9 + day * DAY
    return Candidate(version, Version(version), when, 1, yanked, files, when)


def test_shapes_tell_the_kinds_apart():
    svg = ElementTree.fromstring(
        drawn([release("1.0", 0), release("2.0rc1", 400), release("2.0", 800, yanked=True)])
    )

    marks = {it.get("class"): it.get("d") for it in svg.iter("path") if it.get("class") != "axis"}
    assert set(marks) == {"final", "pre-release", "yanked"}
    assert len({re.sub(r"^M\d+ \d+", "", path) for path in marks.values()}) == 3
    assert svg.get("role") == "img"
    assert "1 final, 1 pre-release, 1 yanked" in svg.get("aria-label")


def test_years_are_marked():
    svg = drawn([release(f"1.{n}", n * 300) for n in range(5)])

    assert re.findall(r">(\d{4})<", svg) == ["2018", "2019", "2020"]


def test_little_is_not_drawn():
    assert drawn([]) == ""
    assert drawn([release("1.0", 0), release("1.1", 9)]) == ""
    assert drawn([release(f"1.{n}", 0) for n in range(9)]) == ""
    assert drawn([release(f"1.{n}", n * 9, files=0) for n in range(9)]) == ""


def test_thousands_of_releases_are_drawn_no_larger_than_the_line_is_wide():
    assert len(drawn([release(f"1.{n}", n) for n in range(5000)])) < 60_000


def test_it_carries_no_style_and_no_script():
    svg = drawn([release(f"1.{n}", n * 40) for n in range(9)])

    assert "style" not in svg
    assert "script" not in svg
