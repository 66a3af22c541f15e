"""What an index takes: frozen, kinds, names that were used, sizes, rules."""

from dataclasses import replace
from pathlib import Path

import pytest

from mypi.archives import Limits
from mypi.errors import NotAllowed, Refused, TooLarge
from mypi.metadata import Metadata
from mypi.model import Index, IndexPolicy
from mypi.services import docs, trash
from mypi.services.acceptance import RULES, Arrival, check, check_writable
from mypi.services.actor import Actor
from mypi.services.publish import register
from mypi.services.receive import Form
from mypi.staging import Spool
from tests.factories import egg, sdist, wheel, zipped

BOB = Actor("bob", 50.0)
POOR = Arrival("six-1.0.tar.gz", "sdist", 100, "ab" * 32, {}, " \n", with_wheel=False)
RICH = Arrival(
    "six-1.0.tar.gz",
    "sdist",
    100,
    "ab" * 32,
    {"summary": "Six", "license": "MIT", "requires_python": ">=3.9"},
    "Words.",
    with_wheel=True,
)


@pytest.fixture
def index():
    return Index("team", IndexPolicy())


def test_an_index_without_a_policy_takes_everything(index):
    assert check(index, POOR) == ()


def test_a_frozen_index_takes_nothing(index):
    index.policy.frozen = True

    with pytest.raises(NotAllowed, match="team is frozen"):
        check(index, RICH)
    with pytest.raises(NotAllowed, match="team is frozen"):
        check_writable(index)


def test_only_the_kinds_of_the_policy_are_taken(index):
    index.policy.kinds = ("bdist_wheel", "sdist")
    assert check(index, RICH) == ()

    with pytest.raises(Refused, match=r"six-1\.0\.egg.*bdist_egg.*bdist_wheel, sdist"):
        check(index, replace(RICH, filename="six-1.0.egg", kind="bdist_egg"))


@pytest.mark.parametrize(
    "returns", [False, True], ids=["as an upload", "as what may take its name again"]
)
def test_a_name_that_was_used_is_not_taken_again(index, returns):
    index.reserved[RICH.filename] = "cd" * 32

    with pytest.raises(Refused, match=r"^This file name was used before") as error:
        check(index, replace(RICH, returns=returns))

    # Clients of old take these words for success.
    assert "already exist" not in str(error.value).lower()


def test_the_same_bytes_may_come_back_to_their_name_only_if_they_are_known_to(index):
    index.reserved[RICH.filename] = RICH.sha256

    assert check(index, replace(RICH, returns=True)) == ()
    with pytest.raises(Refused, match="used before"):
        check(index, RICH)


def test_on_a_volatile_index_names_are_free(index):
    index.policy.volatile = True
    index.reserved[RICH.filename] = "cd" * 32

    assert check(index, RICH) == ()


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(index):
    index.policy.max_file = 100
    assert check(index, RICH) == ()

    with pytest.raises(TooLarge, match=r"101 bytes.*team.*100 bytes"):
        check(index, replace(RICH, size=101))


def test_an_index_may_be_filled_to_its_quota_and_no_further(index):
    index.policy.max_size = 1000
    index.size.set(900)
    assert check(index, RICH) == ()

    with pytest.raises(TooLarge, match=r"team is full.*1001 bytes.*1000"):
        check(index, replace(RICH, size=101))


def test_what_is_replaced_makes_room(index):
    index.policy.max_size = 1000
    index.size.set(1000)

    assert check(index, replace(RICH, replaces=100)) == ()
    with pytest.raises(TooLarge):
        check(index, replace(RICH, replaces=99))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_broken_warns(index, rule):
    index.policy.rules = {rule: "warn"}

    (warning,) = check(index, POOR)

    assert warning.startswith("six-1.0.tar.gz: ")
    assert warning.endswith(".")
    assert check(index, RICH) == ()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_broken_and_enforced_refuses(index, rule):
    index.policy.rules = {rule: "enforce"}

    with pytest.raises(Refused, match=r"six-1\.0\.tar\.gz: .*The index team insists"):
        check(index, POOR)

    assert check(index, RICH) == ()


def test_the_rules_that_the_contract_names_exist():
    assert {"summary", "license", "requires-python", "readme", "wheel"} <= set(RULES)


def test_all_broken_rules_are_told(index):
    index.policy.rules = dict.fromkeys(RULES, "warn")

    assert len(check(index, POOR)) == len(RULES)


@pytest.mark.parametrize(
    "fields",
    [
        {"license": "MIT"},
        {"license_expression": "MIT"},
        {"classifiers": ["Topic :: Utilities", "License :: OSI Approved :: MIT License"]},
    ],
)
def test_a_licence_is_named_in_any_of_three_places(index, fields):
    index.policy.rules = {"license": "enforce"}

    assert check(index, replace(POOR, fields=fields)) == ()


def test_other_classifiers_name_no_licence(index):
    index.policy.rules = {"license": "enforce"}

    with pytest.raises(Refused, match="licence"):
        check(index, replace(POOR, fields={"classifiers": ["Topic :: License :: Of files"]}))


def test_while_more_files_may_follow_the_rule_about_wheels_only_warns(index):
    index.policy.rules = {"wheel": "enforce", "summary": "enforce"}
    unfinished = replace(POOR, fields={"summary": "Six"}, unfinished=True)

    assert len(check(index, unfinished)) == 1
    with pytest.raises(Refused, match="summary"):
        check(index, replace(POOR, unfinished=True))


def test_an_sdist_is_taken_before_its_wheel_and_warned_of(stable, put, tm):
    stable.policy.rules = {"wheel": "enforce"}
    tm.commit()

    assert [len(put(stable, it).warnings) for it in (sdist("six", "1.0"), wheel("six", "1.0"))] == [
        1,
        0,
    ]
    assert put(stable, sdist("other", "1.0")).new


def test_a_rule_that_is_known_no_longer_is_passed_over(index):
    index.policy.rules = {"of-former-days": "enforce"}

    assert check(index, POOR) == ()


def test_uploads_are_judged(stable, put, tm):
    stable.policy.rules = {"summary": "warn", "readme": "warn"}
    tm.commit()

    done = put(stable, wheel("six", "1.0", description="Words"))

    assert [warning.partition(";")[0] for warning in done.warnings] == [
        "six-1.0-py3-none-any.whl: it has no summary"
    ]


def test_an_upload_that_is_refused_leaves_nothing(stable, put, tm):
    stable.policy.max_file = 10
    tm.commit()

    with pytest.raises(TooLarge):
        put(stable, wheel("six", "1.0"))

    assert stable.project("six") is None
    assert stable.size() == 0


def test_a_full_index_has_room_again_when_something_was_deleted(stable, put, tm):
    stable.policy.max_size = len(wheel("six", "1.0")[1]) + 10
    put(stable, wheel("six", "1.0"))
    with pytest.raises(TooLarge):
        put(stable, sdist("other", "1.0"))

    trash.delete(stable, "six", BOB)
    put(stable, sdist("other", "1.0"))

    assert list(stable.projects) == ["other"]


def test_the_same_bytes_again_are_no_second_arrival(stable, put, tm):
    put(stable, wheel("six", "1.0"))
    stable.policy.max_size = stable.size()
    stable.policy.rules = {"summary": "enforce"}

    assert not put(stable, wheel("six", "1.0")).new


def test_a_frozen_index_takes_neither_words_nor_documentation(site_db, stable, put):
    put(stable, wheel("six", "1.0"))
    stable.policy.frozen = True
    lines = len(stable.journal)

    with pytest.raises(NotAllowed, match="frozen"):
        register(stable, Metadata("other", "1.0"), BOB)
    with Spool(Path(site_db.storage.temporaryDirectory())) as spool:
        spool.write(zipped({"index.html": b"<p>six"}))
        received = docs.receive(Form({}, spool, "docs.zip"), Limits())
        with pytest.raises(NotAllowed, match="frozen"):
            docs.keep(stable, "six", "", received, BOB)

    assert list(stable.projects) == ["six"]
    assert stable.project("six").docs is None
    assert len(stable.journal) == lines


def test_a_wheel_beside_an_egg_or_sdist_is_enough(stable, put, tm):
    stable.policy.rules = {"wheel": "warn"}
    tm.commit()
    put(stable, wheel("six", "1.0"))

    assert put(stable, egg("six", "1.0")).warnings == ()
    assert len(put(stable, sdist("six", "1.0.post1")).warnings) == 1


def test_a_deleted_file_does_not_come_back_by_an_upload(stable, put):
    put(stable, wheel("six", "1.0"))
    trash.delete(stable, "six", BOB)

    with pytest.raises(Refused, match="restore it from the trash"):
        put(stable, wheel("six", "1.0"))
