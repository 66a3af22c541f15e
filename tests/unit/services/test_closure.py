"""What goes along with a release, so that it can be installed from where it goes."""

import pytest

from mypi.errors import Refused
from mypi.model import Index, IndexPolicy
from mypi.services import picking
from mypi.services.closure import Closure
from mypi.services.wanted import parse
from tests.factories import sdist, wheel


@pytest.fixture
def follow(everything, incubator, stable):
    """``follow("app==1.0")``: the releases that go to stable, and what is missing, in words."""

    def follow(*texts, source=incubator, target=stable):
        wanted = picking.pick_all(everything, source, map(parse, texts))
        closure = Closure(everything, source, target, wanted)
        closure.follow()
        return [str(one) for one in closure.picked.values()], list(closure.missing)

    return follow


@pytest.fixture
def holds(put, incubator):
    """``holds("app", "1.0", "lib>=1")``: put a wheel with these requirements into incubator."""

    def holds(name, version, *requires, index=incubator):
        put(index, wheel(name, version, requires_dist=requires))

    return holds


def test_requirements_are_followed_to_the_end(follow, holds):
    holds("app", "1.0", "lib>=1")
    holds("lib", "1.2", "base", "other")
    holds("base", "3.0", "ground~=1.0")
    holds("ground", "1.5")
    holds("other", "0.1")

    assert follow("app") == (["app 1.0", "lib 1.2", "base 3.0", "other 0.1", "ground 1.5"], [])


def test_a_circle_ends(follow, holds):
    holds("app", "1.0", "lib")
    holds("lib", "1.0", "app")

    assert follow("app") == (["app 1.0", "lib 1.0"], [])
    assert follow("lib") == (["lib 1.0", "app 1.0"], [])


def test_what_the_target_satisfies_stays_where_it_is(follow, holds, stable):
    holds("app", "1.0", "lib>=1")
    holds("lib", "1.0", "base", index=stable)
    holds("lib", "1.1")

    assert follow("app") == (["app 1.0"], [])


def test_what_the_bases_of_the_target_satisfy_stays_where_it_is(follow, holds, site, stable):
    site.indexes["mirror"] = Index("mirror", IndexPolicy("mirror"))
    stable.policy.bases = ("mirror",)
    holds("app", "1.0", "lib", "base>=2")
    holds("lib", "1.0", index=site.indexes["mirror"])
    holds("base", "1.0", index=site.indexes["mirror"])
    holds("base", "2.0")

    assert follow("app") == (["app 1.0", "base 2.0"], [])


def test_a_version_that_the_target_lacks_goes_along(follow, holds, stable):
    holds("app", "1.0", "lib>=1.1")
    holds("lib", "1.0", index=stable)
    holds("lib", "1.1")
    holds("lib", "1.2")

    assert follow("app") == (["app 1.0", "lib 1.2"], [])


def test_what_was_chosen_already_is_taken_for_a_requirement(follow, holds):
    holds("app", "1.0", "lib>=1")
    holds("lib", "1.0")
    holds("lib", "2.0")

    assert follow("app", "lib==1.0") == (["app 1.0", "lib 1.0"], [])
    assert follow("app", "lib==2.0") == (["app 1.0", "lib 2.0"], [])


def test_requirements_that_exclude_each_other_each_get_their_version(follow, holds):
    holds("app", "1.0", "lib<2", "other")
    holds("other", "1.0", "lib>=2")
    holds("lib", "1.0")
    holds("lib", "2.0")

    assert follow("app") == (["app 1.0", "lib 1.0", "other 1.0", "lib 2.0"], [])


@pytest.mark.parametrize(
    ("requirement", "chosen"),
    [("lib", "1.0"), ("lib>=2.0a1", "2.0b1"), ("lib>=1.5", "2.0b1"), ("lib==0.9", "0.9")],
)
def test_the_best_version_goes_along(follow, holds, put, incubator, requirement, chosen):
    holds("app", "1.0", requirement)
    for version in ("0.9", "1.0", "1.1", "2.0b1"):
        holds("lib", version)
    yank(incubator, "lib", "1.1", "0.9")

    assert follow("app") == (["app 1.0", f"lib {chosen}"], [])


def yank(index, name, *versions):
    project = index.project(name)
    for filename, link in list(project.pages()):
        if link.version in versions:
            project.links[filename] = tuple(link._replace(yanked="bad"))


def test_what_nobody_has_is_told_and_refuses_nothing(follow, holds):
    holds("app", "1.0", "lib>=2", "gone; sys_platform == 'win32'")
    holds("lib", "1.0")

    picked, missing = follow("app")

    assert picked == ["app 1.0"]
    assert missing == [
        "app 1.0 requires lib>=2, which incubator does not have either.",
        "app 1.0 requires gone; sys_platform == 'win32', which incubator does not have either.",
    ]


def test_what_is_missing_twice_is_told_once(follow, holds):
    holds("app", "1.0", "gone")

    assert len(follow("app", "app==1.0")[1]) == 1


def test_a_requirement_that_cannot_be_read_is_told(follow, put, incubator):
    put(incubator, sdist("app", "1.0", metadata_version="1.2", requires_dist=["lib =< 1"]))

    assert follow("app") == (["app 1.0"], ["app 1.0 requires lib =< 1, which cannot be read."])


def test_a_requirement_of_an_address_needs_no_index(follow, holds):
    holds("app", "1.0", "lib @ https://example.com/lib-1.0.tar.gz")
    holds("lib", "1.0")

    assert follow("app") == (["app 1.0"], [])


def test_what_another_machine_needs_goes_along(follow, holds):
    holds("app", "1.0", 'winlib; sys_platform == "win32"', 'old; python_version < "3"')
    holds("winlib", "1.0")
    holds("old", "1.0")

    assert follow("app") == (["app 1.0", "winlib 1.0", "old 1.0"], [])


def test_what_only_an_extra_needs_stays(follow, holds):
    holds("app", "1.0", 'pytest; extra == "test"')
    holds("pytest", "9.0")

    assert follow("app") == (["app 1.0"], [])


def test_extras_that_are_asked_for_are_followed(follow, holds):
    holds("app", "1.0", "lib[fast,Zip_It]")
    holds(
        "lib",
        "1.0",
        "base",
        'speed; extra == "fast"',
        'zipper; extra == "zip-it"',
        'docs; extra == "docs"',
    )
    for name in ("base", "speed", "zipper", "docs"):
        holds(name, "1.0")

    assert follow("app") == (["app 1.0", "lib 1.0", "base 1.0", "zipper 1.0", "speed 1.0"], [])


def test_extras_that_name_other_extras_of_their_own_project_are_followed(follow, holds):
    holds("app", "1.0", "lib[all]")
    holds("lib", "1.0", 'lib[fast]; extra == "all"', 'speed; extra == "fast"')
    holds("speed", "1.0")

    assert follow("app") == (["app 1.0", "lib 1.0", "speed 1.0"], [])


def test_extras_of_what_the_target_has_are_followed_there(follow, holds, stable):
    holds("app", "1.0", "lib[fast]")
    holds("lib", "1.0", "base", 'speed; extra == "fast"', index=stable)
    holds("speed", "1.0")

    picked, missing = follow("app")

    assert picked == ["app 1.0", "speed 1.0"]
    assert missing == []


def test_what_an_extra_misses_is_told_with_the_extra(follow, holds):
    holds("app", "1.0", "lib[fast]")
    holds("lib", "1.0", 'speed; extra == "fast"')

    assert follow("app")[1] == [
        'lib[fast] 1.0 requires speed; extra == "fast", which incubator does not have either.'
    ]


def test_what_is_quarantined_in_the_source_is_missing(follow, holds, incubator):
    holds("app", "1.0", "lib")
    holds("lib", "1.0")
    incubator.project("lib").status = "quarantined"

    assert follow("app") == (
        ["app 1.0"],
        ["app 1.0 requires lib, which incubator does not have either."],
    )


def test_names_are_one_project_in_every_spelling(follow, holds):
    holds("app", "1.0", "My.Lib", "my_lib>=1")
    holds("My-Lib", "1.0", "APP")

    assert follow("app") == (["app 1.0", "My-Lib 1.0"], [])


def test_more_releases_than_one_transaction_takes_are_refused(follow, holds, monkeypatch):
    monkeypatch.setattr(picking, "MAX_RELEASES", 2)
    holds("app", "1.0", "lib")
    holds("lib", "1.0", "base")
    holds("base", "1.0")

    assert follow("lib")[1] == []
    with pytest.raises(Refused, match="more than 2 releases"):
        follow("app")
