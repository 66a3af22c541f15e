"""Where a request's body goes while it arrives."""

import pytest

from mypi.server.bodies import Body

MOST = 10


class Taker:
    """Remembers what it was given."""

    def __init__(self):
        self.taken = b""
        self.is_closed = False

    def feed(self, data):
        self.taken += data

    def close(self):
        self.is_closed = True


@pytest.fixture
def taker():
    return Taker()


def fed(body, *pieces):
    for piece in pieces:
        body.append(piece)
    return body


@pytest.mark.parametrize("expected", [0, MOST])
def test_a_small_body_is_kept(taker, expected):
    body = fed(Body(MOST, expected, lambda: taker), b"01234", b"56789")

    assert body.taker is None
    assert (len(body), body.getfile().read()) == (10, b"0123456789")


def test_a_body_that_will_be_large_is_taken_from_its_first_byte_on(taker):
    body = Body(MOST, MOST + 1, lambda: taker)

    assert body.taker is taker
    fed(body, b"0", b"123456789a")
    assert taker.taken == b"0123456789a"
    assert (len(body), body.getfile().read()) == (11, b"")


@pytest.mark.parametrize("size", [1, 3, 11, 40])
def test_a_body_that_turns_out_to_be_large_is_taken_whole(taker, size):
    whole = bytes(range(40))

    body = fed(Body(MOST, 0, lambda: taker), *(whole[n : n + size] for n in range(0, 40, size)))

    assert taker.taken == whole
    assert (len(body), body.getfile().read()) == (40, b"")


def test_what_nobody_takes_is_kept(taker):
    asked = []
    whole = bytes(range(40))

    body = fed(Body(MOST, 40, lambda: asked.append(1)), whole[:15], whole[15:])

    assert asked == [1]
    assert body.taker is None
    assert (len(body), body.getfile().read()) == (40, whole)


def test_when_the_request_is_over_the_taker_is_told(taker):
    body = fed(Body(MOST, 40, lambda: taker), b"half")

    body.close()

    assert taker.is_closed
