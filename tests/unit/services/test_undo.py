"""Taking a promotion back."""

import pytest

from mypi.errors import Missing, NotAllowed, Refused
from mypi.metadata import Metadata
from mypi.model.policy import DAY
from mypi.services import lookup, trash
from mypi.services.actor import Actor
from mypi.services.promote import promote, undo
from mypi.services.publish import register
from mypi.services.wanted import parse
from tests.factories import sdist, wheel
from tests.wire import digest

BOB = Actor("bob", 50.0)
CARL = Actor("carl", 60.0, "mypi/1", "127.0.0.1")
WHEEL = wheel("six", "1.0")
SDIST = sdist("six", "1.0")
OTHER = wheel("six", "1.0", summary="Other bytes")
NAME = WHEEL[0]


@pytest.fixture
def bring(everything, incubator, stable, tm):
    """``bring("six==1.0")``: promote from incubator into stable, and commit."""

    def bring(*texts, source=incubator, target=stable, actor=BOB):
        wanted = [parse(text) for text in texts]
        _plan, promotion = promote(
            everything, source, target, wanted, closure=False, note="", actor=actor
        )
        tm.commit()
        return promotion

    return bring


@pytest.fixture
def take_back(stable, tm):
    """``take_back(promotion)``: undo it in stable, and commit."""

    def take_back(promotion, index=stable, actor=CARL):
        undone = undo(index, promotion.id, actor)
        tm.commit()
        return undone

    return take_back


def everything_shown(access, index):
    """What installers see of an index, whole, with its counts."""
    pages = {name: list(lookup.find(access, index, name).links()) for name in index.projects}
    return pages, index.count(), index.size()


def test_all_is_as_it_was_before(put, bring, take_back, incubator, stable, everything, site):
    put(stable, wheel("six", "0.9"))
    put(incubator, WHEEL)
    put(incubator, SDIST)
    put(incubator, wheel("six", "1.1"))
    put(incubator, wheel("new", "1.0"))
    before = everything_shown(everything, stable)
    theirs = everything_shown(everything, incubator)
    promotion = bring("six==1.0", "six==1.1", "new")
    assert everything_shown(everything, stable) != before

    undone = take_back(promotion)

    site._p_jar.cacheMinimize()
    assert undone.undone == 60.0
    assert everything_shown(everything, stable) == before
    assert everything_shown(everything, incubator) == theirs
    assert list(stable.project("six").releases) == ["0.9"]
    assert incubator.project("six").file(NAME).promoted_to == ()
    assert incubator.project("new").file("new-1.0-py3-none-any.whl").promoted_to == ()


def test_both_journals_tell_of_it(put, bring, take_back, incubator, stable):
    put(incubator, WHEEL)
    put(incubator, SDIST)
    promotion = bring("six")

    take_back(promotion)

    for index, detail in ((stable, "from incubator"), (incubator, "to stable")):
        _serial, entry = next(index.journal.newest())
        assert entry == CARL.entry("undo promotion", "six", "1.0", detail=detail)
    actions = [entry.action for _serial, entry in stable.journal.since(0)]
    assert actions.count("undo promotion") == 1


def test_the_same_bytes_may_be_promoted_again_and_no_others(
    put, bring, take_back, incubator, stable
):
    put(incubator, WHEEL)
    take_back(bring("six"))

    put(incubator, OTHER)
    with pytest.raises(Refused, match="used before"):
        bring("six")

    put(incubator, WHEEL)
    bring("six")
    assert stable.project("six").file(NAME).artifact.sha256 == digest("sha256", WHEEL[1])


def test_what_else_came_since_stays(put, bring, take_back, incubator, stable):
    put(incubator, WHEEL)
    put(incubator, wheel("six", "1.1"))
    put(incubator, wheel("new", "1.0"))
    promotion = bring("six==1.0", "six==1.1", "new")
    put(stable, SDIST)
    register(stable, Metadata("new", "2.0"), BOB)

    take_back(promotion)

    assert list(stable.project("six").links) == [SDIST[0]]
    assert list(stable.project("six").releases) == ["1"]
    assert list(stable.project("new").releases) == ["2"]
    assert stable.count() == 2


def test_what_was_replaced_since_stays(put, bring, take_back, incubator, stable):
    put(stable, WHEEL)
    promotion = bring("six", source=stable, target=incubator)
    put(incubator, OTHER)

    take_back(promotion, incubator)

    assert incubator.project("six").file(NAME).artifact.sha256 == digest("sha256", OTHER[1])
    assert stable.project("six").file(NAME).promoted_to == ("incubator",)


def test_the_same_bytes_from_elsewhere_stay(put, bring, take_back, incubator, stable, tm):
    put(incubator, WHEEL)
    promotion = bring("six")
    trash.delete(stable, "six", BOB, "1.0", NAME)
    stable.reserved.clear()
    put(stable, WHEEL, by="dora")

    take_back(promotion)

    assert stable.project("six").file(NAME).by == "dora"


def test_what_was_deleted_since_is_passed_over(put, bring, take_back, incubator, stable):
    put(incubator, WHEEL)
    put(incubator, wheel("six", "1.1"))
    promotion = bring("six==1.0", "six==1.1")
    trash.delete(stable, "six", BOB, "1.0")

    take_back(promotion)

    assert stable.project("six") is None
    assert list(stable.reserved) == [NAME, "six-1.1-py3-none-any.whl"]


def test_what_goes_since_it_is_empty_is_told_of(put, bring, take_back, incubator, stable):
    """Else the page of its project would be taken for unchanged."""
    for name in ("one", "two"):
        put(incubator, wheel(name, "1.0"))
    promotion = bring("one", "two")
    trash.delete(stable, "two", CARL, "1.0", wheel("two", "1.0")[0])
    before = len(stable.journal)

    take_back(promotion)

    assert stable.project("two") is None
    told = [entry for _serial, entry in stable.journal.since(before)]
    assert {(it.action, it.project, it.version) for it in told} == {
        ("undo promotion", "one", "1.0"),
        ("undo promotion", "two", "1.0"),
    }


def test_that_nothing_was_left_is_told(put, bring, take_back, incubator, stable):
    put(incubator, WHEEL)
    promotion = bring("six")
    trash.delete(stable, "six", BOB)

    assert take_back(promotion).undone == 60.0

    _serial, entry = next(stable.journal.newest())
    assert entry == CARL.entry("undo promotion", detail="nothing of it was left")


@pytest.mark.parametrize("gone", ["file", "project", "index"])
def test_the_source_may_be_gone(put, bring, take_back, site, incubator, stable, gone):
    put(incubator, WHEEL)
    promotion = bring("six")
    if gone == "file":
        put(incubator, OTHER)
    elif gone == "project":
        trash.delete(incubator, "six", BOB)
    else:
        del site.indexes["incubator"]

    take_back(promotion)

    assert stable.project("six") is None
    assert stable.count() == 0


def test_a_promotion_to_another_index_stays_marked(put, bring, take_back, site, incubator, stable):
    put(incubator, WHEEL)
    incubator_file = incubator.project("six").file(NAME)
    incubator_file.promoted_to = ("final",)

    take_back(bring("six"))

    assert incubator_file.promoted_to == ("final",)


def test_a_promotion_is_undone_once(put, bring, take_back, incubator, site_db):
    put(incubator, WHEEL)
    promotion = bring("six")
    take_back(promotion)
    before = site_db.lastTransaction()

    with pytest.raises(Refused, match="undone already"):
        take_back(promotion)

    assert site_db.lastTransaction() == before


@pytest.mark.parametrize(("days", "late"), [(30, 0.0), (30, 1.0), (1, 1.0), (0, 1.0)])
def test_a_promotion_is_undone_as_long_as_deleted_things_can_be_restored(
    put, bring, take_back, incubator, stable, days, late
):
    stable.policy.trash_days = days
    put(incubator, WHEEL)
    promotion = bring("six")
    actor = Actor("carl", BOB.now + days * DAY + late)

    if not late:
        assert take_back(promotion, actor=actor).undone == actor.now
    else:
        with pytest.raises(Refused, match=f"more than {days} days old and stays. Delete"):
            take_back(promotion, actor=actor)
        assert stable.project("six").file(NAME) is not None


def test_in_a_frozen_index_nothing_is_undone(put, bring, take_back, incubator, stable):
    put(incubator, WHEEL)
    promotion = bring("six")
    stable.policy.frozen = True

    with pytest.raises(NotAllowed, match="frozen"):
        take_back(promotion)

    assert stable.project("six").file(NAME) is not None


def test_a_promotion_that_never_was_cannot_be_undone(stable):
    with pytest.raises(Missing, match="no promotion abc into the index stable"):
        undo(stable, "abc", CARL)
