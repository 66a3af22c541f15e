"""What two releases say differently."""

import pytest
from packaging.specifiers import SpecifierSet

from mypi.model import Link
from mypi.services import differences


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        (">=1", ">=2", "narrowed"),
        (">=2", ">=1", "widened"),
        ("", "<2", "narrowed"),
        (">=1,<2", ">=1", "widened"),
        (">=1,<2", ">=1.5,<2,!=1.6", "narrowed"),
        (">=1,<2", ">=1,<3", "widened"),
        (">=1,<2", ">=2,<3", "changed"),
        ("~=1.0", "~=1.4", "changed"),
        ("==1.*", "==2.*", "changed"),
        (">=1", ">1", "changed"),
        (">=1", ">=2rc1", "changed"),
        (">=1,>=2", ">=2", "changed"),
        (">=1", ",".join(f">={n}" for n in range(1, 32)), "changed"),
    ],
)
def test_a_range_is_called_narrower_only_where_that_is_sure(old, new, how):
    assert differences.how_allowed(SpecifierSet(old), SpecifierSet(new)) == how


def test_requirements_are_told_by_name():
    old = ["a>=1", "B_b", "c<2; python_version < '3.9'", "same==1", "x @ https://example.org/x"]
    new = ["a>=2", "c<2", "d[extra]", "same == 1", "x"]

    found = [(it.name, it.how) for it in differences.needs(old, new)]

    assert found == [
        ("a", "narrowed"),
        ("b-b", "removed"),
        ("c", "added"),
        ("c", "removed"),
        ("d", "added"),
        ("x", "changed"),
    ]


def test_a_requirement_that_cannot_be_read_is_told_as_it_is():
    found = differences.needs(["a (>=1,,)"], ["a>=1"])

    assert [(it.name, it.old, it.new) for it in found] == [("a", "a (>=1,,)", "a>=1")]


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        (">=3.8", ">=3.8", ""),
        ("", ">=3.8", "narrowed"),
        (">=3.8", "", "widened"),
        ("x", "y", "changed"),
    ],
)
def test_the_python_requirement(old, new, how):
    assert differences.pythons(old, new) == how


def test_only_what_differs_of_a_field_is_told():
    old = {"classifiers": ["A", "B"], "summary": "same", "license": "MIT", "requires_dist": ["x"]}
    new = {"classifiers": ["B", "C"], "summary": "same", "project_urls": {"Docs": "https://d"}}

    assert differences.fields(old, new) == [
        ("classifiers", ["A"], ["C"]),
        ("license", ["MIT"], []),
        ("project_urls", [], ["Docs: https://d"]),
    ]


def test_files_of_the_same_tags_are_put_side_by_side():
    def link(version, size):
        return Link(version, size, "", "", "", 0.0)

    found = differences.files(
        [("demo-1.0.tar.gz", link("1.0", 10)), ("demo-1.0-py2-none-any.whl", link("1.0", 5))],
        [("demo-2.0.tar.gz", link("2.0", 12)), ("demo-2.0-py3-none-any.whl", link("2.0", 6))],
    )

    assert sorted(found, key=str) == sorted(
        [
            ("demo-1.0.tar.gz", "demo-2.0.tar.gz", 10, 12),
            ("demo-1.0-py2-none-any.whl", "", 5, None),
            ("", "demo-2.0-py3-none-any.whl", None, 6),
        ],
        key=str,
    )
