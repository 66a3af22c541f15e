"""A child process answers, or is given up."""

import pytest

from mypi.services.children import Busy, Child

MODULE = "mypi.services.colouring"


@pytest.fixture
def child():
    made = Child(MODULE, seconds=30, patience=0)
    yield made
    made.close()


def test_a_child_answers_one_question_after_the_other(child):
    assert child.ask(["x", "python", 1.0]) == ["x"]
    assert child.ask(["y", "python", 1.0]) == ["y"]


def test_a_question_that_takes_too_long_is_given_up_and_the_next_one_answered(child):
    child.ask(["x", "python", 1.0])
    child.seconds = 0

    assert child.ask(["x = 1\n" * 10_000, "python", 60.0]) is None

    child.seconds = 30
    assert child.ask(["y", "python", 1.0]) == ["y"]


def test_a_child_that_breaks_is_replaced(child):
    assert child.ask(["x", "no such language", 1.0]) is None
    assert child.ask(["y", "python", 1.0]) == ["y"]


def test_who_comes_meanwhile_is_told_that_it_is_busy(child):
    with child._lock, pytest.raises(Busy):
        child.ask(["x", "python", 1.0])
