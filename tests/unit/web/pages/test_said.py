"""What metadata says, as values for a page."""

import pytest

from mypi.web.pages import said
from mypi.web.pages.said import Person


def test_each_address_is_one_link():
    fields = {
        "home_page": "https://a.example",
        "project_urls": {"Source": "https://a.example", "Docs": "https://docs.example/x"},
    }

    assert [(it.label, it.host) for it in said.links(fields)] == [
        ("Homepage", "a.example"),
        ("Docs", "docs.example"),
    ]


@pytest.mark.parametrize("address", ["javascript:x", "//a.example", "https://" + "a" * 3000, "x y"])
def test_an_unsafe_address_is_text(address):
    (link,) = said.links({"project_urls": {"Evil": address}})

    assert link.address == ""


@pytest.mark.parametrize(
    ("fields", "people"),
    [
        ({"author": "Ada"}, [Person("Ada", "")]),
        ({"author": "Ada", "author_email": "a@b.example"}, [Person("Ada", "a@b.example")]),
        ({"author_email": "Ada <a@b.example>"}, [Person("Ada", "a@b.example")]),
        (
            {"author_email": "Ada <a@b.example>, Bo <b@b.example>", "maintainer": "Ada"},
            [Person("Ada", "a@b.example"), Person("Bo", "b@b.example"), Person("Ada", "")],
        ),
        ({"author_email": "a@b?subject=x"}, []),
        ({"author": "Ada", "author_email": "(" * 1900}, [Person("Ada", "")]),
        ({}, []),
    ],
)
def test_people(fields, people):
    assert said.people(fields) == people


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"license_expression": "MIT OR Apache-2.0", "license": "x"}, "MIT OR Apache-2.0"),
        ({"license": "BSD"}, "BSD"),
        (
            {"license": "Long\ntext", "classifiers": ["License :: OSI Approved :: MIT License"]},
            "MIT License",
        ),
        ({"license": "Copyright someone\nand so on"}, "Copyright someone"),
        ({}, ""),
    ],
)
def test_licence_in_few_words(fields, words):
    assert said.licence(fields).words == words


def test_keywords_may_be_parted_by_spaces():
    assert said.keywords({"keywords": ["one two"]}) == ["one", "two"]


def test_dependencies_come_by_extra_without_saying_it_twice():
    fields = {
        "requires_dist": [
            'a[x]>=1; python_version < "3.9" and extra == "fast"',
            "b @ https://x.example/b.zip",
            "not a requirement !!",
        ]
    }

    (plain, first), (extra, second) = said.dependencies(fields, lambda name: f"/{name}/")

    assert (plain, extra) == ("", "fast")
    assert [(it.name, it.rest) for it in first] == [
        ("b", " @ https://x.example/b.zip"),
        ("", "not a requirement !!"),
    ]
    assert second == [("a", "/a/", "[x] >=1", 'python_version < "3.9"', ">=1")]


@pytest.mark.parametrize(
    "line", ["a; " + "(" * 1900, "a; " + "(" * 900 + "os_name == 'a'" + ")" * 900]
)
def test_a_dependency_that_is_nested_without_end_is_shown_as_it_was_written(line):
    ((_extra, (shown,)),) = said.dependencies({"requires_dist": [line]}, lambda name: f"/{name}/")

    assert (shown.name, shown.rest) == ("", line[:200])
