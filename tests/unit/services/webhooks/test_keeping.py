"""What is written down after sending."""

import pytest

from mypi.model import Attempt
from mypi.model.policy import DAY
from mypi.services import webhooks
from mypi.services.actor import Actor
from mypi.services.webhooks.following import waiting
from mypi.services.webhooks.keeping import FIRST, KEPT, LONGEST, keep, pause
from mypi.services.webhooks.sending import Answer

START = 1_000_000.0
TAKEN = Answer(204, "204 No Content", 3)
BROKEN = Answer(500, "500 Internal Server Error", 4)


@pytest.fixture
def hook(site, tm):
    it = webhooks.add(site, "https://chat.example/", Actor("ada", START), events=("yank",))
    tm.commit()
    return it


@pytest.fixture
def yank(stable, tm):
    """Something to tell, which happens at a moment."""

    def one(when, project="six"):
        stable.journal.append(Actor("ada", when).entry("yank release", project, "1.0"))
        tm.commit()

    return one


def send(site, hook, now, *answers):
    keep(site, hook, list(waiting(site, hook)), answers, now)


def attempts(hook):
    return [Attempt(*it) for it in hook.progress.attempts]


def left(site, hook):
    return [event.entry.project for event in waiting(site, hook)]


def test_what_was_taken_is_done_with_and_what_was_not_comes_first_again(site, hook, yank):
    for name in "abc":
        yank(START, name)

    send(site, hook, START + 1, TAKEN, BROKEN)

    assert left(site, hook) == ["b", "c"]
    assert [(it.project, it.outcome, it.tries) for it in attempts(hook)] == [
        ("a", "taken", 1),
        ("b", "failed", 1),
    ]
    assert hook.progress.next_try == START + 1 + FIRST
    assert hook.progress.failing_since == START + 1


def test_a_failure_is_forgotten_when_something_is_taken(site, hook, yank):
    yank(START)
    send(site, hook, START + 1, BROKEN)
    send(site, hook, START + 20, BROKEN)
    assert (hook.progress.tries, hook.progress.failures) == (2, 2)

    send(site, hook, START + 60, TAKEN)

    progress = hook.progress
    assert (progress.tries, progress.failures, progress.failing_since) == (0, 0, None)
    assert progress.next_try == 0.0
    assert attempts(hook)[-1].tries == 3
    assert left(site, hook) == []


def test_the_pause_doubles_up_to_an_hour_and_the_receiver_may_ask_for_more():
    assert [pause(n) for n in (1, 2, 3, 9, 10, 100_000)] == [10, 20, 40, 2560, LONGEST, LONGEST]
    assert pause(1, wanted=120.0) == 120.0
    assert pause(3, wanted=1.0) == 40.0
    assert pause(1, wanted=9_999_999.0) == LONGEST


def test_a_message_is_given_up_a_day_after_its_first_failure(site, hook, yank):
    yank(START)
    yank(START + DAY, "later")
    send(site, hook, START + 5, BROKEN)

    send(site, hook, START + 4 + DAY, BROKEN)
    assert left(site, hook) == ["six", "later"]
    send(site, hook, START + 5 + DAY, BROKEN)

    assert left(site, hook) == ["later"]
    assert attempts(hook)[-1].outcome == "given up"
    assert hook.progress.next_try > START + 5 + DAY


def test_what_lay_long_because_the_site_was_down_is_tried_for_a_day_all_the_same(site, hook, yank):
    yank(START)

    send(site, hook, START + 9 * DAY, BROKEN)

    assert left(site, hook) == ["six"]


def test_all_that_is_as_old_is_given_up_with_it_without_being_sent(site, hook, yank):
    for name in "abc":
        yank(START + 10, name)
    yank(START + DAY, "new")
    send(site, hook, START + 20, BROKEN)

    send(site, hook, START + 30 + DAY, BROKEN)

    assert left(site, hook) == ["new"]
    over = attempts(hook)[-3:]
    assert [(it.project, it.outcome, it.tries) for it in over] == [
        ("a", "given up", 2),
        ("b", "given up", 0),
        ("c", "given up", 0),
    ]
    assert "failing for a day" in over[-1].said


def test_the_newest_attempts_are_kept(site, hook, yank):
    for number in range(KEPT + 5):
        yank(START, f"p{number}")

    send(site, hook, START + 1, *[TAKEN] * (KEPT + 5))

    assert len(attempts(hook)) == KEPT
    assert attempts(hook)[-1].project == f"p{KEPT + 4}"


def test_what_is_done_with_never_comes_back(site, hook, yank):
    yank(START, "a")
    old = list(waiting(site, hook))
    yank(START, "b")
    send(site, hook, START + 1, TAKEN, TAKEN)

    keep(site, hook, old, [TAKEN], START + 2)

    assert left(site, hook) == []
