"""Secrets that act for a user: made once, kept as digests."""

import math
import re

import pytest

from mypi.errors import Missing, NotAllowed, Refused
from mypi.permissions import EVERYTHING, Scope
from mypi.services import tokens
from mypi.services.actor import Actor
from tests.wire import digest

NOW = 1_000.0
ADA = Actor("ada", NOW, "mypi/1", "127.0.0.1")


@pytest.fixture
def make(site):
    """Make a token of ada's, by default one that may everything and never expires."""

    def make_one(scope=EVERYTHING, *, label="laptop", expires=None, user="ada", **more):
        return tokens.create(site, user, scope, label=label, expires=expires, actor=ADA, **more)

    return make_one


def journal(site):
    return [(entry.action, entry.by, entry.detail) for _serial, entry in site.journal.since(0)]


def test_a_new_token_is_found_by_its_text(site, tm, make):
    token, text = make(label="laptop")
    tm.commit()

    assert tokens.find(site, text, NOW) is site.tokens[token.id] is token
    assert (token.user, token.label, token.created, token.expires) == ("ada", "laptop", NOW, None)
    assert token.scope == EVERYTHING
    assert token.last_used is None


def test_the_text_names_the_token_and_holds_256_random_bits(make):
    token, text = make()
    _other, text_of_other = make()

    assert re.fullmatch(rf"mypi-{token.id}-[A-Za-z0-9_-]{{43}}", text)
    assert re.fullmatch("[a-z0-9]{8}", token.id)
    assert tokens.is_token(text)
    assert text != text_of_other


def test_only_a_digest_is_kept(site, tm, make):
    token, text = make()
    tm.commit()

    secret = text.removeprefix(f"mypi-{token.id}-")
    assert token.digest == digest("sha256", text.encode())
    assert secret not in str(vars(token))
    assert secret not in str(list(site.journal.since(0)))


def test_the_journal_says_whose_token_was_made_and_revoked(site, make):
    token, _text = make(label="laptop")
    tokens.revoke(site, token.id, ADA)

    assert journal(site) == [
        ("create token", "ada", f"{token.id} of ada: laptop"),
        ("revoke token", "ada", f"{token.id} of ada"),
    ]


def test_a_revoked_token_is_gone(site, make):
    token, text = make()

    tokens.revoke(site, token.id, ADA)

    assert tokens.find(site, text, NOW) is None
    with pytest.raises(Missing, match=f"There is no token {token.id}"):
        tokens.revoke(site, token.id, ADA)


def test_a_token_ends_when_it_expires(site, make):
    _token, text = make(expires=NOW + 10)

    assert tokens.find(site, text, NOW + 9.9) is not None
    assert tokens.find(site, text, NOW + 10) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text + "x",
        lambda text: text.upper(),
        lambda text: " " + text,
        lambda text: text.removeprefix("mypi-"),
        lambda text: text.rpartition("-")[0],
        lambda text: "mypi-aaaaaaaa-" + text[14:],
        lambda text: text[:-1] + "\udc80",
        lambda text: "mypi-",
        lambda text: "",
    ],
)
def test_nearly_a_token_is_none(site, make, spoil):
    _token, text = make()

    assert tokens.find(site, spoil(text), NOW) is None


def test_the_digest_of_a_token_is_no_token(site, make):
    token, _text = make()

    assert tokens.find(site, f"mypi-{token.id}-{token.digest}", NOW) is None


def test_passwords_are_no_tokens():
    assert not tokens.is_token("correct horse")
    assert not tokens.is_token("")
    assert tokens.is_token("mypi-anything")


@pytest.mark.parametrize("label", ["", "   ", "x" * 101, "two\nlines", "a\ttab", "nul\0"])
def test_a_label_is_one_line_of_100_characters_at_most(site, make, label):
    with pytest.raises(Refused, match=r"^label: "):
        make(label=label)

    assert list(site.tokens) == []


def test_a_label_may_be_in_any_language(make):
    assert make(label="  Büro, 3. Stock ")[0].label == "Büro, 3. Stock"
    assert make(label="x" * 100)[0].label == "x" * 100


@pytest.mark.parametrize("expires", [NOW, NOW - 1, 0, math.nan])
def test_a_token_cannot_have_expired_before_it_is_made(site, make, expires):
    with pytest.raises(Refused, match=r"^expires: "):
        make(expires=expires)

    assert list(site.tokens) == []


@pytest.mark.parametrize("user", ["", "everyone", "__token__", "@team", "a b"])
def test_a_token_is_of_somebody_who_can_exist(make, user):
    with pytest.raises(Refused, match="cannot be the name of a user"):
        make(user=user)


def test_the_operator_has_no_tokens(make):
    with pytest.raises(Refused, match="the operator has none"):
        make(user="operator")


def test_a_scope_is_kept_in_order_and_in_normal_form(make):
    token, _text = make(
        Scope(("stable", "incubator", "stable"), ("Zope.Interface", "six"), ("yank", "read"))
    )

    assert token.scope == Scope(
        ("incubator", "stable"), ("six", "zope-interface"), ("read", "yank")
    )


@pytest.mark.parametrize(
    ("scope", "complaint"),
    [
        (Scope(indexes=("stable", "nowhere")), "there is no index nowhere"),
        (Scope(projects=("six", "not a name")), "not a valid project name"),
        (Scope(permissions=("read", "fly")), "'fly' is no permission"),
    ],
)
def test_a_scope_names_what_there_is(site, make, scope, complaint):
    with pytest.raises(Refused, match=complaint):
        make(scope)

    assert list(site.tokens) == []
    assert journal(site) == []


LIMITED = Scope(("stable",), ("six", "zope-interface"), ("read", "upload"))


@pytest.mark.parametrize(
    "scope",
    [
        LIMITED,
        Scope(("stable",), ("six",), ("read",)),
        Scope(("stable",), ("Zope.Interface",), ("upload",)),
    ],
)
def test_a_token_may_make_one_that_may_as_much_or_less(make, scope):
    assert make(scope, within=LIMITED)[0].scope.permissions


@pytest.mark.parametrize(
    "scope",
    [
        EVERYTHING,
        Scope((), ("six",), ("read",)),
        Scope(("stable",), (), ("read",)),
        Scope(("stable",), ("six",), ()),
        Scope(("stable", "incubator"), ("six",), ("read",)),
        Scope(("stable",), ("six", "other"), ("read",)),
        Scope(("stable",), ("six",), ("read", "delete")),
    ],
)
def test_a_token_never_makes_one_that_may_more(site, make, scope):
    with pytest.raises(NotAllowed, match="may do more than itself"):
        make(scope, within=LIMITED)

    assert list(site.tokens) == []


def test_what_limits_the_maker_in_one_way_only_leaves_the_others_free(make):
    within = Scope(permissions=("read",))

    assert make(Scope(permissions=("read",)), within=within)[0].scope == within
    assert make(Scope(("stable",), ("six",), ("read",)), within=within)[0].scope.indexes


def test_a_use_is_written_down_once_an_hour(make):
    token, _text = make()
    assert tokens.note_use(token, NOW)

    tokens.mark_used(token, NOW)

    assert token.last_used == NOW
    assert not tokens.note_use(token, NOW)
    assert not tokens.note_use(token, NOW + 3600)
    assert tokens.note_use(token, NOW + 3601)


def test_a_token_names_a_thousand_projects_at_most(site, make):
    with pytest.raises(Refused, match=r"^projects: a token may name 1,000 at most"):
        make(scope=Scope(projects=tuple(f"project-{n}" for n in range(1001))))

    assert list(site.tokens) == []
