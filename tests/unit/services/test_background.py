"""Work that no request waits for."""

import logging
import threading

import pytest
from ZODB.POSException import ConflictError

from mypi.services.background import GATHER, LONGEST_REST, PROMPT, REST, Background
from tests.waiting import PATIENCE


@pytest.fixture
def background():
    it = Background()
    yield it
    it.stop()


def test_a_round_does_every_task_once_in_their_order(background):
    done = []
    background.add("first", lambda: done.append(1))
    background.add("second", lambda: done.append(2))

    background.run_once()

    assert done == [1, 2]


def test_a_task_that_fails_is_logged_and_stops_no_other_one(background, caplog):
    done = []
    background.add("broken", lambda: 1 / 0)
    background.add("sound", lambda: done.append(1))

    background.run_once()
    background.run_once()

    assert done == [1, 1]
    assert [record.getMessage() for record in caplog.records] == [
        "broken failed, and is tried again"
    ] * 2


def test_a_conflict_is_no_failure(background, caplog):
    def meet_another():
        raise ConflictError("somebody else was first")

    background.add("search", meet_another)
    with caplog.at_level(logging.INFO):
        background.run_once()

    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_waking_the_thread_runs_a_round(background):
    ran = threading.Event()
    background.add("task", ran.set)
    background.start()

    background.wake()

    assert ran.wait(PATIENCE)


def test_without_being_woken_the_thread_runs_a_round_now_and_then():
    again = threading.Semaphore(0)
    prompt = Background(pause=PROMPT, longest_rest=0)
    prompt.add("task", again.release)
    prompt.start()

    assert [again.acquire(timeout=PATIENCE) for _ in range(3)] == [True] * 3
    prompt.stop()


@pytest.mark.parametrize(("took", "rest"), [(0.0, GATHER), (1.0, REST), (60.0, LONGEST_REST)])
def test_who_worked_long_rests_long(background, took, rest):
    assert background.rest_after(took) == rest


@pytest.mark.parametrize("took", [0.0, 1.0, 60.0])
def test_what_is_prompt_never_rests_however_long_a_round_took(took):
    assert Background(pause=PROMPT, longest_rest=0).rest_after(took) == 0


def test_stopping_does_what_is_waiting(background):
    done = []
    background.add("late", lambda: done.append(1))
    background.start()

    background.stop()

    assert done


def test_stopping_what_never_ran_does_nothing(background):
    background.add("task", lambda: pytest.fail("nobody asked for it"))

    background.stop()


def test_long_work_goes_piece_by_piece_and_others_have_their_turn(background):
    done = []
    background.add("long", lambda: len(done) < 6 and not done.append("piece"))
    background.add("short", lambda: done.append("short"))

    background.run_once()

    assert done == ["piece", "short"] * 3 + ["short"]


def test_stopping_does_not_wait_for_all_of_long_work(background):
    begun = threading.Event()
    background.add("endless", lambda: not begun.set())
    background.start()
    background.wake()
    assert begun.wait(PATIENCE)

    background.stop()  # returns
