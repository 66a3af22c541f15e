"""What is new: newest first, only what is there and may be seen, from bounded reading."""

import pytest

from mypi.metadata import Metadata
from mypi.model import Journal
from mypi.services import lifecycle, recent, trash
from mypi.services.access import STRANGER, Access, Identity
from mypi.services.actor import Actor
from mypi.services.lookup import find
from mypi.services.publish import register
from mypi.services.recent import newest_projects, newest_releases, releases_of
from tests.factories import sdist, wheel

ADA = Actor("ada", 90.0)
MAILS = ("Author-email: Ada <ada@example.org>",)


def labels(them):
    return [f"{it.name} {it.version}".strip() for it in them]


def test_a_release_is_told_with_what_its_metadata_says(put, stable, everything):
    put(stable, wheel("My.Pkg", "1.0", summary="It  is\tgood", headers=MAILS), by="ada", now=5.0)
    put(stable, sdist("My.Pkg", "1.0"), by="bob", now=7.0)

    (it,) = newest_releases(everything, stable, 10)

    assert (it.index, it.name, it.version, it.when, it.by) == (
        "stable",
        "My.Pkg",
        "1.0",
        5.0,
        "ada",
    )
    assert (it.summary, it.mails) == ("It is good", "Ada <ada@example.org>")
    assert (it.changed, it.yanked) == (7.0, False)


def test_newest_first_and_no_more_than_wanted(put, stable, everything):
    for number in range(5):
        put(stable, wheel(f"p{number % 3}", f"{number}.0"), now=float(number))

    assert labels(newest_releases(everything, stable, 3)) == ["p1 4.0", "p0 3.0", "p2 2.0"]
    assert labels(newest_projects(everything, stable, 2)) == ["p2 2.0", "p1 4.0"]


def test_a_line_that_is_late_is_put_where_it_belongs(put, stable, everything):
    put(stable, wheel("slow", "1.0"), now=20.0)
    put(stable, wheel("slower", "1.0"), now=10.0)

    assert labels(newest_releases(everything, stable, 5)) == ["slow 1.0", "slower 1.0"]


def test_a_project_is_told_with_its_latest_release_and_the_time_it_came(put, stable, everything):
    for now, version in enumerate(["1.0", "3.0", "2.0", "4.0rc1"], 1):
        put(stable, wheel("six", version, summary=f"six {version}"), now=float(now))

    (it,) = newest_projects(everything, stable, 5)

    assert (it.version, it.summary, it.when) == ("3.0", "six 3.0", 1.0)


def test_what_was_only_registered_counts(stable, everything):
    register(stable, Metadata("bare", "1.0", {"summary": "No file yet"}), ADA)
    register(stable, Metadata("bare", "1.1", {"summary": "Still none"}), Actor("ada", 91.0))

    assert labels(newest_releases(everything, stable, 5)) == ["bare 1.1", "bare 1.0"]
    assert labels(newest_projects(everything, stable, 5)) == ["bare 1.1"]
    assert labels(releases_of(find(everything, stable, "bare"), 5)) == ["bare 1.1", "bare 1.0"]


def test_what_is_gone_is_left_out_and_comes_back_where_it_was(put, stable, everything):
    put(stable, wheel("six", "1.0"), now=1.0)
    put(stable, wheel("six", "1.1"), now=2.0)
    put(stable, wheel("attrs", "1.0"), now=3.0)
    before = labels(newest_releases(everything, stable, 5))

    gone = [trash.delete(stable, name, ADA, version) for name, version in TO_DELETE]

    assert labels(newest_releases(everything, stable, 5)) == ["six 1.0"]
    assert labels(newest_projects(everything, stable, 5)) == ["six 1.0"]
    for it in reversed(gone):
        trash.restore(stable, it.id, ADA)
    assert labels(newest_releases(everything, stable, 5)) == before


TO_DELETE = [("six", "1.1"), ("attrs", "")]


def test_a_project_whose_releases_are_all_gone_is_left_out(put, stable, everything):
    put(stable, wheel("six", "1.0"))
    trash.delete(stable, "six", ADA, "1.0")

    assert newest_projects(everything, stable, 5) == []


def test_a_release_made_anew_is_as_new_as_it_is(put, incubator, everything):
    put(incubator, wheel("six", "1.0"), now=1.0)
    put(incubator, wheel("attrs", "1.0"), now=2.0)
    trash.delete(incubator, "six", ADA, "1.0")
    put(incubator, wheel("six", "1.0"), now=3.0)

    assert labels(newest_releases(everything, incubator, 5)) == ["six 1.0", "attrs 1.0"]


def test_yanked_ones_are_marked_and_quarantined_ones_left_out(put, stable, everything):
    put(stable, wheel("six", "1.0"), now=1.0)
    put(stable, wheel("bad", "1.0"), now=2.0)
    lifecycle.yank(stable, "six", "1.0", "broken", ADA)
    lifecycle.set_status(stable, "bad", "quarantined", "malware", ADA)

    (it,) = newest_releases(everything, stable, 5)

    assert (it.name, it.yanked) == ("six", True)
    assert labels(newest_projects(everything, stable, 5)) == ["six 1.0"]
    assert releases_of(find(everything, stable, "bad"), 5) == []


def test_an_index_shows_what_its_bases_have_unless_it_shadows_them(
    put, stable, incubator, everything
):
    put(stable, wheel("six", "1.0"), now=1.0)
    put(stable, wheel("attrs", "1.0"), now=2.0)
    put(incubator, wheel("six", "2.0.dev1"), now=3.0)

    assert labels(newest_releases(everything, incubator, 5)) == ["six 2.0.dev1", "attrs 1.0"]
    assert labels(newest_projects(everything, incubator, 5)) == ["six 2.0.dev1", "attrs 1.0"]
    assert labels(newest_releases(everything, stable, 5)) == ["attrs 1.0", "six 1.0"]
    assert [it.index for it in newest_releases(everything, incubator, 5)] == ["incubator", "stable"]


def test_a_base_that_one_may_not_read_stays_hidden(put, site, stable, incubator):
    put(stable, wheel("secret", "1.0"), now=1.0)
    put(incubator, wheel("open", "1.0"), now=2.0)
    stable.policy.grants = {"read": ("ada",)}
    stranger = Access(site, STRANGER, is_open=False)
    ada = Access(site, Identity("ada"), is_open=False)

    assert labels(newest_releases(stranger, incubator, 5)) == ["open 1.0"]
    assert labels(newest_projects(stranger, incubator, 5)) == ["open 1.0"]
    assert labels(newest_releases(ada, incubator, 5)) == ["open 1.0", "secret 1.0"]
    assert recent.stamp(stranger, incubator) != recent.stamp(ada, incubator)


def test_the_releases_of_a_project_by_the_time_they_came(put, stable, everything):
    for now, version in enumerate(["1.0", "2.0", "1.0.1"], 1):
        put(stable, wheel("six", version), now=float(now))
    register(stable, Metadata("six", "3.0", {}), Actor("ada", 1.5))
    found = find(everything, stable, "six")

    assert [it.version for it in releases_of(found, 10)] == ["1.0.1", "2.0", "3.0", "1.0"]
    assert [it.version for it in releases_of(found, 2)] == ["1.0.1", "2.0"]


@pytest.mark.parametrize("many", [recent.MAX_READ - 5, recent.MAX_READ + 5])
def test_a_journal_is_not_read_to_its_end(put, stable, everything, many):
    put(stable, wheel("old", "1.0"), now=1.0)
    for number in range(many):
        stable.journal.append(Actor("ada", 2.0 + number).entry("yank release", "old", "1.0"))

    assert bool(newest_releases(everything, stable, 5)) is (many < recent.MAX_READ)


def test_an_index_without_anything_has_nothing_new(stable, everything):
    assert len(stable.journal) == len(Journal()) == 0
    assert newest_releases(everything, stable, 5) == newest_projects(everything, stable, 5) == []


def test_the_stamp_changes_with_every_line(put, site, stable, incubator, everything, tm):
    put(stable, wheel("six", "1.0"))
    before = [recent.stamp(everything, it) for it in (stable, incubator)]
    assert before == [recent.stamp(everything, it) for it in (stable, incubator)]

    lifecycle.yank(stable, "six", "1.0", "", ADA)
    tm.commit()

    after = [recent.stamp(everything, it) for it in (stable, incubator)]
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True]
