"""Who guesses has to wait, and nobody else."""

import threading

import pytest

from mypi.errors import TooManyAttempts
from mypi.services.throttle import FORGOTTEN, FREE, LONGEST, PAIRS, Throttle

HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def throttle() -> Throttle:
    return Throttle()


def fail(throttle, times, now=0.0, name="ada", address=HERE):
    for _ in range(times):
        throttle.failed(name, address, now)


def wait(throttle, now=0.0, name="ada", address=HERE):
    """Seconds to wait; 0 when the next password is looked at."""
    try:
        throttle.check(name, address, now)
    except TooManyAttempts as error:
        return error.retry_after
    return 0


def test_a_few_wrong_passwords_cost_nothing(throttle):
    fail(throttle, FREE - 1)

    assert wait(throttle) == 0


def test_each_further_one_costs_twice_as_long_up_to_five_minutes(throttle):
    fail(throttle, FREE - 1)
    waits = []
    for _ in range(11):
        fail(throttle, 1)
        waits.append(wait(throttle))

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_thousand_wrong_passwords_cost_no_more(throttle):
    fail(throttle, 1000)

    assert wait(throttle) == LONGEST


def test_after_the_wait_the_next_one_is_looked_at(throttle):
    fail(throttle, FREE + 2)

    assert wait(throttle, 3.5) == 1
    assert wait(throttle, 4.0) == 0


def test_the_error_says_from_where_and_how_long(throttle):
    fail(throttle, FREE + 4)

    with pytest.raises(TooManyAttempts, match=rf"from {HERE}; wait 16 s\.$") as caught:
        throttle.check("ada", HERE, 0.0)
    assert caught.value.retry_after == 16
    assert caught.value.status == 429


def test_other_names_and_other_addresses_do_not_wait(throttle):
    fail(throttle, 20)

    assert wait(throttle) > 0
    assert wait(throttle, name="bob") == 0
    assert wait(throttle, address=THERE) == 0


def test_the_right_password_clears_the_pair_and_no_other(throttle):
    fail(throttle, 20)
    fail(throttle, 20, name="bob")

    throttle.succeeded("ada", HERE)

    assert wait(throttle) == 0
    assert wait(throttle, name="bob") > 0
    fail(throttle, FREE - 1)
    assert wait(throttle) == 0


def test_asking_costs_nothing(throttle):
    fail(throttle, FREE)

    assert [wait(throttle) for _ in range(10)] == [1] * 10


def test_after_an_hour_of_peace_all_is_forgotten(throttle):
    fail(throttle, 20)
    fail(throttle, 1, now=FORGOTTEN + 1.0)

    assert wait(throttle, FORGOTTEN + 1.0) == 0


def test_less_than_an_hour_of_peace_forgives_nothing(throttle):
    fail(throttle, 20)
    fail(throttle, 1, now=FORGOTTEN)

    assert wait(throttle, FORGOTTEN) == LONGEST


def test_the_pair_that_failed_longest_ago_is_forgotten_first(throttle):
    fail(throttle, FREE, name="first")
    fail(throttle, FREE, name="second")
    for number in range(PAIRS - 2):
        throttle.failed(f"user-{number}", HERE, 0.0)
    fail(throttle, 1, name="first")

    throttle.failed("one-more", HERE, 0.0)

    assert len(throttle) == PAIRS
    assert wait(throttle, name="second") == 0
    assert wait(throttle, name="first") == 2


def test_a_long_name_fills_no_memory(throttle):
    fail(throttle, FREE, name="x" * 60_000)

    ((name, _address),) = throttle._failures
    assert len(name) == 64
    assert wait(throttle, name="x" * 60_000) == 1
    throttle.succeeded("x" * 60_000, HERE)
    assert wait(throttle, name="x" * 60_000) == 0


def test_failures_that_come_at_once_all_count(throttle):
    threads = 8
    start = threading.Barrier(threads)

    def guess() -> None:
        start.wait()
        fail(throttle, 1, name="ada")
        for number in range(500):
            throttle.failed(f"user-{number}", HERE, 0.0)

    running = [threading.Thread(target=guess) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    assert wait(throttle) == 2 ** (threads - FREE)
    assert {wait(throttle, name=f"user-{number}") for number in range(500)} == {8}


def test_a_clock_that_was_set_back_makes_nobody_wait_longer(throttle):
    fail(throttle, FREE, now=1_000_000.0)

    assert wait(throttle, now=0.0) == 1
