"""What an index keeps no longer."""

import pytest

from mypi.errors import NotAllowed
from mypi.model import Origin
from mypi.model.policy import DAY
from mypi.services import trash
from mypi.services.actor import Actor
from mypi.services.retention import Expired, expired, run
from tests.factories import sdist, wheel

NOW = 1000.0 * DAY
KEEPER = Actor("keeper", NOW)


@pytest.fixture
def holds(put, incubator):
    """``holds("six", "1.0", "1.1")``: put wheels into incubator, each a day younger."""

    def holds(name, *versions, days=0.0):
        for age, version in zip(range(len(versions) - 1, -1, -1), versions, strict=True):
            put(incubator, wheel(name, version), now=NOW - (days + age) * DAY)

    return holds


def going(index):
    return [(one.project, one.version) for one in expired(index, NOW)]


def test_an_index_keeps_everything_if_nothing_is_said(holds, incubator):
    holds("six", "1.0rc1", "1.0rc2", "1.0", days=900)

    assert going(incubator) == []


@pytest.mark.parametrize(
    ("keep", "versions", "gone"),
    [
        (1, ["1.0.dev1", "1.0a1", "1.0"], ["1.0.dev1"]),
        (2, ["1.0.dev1", "1.0a1", "1.0"], []),
        (1, ["1.0", "1.1rc1", "1.1rc2", "1.1rc10"], ["1.1rc2", "1.1rc1"]),
        (1, ["1.0rc2", "1.0rc1"], ["1.0rc1"]),
        (1, ["1.0", "1.1", "1.2"], []),
    ],
)
def test_pre_releases_beyond_the_newest_go(holds, incubator, keep, versions, gone):
    incubator.policy.keep_prereleases = keep
    holds("six", *versions)

    assert going(incubator) == [("six", version) for version in gone]


def test_the_number_counts_for_each_project(holds, incubator):
    incubator.policy.keep_prereleases = 1
    holds("alpha", "1.0a1", "1.0a2")
    holds("beta", "1.0b1")

    assert going(incubator) == [("alpha", "1.0a1")]


@pytest.mark.parametrize(
    ("age", "gone"), [(29.0, []), (30.0, []), (30.1, [("six", "1.0")]), (300.0, [("six", "1.0")])]
)
def test_old_releases_go(put, incubator, age, gone):
    incubator.policy.keep_days = 30
    put(incubator, wheel("six", "1.0"), now=NOW - age * DAY)
    put(incubator, wheel("six", "2.0"), now=NOW - age * DAY)

    assert going(incubator) == gone


def test_a_release_is_as_young_as_its_newest_file(put, incubator):
    incubator.policy.keep_days = 30
    put(incubator, wheel("six", "1.0"), now=NOW - 100 * DAY)
    put(incubator, sdist("six", "1.0"), now=NOW - 1 * DAY)
    put(incubator, wheel("six", "2.0"), now=NOW)

    assert going(incubator) == []


@pytest.mark.parametrize(
    ("versions", "stays"),
    [(["1.0", "2.0"], "2.0"), (["1.0", "2.0rc1"], "1.0"), (["1.0.dev1", "1.0.dev2"], "1.0.dev2")],
)
def test_what_an_installer_would_take_stays(holds, incubator, versions, stays):
    incubator.policy.keep_days = 1
    incubator.policy.keep_prereleases = 1
    holds("six", *versions, days=500)

    assert [version for _project, version in going(incubator)] == [
        version for version in versions if version != stays
    ]


def test_what_is_told_of_a_release_that_goes(put, incubator):
    incubator.policy.keep_days = 30
    incubator.policy.keep_prereleases = 1
    archives = [wheel("Six", "1.0rc1"), sdist("Six", "1.0rc1")]
    put(incubator, archives[0], now=NOW - 100 * DAY)
    put(incubator, archives[1], now=NOW - 99 * DAY)
    put(incubator, wheel("Six", "1.0rc2"), now=NOW - 98 * DAY)
    put(incubator, wheel("Six", "1.0"), now=NOW)

    size = sum(len(content) for _name, content in archives)
    assert expired(incubator, NOW) == [
        Expired(
            "Six",
            "1.0rc2",
            NOW - 98 * DAY,
            len(wheel("Six", "1.0rc2")[1]),
            "older than 30 days",
        ),
        Expired("Six", "1.0rc1", NOW - 99 * DAY, size, "not one of the newest 1 pre-releases"),
    ]


@pytest.mark.parametrize("mark", ["promoted_to", "origin"])
def test_what_was_promoted_stays_unless_the_policy_says_otherwise(holds, incubator, mark):
    incubator.policy.keep_days = 30
    holds("six", "1.0", "1.1", "2.0", days=100)
    file = incubator.project("six").file("six-1.0-py3-none-any.whl")
    if mark == "promoted_to":
        file.promoted_to = ("stable",)
    else:
        file.origin = Origin("stable", "ada", 1.0, "bob", 2.0)

    assert going(incubator) == [("six", "1.1")]
    incubator.policy.keep_promoted = False
    assert going(incubator) == [("six", "1.1"), ("six", "1.0")]


def test_only_releases_that_would_go_are_loaded(holds, incubator, tm, site):
    incubator.policy.keep_days = 30
    holds("six", "1.0", "1.1", days=100)
    holds("new", "1.0", "1.1")
    tm.commit()
    site._p_jar.cacheMinimize()

    assert going(incubator) == [("six", "1.0")]

    loaded = [
        release.version
        for name in ("six", "new")
        for release in incubator.project(name).releases.values()
        if release._p_changed is not None
    ]
    assert loaded == ["1.0"]


def test_what_goes_goes_into_the_trash(holds, incubator, tm):
    incubator.policy.keep_days = 30
    holds("six", "1.0", "1.1", "2.0", days=100)
    before = expired(incubator, NOW)

    gone = run(incubator, KEEPER)
    tm.commit()

    assert gone == before
    assert list(incubator.project("six").releases) == ["2"]
    assert expired(incubator, NOW) == []
    kept = sorted(incubator.trash.values(), key=lambda it: it.version)
    assert [(it.kind, it.project, it.version, it.by, it.reason) for it in kept] == [
        ("release", "six", "1.0", "keeper", "retention: older than 30 days"),
        ("release", "six", "1.1", "keeper", "retention: older than 30 days"),
    ]
    trash.restore(incubator, kept[0].id, KEEPER)
    assert list(incubator.project("six").releases) == ["1", "2"]


def test_not_more_than_the_limit_goes_at_once(holds, incubator):
    incubator.policy.keep_days = 30
    holds("alpha", "1.0", "1.1", "2.0", days=100)
    holds("beta", "1.0", "2.0", days=100)

    assert [one.version for one in run(incubator, KEEPER, limit=2)] == ["1.1", "1.0"]
    assert [one.project for one in run(incubator, KEEPER, limit=2)] == ["beta"]
    assert run(incubator, KEEPER, limit=2) == []


def test_from_a_frozen_index_nothing_goes(holds, incubator):
    incubator.policy.keep_days = 30
    holds("six", "1.0", "2.0", days=100)
    incubator.policy.frozen = True

    with pytest.raises(NotAllowed, match="frozen"):
        run(incubator, KEEPER)

    assert going(incubator) == [("six", "1.0")]
