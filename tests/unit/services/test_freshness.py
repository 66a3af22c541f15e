"""Which commits make which answers old."""

import pytest

from mypi.model import APPENDED, Appended, Entry
from mypi.services.freshness import MOST, QUIET, Changes, freshness
from tests.factories import wheel

SOON = 1.0


def entry(action, project=""):
    return Entry(SOON, "ada", action, project)


@pytest.mark.parametrize(
    ("entries", "six", "others"),
    [
        ([entry("new release", "Six"), entry("add wheel", "Six")], False, True),
        ([entry("remove project", "six")], False, True),
        ([entry("new release", "attrs")], True, True),
        ([entry("change policy")], False, False),
        ([entry("new release", "attrs"), entry("change group")], False, False),
        ([entry("create token")], True, True),
        ([entry("add webhook file six-1.0-webhook-none-any.whl", "six")], False, True),
        ([], False, False),
    ],
    ids=lambda it: ", ".join(each.action for each in it) if isinstance(it, list) else None,
)
def test_a_commit_makes_answers_old_that_tell_of_it(entries, six, others):
    changes = Changes()
    mark = changes.mark()
    changes.committed("/", entries)

    assert changes.holds(mark, "six") == six
    assert changes.holds(mark, "zope-interface") == others
    assert not changes.holds(mark, "")
    assert changes.holds(changes.mark(), "six")


@pytest.mark.parametrize("note", sorted(QUIET))
def test_what_is_done_in_the_background_makes_none_old(note):
    changes = Changes()
    mark = changes.mark()
    changes.committed(note, [])

    assert changes.holds(mark, "")


def test_what_a_journal_tells_counts_whatever_the_note_says():
    """The note of a request is its path: a client can ask for ``front`` without a slash."""
    changes = Changes()
    mark = changes.mark()
    changes.committed("front", [entry("remove project", "six")])

    assert not changes.holds(mark, "six")


def test_what_was_old_stays_old_when_the_projects_are_too_many():
    changes = Changes()
    mark = changes.mark()
    changes.committed("/", [entry("new release", "six")])
    for number in range(MOST + 1):
        changes.committed("/", [entry("new release", f"p{number}")])

    assert not changes.holds(mark, "six")
    assert len(changes._projects) <= MOST


def test_what_was_old_stays_old_while_projects_are_being_forgotten():
    """Whoever asks takes no lock."""

    class Forgetting(dict):
        def get(self, *asked):
            changes.committed("/", [])
            return super().get(*asked)

    changes = Changes()
    mark = changes.mark()
    changes.committed("/", [entry("new release", "six")])
    changes._projects = Forgetting(changes._projects)

    assert not changes.holds(mark, "six")


def test_a_storage_tells_of_each_transaction_what_that_one_appended(site_db, stable, put):
    """Entries of an earlier transaction in the same context say nothing of a later one."""
    changes = freshness(site_db)
    token = APPENDED.set(Appended())
    try:
        mark = changes.mark()
        put(stable, wheel("six", "1.0"))
        assert changes.holds(mark, "attrs")
        assert not changes.holds(mark, "six")

        mark = changes.mark()
        stable.something_else = 1
        stable._p_jar.transaction_manager.commit()
        assert not changes.holds(mark, "attrs")
    finally:
        APPENDED.reset(token)
