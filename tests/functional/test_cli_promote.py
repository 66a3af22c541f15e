"""mypi promote: from index to index, told beforehand, taken back."""

import pytest

from tests.commandline import Keeper
from tests.factories import sdist, wheel


@pytest.fixture
def mypi(tmp_path):
    return Keeper(tmp_path / "var")


@pytest.fixture
def incubated(mypi):
    """An incubator with six 1.0, of a wheel and an sdist."""
    mypi.publish("incubator", wheel("six", "1.0"), sdist("six", "1.0"))
    return mypi


def names(mypi, index):
    return mypi(f"list -i {index}").out.split()


def test_a_release_goes_to_the_other_index(incubated):
    said = incubated("promote six==1.0 incubator stable --note 'passed the tests'")

    assert said.out.splitlines()[0].split() == "project version file size in stable".split()
    assert {"six-1.0-py3-none-any.whl", "six-1.0.tar.gz", "new"} <= set(said.out.split())
    assert names(incubated, "stable") == ["six"]
    promotion = incubated("--json promotions stable").json["promotions"][0]
    assert f"to take it back: mypi undo stable {promotion['id']}" in said.err
    assert (promotion["from"], promotion["note"]) == ("incubator", "passed the tests")
    assert "passed the tests" in incubated("promotions stable").out


def test_one_file_goes_alone(incubated):
    incubated("promote six==1.0/six-1.0.tar.gz +incubator +stable")

    files = incubated("--json show six==1.0").json["files"]
    assert [file["filename"] for file in files] == ["six-1.0.tar.gz"]


def test_several_releases_go_together(incubated):
    incubated.publish("incubator", wheel("six", "2.0"), wheel("attrs", "1.0"))

    incubated("promote six==1.0 attrs incubator stable")

    assert names(incubated, "stable") == ["attrs", "six"]
    assert [it["version"] for it in incubated("--json show six").json["releases"]] == ["1.0"]


def test_a_dry_run_tells_and_does_nothing(incubated):
    said = incubated("promote six==1.0 incubator stable --dry-run")

    assert said.out.count("new") == 2
    assert "dry run" in said.err
    assert names(incubated, "stable") == []


def test_what_is_there_already_is_told_and_no_error(incubated):
    incubated("promote six==1.0 incubator stable")

    said = incubated("promote six==1.0 incubator stable")

    assert said.out.count("already there") == 2
    assert "nothing to do" in said.err


def test_what_is_refused_is_told_with_its_reason_and_its_exit_code(incubated):
    incubated.publish("stable", wheel("six", "1.0", files={"other.py": b"other"}))

    said = incubated.run("promote six==1.0 incubator stable --dry-run")
    assert said.code == 5
    assert "refused: " in said.out

    assert "six-1.0-py3-none-any.whl" in incubated.refused(5, "promote six==1.0 incubator stable")
    assert len(incubated("--json show six==1.0").json["files"]) == 1


def test_dependencies_that_are_missing_are_told_and_may_come_along(incubated):
    incubated.publish(
        "incubator",
        wheel("app", "1.0", requires_dist=["six>=1", "nosuch"]),
        wheel("lib", "1.0", requires_dist=["six>=1"]),
    )

    said = incubated.run("promote app incubator stable --dry-run --with-dependencies")
    assert "missing: app 1.0 requires nosuch, which incubator does not have" in said.out

    incubated("promote lib incubator stable --with-dependencies")
    assert names(incubated, "stable") == ["lib", "six"]


def test_who_would_get_another_version_is_told(incubated):
    incubated.publish("stable", wheel("app", "1.0", requires_dist=["six"]), wheel("six", "0.9"))

    said = incubated("promote six==1.0 incubator stable --dry-run")

    assert "app 1.0 (six) would get 1.0 instead of 0.9" in said.out


def test_the_plan_is_there_for_programs(incubated):
    plan = incubated("--json promote six==1.0 incubator stable --dry-run").json

    assert [file["state"] for file in plan["files"]] == ["new", "new"]
    assert (plan["missing"], plan["dependents"], plan["complete"]) == ([], [], True)


def test_a_promotion_is_taken_back(incubated):
    promotion = incubated("--json promote six==1.0 incubator stable").json["id"]

    incubated(f"undo stable {promotion}")

    assert names(incubated, "stable") == []
    assert incubated("--json promotions stable").json["promotions"][0]["undone"]


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        (4, "promote six==9.0 incubator stable", "six"),
        (4, "promote attrs incubator stable", "attrs"),
        (4, "promote six away stable", "away"),
        (4, "promote six incubator away", "try: mypi index list"),
        (4, "promote attrs incubator stable", "try: mypi list -i FROM"),
        (5, "promote six incubator incubator", "incubator"),
        (4, "undo stable 999", "try: mypi promotions stable"),
    ],
)
def test_what_cannot_be_promoted_is_told(incubated, code, line, words):
    assert words in incubated.refused(code, line)


def test_a_rule_that_only_warns_is_told(mypi):
    mypi.publish("incubator", wheel("six", "1.0"))
    mypi("index set stable --rule license=warn")

    assert (
        "warning: six-1.0-py3-none-any.whl: it names no licence"
        in mypi("promote six==1.0 incubator stable").out
    )
