"""Whom a promotion affects."""

import pytest

from mypi.model import Index, IndexPolicy, Link
from mypi.services import dependents as service
from mypi.services.dependents import Dependent, dependents
from tests.factories import wheel


@pytest.fixture
def holds(put, stable):
    """``holds("app", "1.0", "lib>=1")``: put a wheel with these requirements into stable."""

    def holds(name, version, *requires, index=stable):
        put(index, wheel(name, version, requires_dist=requires))

    return holds


@pytest.fixture
def affected(everything, stable):
    """``affected("2.0")``: whom the arrival of these versions of lib in stable affects."""

    def affected(*versions, yanked=None):
        links = {
            f"lib-{version}.tar.gz": Link(version, 1, "", "", "", 2.0, yanked)
            for version in versions
        }
        return list(dependents(everything, stable, {"lib": links})[0])

    return affected


@pytest.mark.parametrize(
    ("requirement", "before", "after"),
    [
        ("lib", "1.0", "2.0"),
        ("LIB>=1", "1.0", "2.0"),
        ("lib>=2", "", "2.0"),
        ("lib~=2.0", "", "2.0"),
        ('lib; sys_platform == "win32"', "1.0", "2.0"),
    ],
)
def test_whoever_will_get_another_version_is_affected(holds, affected, requirement, before, after):
    holds("lib", "1.0")
    holds("App", "3.0", requirement)

    assert affected("2.0") == [Dependent("App", "3.0", requirement, before, after)]


@pytest.mark.parametrize(
    "requirement",
    [
        "lib<2",
        "lib==1.0",
        "lib>=3",
        "library",
        "other",
        'lib; extra == "test"',
        "lib @ https://example.com/lib-1.0.tar.gz",
    ],
)
def test_whoever_gets_the_same_version_is_not_affected(holds, affected, requirement):
    holds("lib", "1.0")
    holds("app", "3.0", requirement)

    assert affected("2.0") == []


def test_pre_releases_affect_those_who_ask_for_them_or_have_nothing_else(holds, affected):
    holds("lib", "1.0")
    holds("asks", "1.0", "lib>=2.0a1")
    holds("late", "1.0", "lib>=1.5")
    holds("plain", "1.0", "lib")

    assert affected("2.0rc1") == [
        Dependent("asks", "1.0", "lib>=2.0a1", "", "2.0rc1"),
        Dependent("late", "1.0", "lib>=1.5", "", "2.0rc1"),
    ]


def test_a_yanked_release_affects_those_alone_who_pin_it(holds, affected):
    holds("lib", "1.0")
    holds("pins", "1.0", "lib==2.0")
    holds("plain", "1.0", "lib")

    assert affected("2.0", yanked="bad") == [Dependent("pins", "1.0", "lib==2.0", "", "2.0")]


def test_only_the_latest_release_of_a_project_counts(holds, affected):
    holds("lib", "1.0")
    holds("app", "1.0", "lib")
    holds("app", "2.0", "lib<2")
    holds("app", "3.0rc1", "lib")

    assert affected("2.0") == []


def test_projects_of_bases_are_affected_too(holds, affected, site, stable):
    mirror = site.indexes["mirror"] = Index("mirror", IndexPolicy("mirror"))
    stable.policy.bases = ("mirror",)
    holds("app", "1.0", "lib", index=mirror)

    assert affected("2.0") == [Dependent("app", "1.0", "lib", "", "2.0")]


def test_what_a_base_has_is_hidden_by_what_arrives(holds, affected, site, stable):
    mirror = site.indexes["mirror"] = Index("mirror", IndexPolicy("mirror"))
    stable.policy.bases = ("mirror",)
    holds("lib", "1.0", index=mirror)
    holds("lib", "3.0", index=mirror)
    holds("app", "1.0", "lib<2")
    holds("plain", "1.0", "lib")

    assert affected("2.0") == [
        Dependent("app", "1.0", "lib<2", "1.0", ""),
        Dependent("plain", "1.0", "lib", "3.0", "2.0"),
    ]


def test_projects_without_files_are_passed_over(holds, affected, stable, tm):
    stable.project_or_new("bare")
    tm.commit()

    assert affected("2.0") == []


def test_not_more_projects_are_looked_at_than_can_be(holds, everything, stable, monkeypatch):
    links = {"lib": {"lib-2.0.tar.gz": Link("2.0", 1, "", "", "", 2.0)}}
    for name in ("app-a", "app-b"):
        holds(name, "1.0", "lib")
    monkeypatch.setattr(service, "MAX_LOOKED_AT", 2)
    assert dependents(everything, stable, links)[1]

    holds("app-c", "1.0", "lib")
    found, complete = dependents(everything, stable, links)

    assert [one.project for one in found] == ["app-a", "app-b"]
    assert not complete


def test_where_nothing_arrives_nobody_is_looked_at(everything, stable):
    assert dependents(everything, stable, {}) == ((), True)
