"""Every attribute of a policy: plain values in and out, each one checked."""

import json

import pytest

from mypi.errors import Refused
from mypi.model import IndexPolicy
from mypi.services import indexes, policies
from mypi.services.actor import Actor

FULL = {
    "title": "Team",
    "description": "What the team builds.\nAnd more.",
    "bases": ["stable"],
    "merge": True,
    "volatile": False,
    "frozen": True,
    "ownership": True,
    "approval": True,
    "kinds": ["sdist", "bdist_wheel"],
    "max_file": 10,
    "max_size": 2**40,
    "rules": {"license": "warn", "readme": "enforce"},
    "grants": {"read": ["users"], "upload": ["@team", "ada"], "delete": []},
    "keep_prereleases": 3,
    "keep_days": 365,
    "keep_promoted": False,
    "trash_days": 0,
}


def test_every_attribute_can_be_set_and_read(site, incubator):
    assert policies.apply(site, incubator, FULL)

    assert policies.policy_of(incubator) == FULL


def test_no_attribute_of_the_model_is_forgotten():
    attributes = {name for name in vars(IndexPolicy) if not name.startswith("_")}

    assert set(policies.CHECKS) == attributes == set(FULL)


def test_plain_values_are_plain(site, incubator):
    policies.apply(site, incubator, FULL)

    assert json.loads(json.dumps(policies.policy_of(incubator))) == FULL


def test_what_is_stored_survives(site, incubator, tm, site_db):
    policies.apply(site, incubator, FULL)
    tm.commit()

    with site_db.transaction() as connection:
        fresh = connection.root()["mypi"].indexes["incubator"]
        assert policies.policy_of(fresh) == FULL
        assert fresh.policy.grants["upload"] == ("@team", "ada")


def test_what_is_not_named_stays_and_the_same_values_change_nothing(site, incubator, tm):
    policies.apply(site, incubator, FULL)
    tm.commit()

    assert not policies.apply(site, incubator, FULL)
    assert not policies.apply(site, incubator, {})
    assert policies.apply(site, incubator, {"title": "Other"})
    assert policies.policy_of(incubator) == {**FULL, "title": "Other"}


def test_defaults_given_again_change_nothing(site, stable, tm):
    before = policies.policy_of(stable)

    assert not policies.apply(site, stable, before)
    assert not stable.policy._p_changed


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("titel", "x", "'title'"),
        ("_p_changed", True, "unknown"),
        ("", 1, "unknown"),
        ("title", "x" * 101, "100"),
        ("title", 1, "characters"),
        ("title", "a\0b", "characters"),
        ("description", "x" * 2001, "2000"),
        ("description", "a\0b", "NUL"),
        ("bases", "stable", "list of names"),
        ("bases", None, "list of names"),
        ("bases", [1], "list of names"),
        ("bases", ["nowhere"], "no index nowhere"),
        ("bases", ["incubator"], "loop"),
        ("merge", 1, "true or false"),
        ("volatile", "false", "true or false"),
        ("frozen", None, "true or false"),
        ("kinds", ["wheel"], "'wheel' is no kind"),
        ("kinds", "sdist", "list"),
        ("max_file", -1, "from 0 on"),
        ("max_size", True, "whole number"),
        ("max_size", 1.5, "whole number"),
        ("keep_days", 2**53 + 1, "whole number"),
        ("keep_days", "1", "whole number"),
        ("rules", {"licence": "warn"}, "'licence' is no rule"),
        ("rules", {"license": "error"}, "warn or enforce"),
        ("rules", {"license": ["warn"]}, "warn or enforce"),
        ("rules", ["license"], "rules"),
        ("grants", {"write": ["ada"]}, "'write' is no permission"),
        ("grants", {"upload": "ada"}, "list of names"),
        ("grants", {"upload": None}, "list of names"),
        ("grants", {"upload": ["a b"]}, "'a b'"),
        ("grants", {"upload": ["@"]}, "cannot be the name"),
        ("grants", {"upload": ["operator"]}, "operator"),
        ("grants", {"upload": ["@everyone"]}, "everyone"),
        ("grants", ["upload"], "permissions"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_nothing_changes(site, incubator, name, value, words):
    before = policies.policy_of(incubator)

    with pytest.raises(Refused, match=words) as error:
        policies.apply(site, incubator, {"trash_days": 1, name: value})

    assert str(error.value).startswith((f"{name}: ", "policy: "))
    assert policies.policy_of(incubator) == before


def test_a_loop_is_told_whole(site, stable):
    with pytest.raises(Refused, match="stable -> incubator -> stable"):
        policies.apply(site, stable, {"bases": ["incubator"]})


def test_the_same_base_twice_is_one(site, incubator):
    policies.apply(site, incubator, {"bases": ["stable", "stable"]})

    assert incubator.policy.bases == ("stable",)


def test_a_long_loop_is_told_whole(site, stable, incubator):
    top = indexes.create(site, "top", {"bases": ["incubator"]}, Actor("bob", 1.0))

    with pytest.raises(Refused, match="stable -> top -> incubator -> stable"):
        policies.apply(site, stable, {"bases": ["top"]})
    with pytest.raises(Refused, match="top -> top"):
        policies.apply(site, top, {"bases": ["top"]})
