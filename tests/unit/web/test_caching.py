"""The cache of bodies, and the comparison of validators."""

import threading

import pytest

from mypi.services.stamps import Moment
from mypi.web.caching import BodyCache, bare_response, matches


def never():
    raise AssertionError("it was in the cache")


def test_a_body_is_built_once():
    cache = BodyCache(100)

    cache.get("key", lambda: b"body")

    assert cache.get("key", never) == b"body"


def test_each_key_has_a_body_of_its_own():
    cache = BodyCache(100)
    cache.get("one", lambda: b"first")

    assert cache.get("two", lambda: b"second") == b"second"
    assert cache.get("one", never) == b"first"


def test_the_body_of_a_later_moment_takes_the_place_of_the_earlier():
    cache = BodyCache(100)
    for moment in range(50):
        key = ("page", ("id", Moment(moment)))
        assert cache.get(key, lambda moment=moment: b"%20d" % moment) == b"%20d" % moment
        assert cache.size == 20

    assert cache.get(("page", ("id", Moment(49))), never) == b"%20d" % 49
    assert cache.get(("page", ("id", Moment(48))), lambda: b"again") == b"again"


def test_moments_of_two_objects_are_told_apart():
    cache = BodyCache(100)
    cache.get(("one", Moment(1)), lambda: b"first")
    cache.get(("two", Moment(1)), lambda: b"second")

    assert cache.get(("one", Moment(1)), never) == b"first"
    assert cache.get(("two", Moment(1)), never) == b"second"


def test_an_empty_body_is_kept_too():
    cache = BodyCache(100)
    cache.get("key", lambda: b"")

    assert cache.get("key", never) == b""


def test_the_bodies_never_exceed_the_limit():
    cache = BodyCache(100)

    for number in range(50):
        cache.get(number, lambda: b"x" * 20)
        assert cache.size <= 100

    assert cache.size == 100


def test_the_body_least_used_is_forgotten_first():
    cache = BodyCache(100)
    for key in "abcde":
        cache.get(key, lambda: b"x" * 20)
    cache.get("a", never)

    cache.get("f", lambda: b"x" * 20)

    assert cache.get("a", never)
    assert cache.get("b", lambda: b"again") == b"again"


def test_a_body_over_a_quarter_of_the_limit_is_answered_but_not_kept():
    cache = BodyCache(100)

    assert cache.get("key", lambda: b"x" * 26) == b"x" * 26
    assert cache.get("key", lambda: b"again") == b"again"


def test_a_limit_of_nothing_keeps_nothing():
    cache = BodyCache(0)

    assert cache.get("key", lambda: b"x") == b"x"
    assert cache.size == 0


def test_a_body_that_fails_to_build_is_tried_again():
    cache = BodyCache(100)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: b"%d" % (1 / 0))

    assert cache.get("key", lambda: b"body") == b"body"


def test_threads_that_share_a_cache_keep_its_books_right():
    cache = BodyCache(1000)

    def work():
        for number in range(500):
            assert cache.get(number % 60, lambda: b"x" * 30) == b"x" * 30

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert cache.size == 990


@pytest.mark.parametrize(
    ("header", "held"),
    [
        ('"a"', "a"),
        ('W/"a"', "a"),
        ('"x", "b"', "b"),
        ('"b","a"', "a"),
        ("*", "a"),
        (" * ", "a"),
        ('"x"', None),
        ('""', None),
        ("", None),
        (None, None),
        (",,,", None),
    ],
)
def test_s90_the_validator_that_a_client_holds_is_found(header, held):
    assert matches(header, "a", "b") == held


def test_a_bare_response_says_nothing_of_itself():
    assert list(bare_response().headers) == []
