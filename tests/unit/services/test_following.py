"""Of several processes one follows the journals, and an idle index writes nothing."""

import pytest
from webtest import TestApp

from mypi.services.search import Follower
from mypi.services.search.follower import LEASE, is_behind, reindex
from tests.factories import wheel
from tests.inside import database, site
from tests.reading import publish, served


@pytest.fixture
def wsgi(tmp_path):
    with served(tmp_path / "var") as wsgi:
        yield wsgi


def finish(follower):
    while follower():
        pass


def publish_one(wsgi, version):
    publish(TestApp(wsgi, extra_environ={"HTTP_HOST": "localhost"}), wheel("six", version))


def test_an_idle_index_writes_nothing(wsgi):
    follower = Follower(database(wsgi), "a")
    finish(follower)
    before = database(wsgi).lastTransaction()

    finish(follower)

    assert database(wsgi).lastTransaction() == before
    with site(wsgi) as it:
        assert not is_behind(it)


def test_what_is_published_is_behind_until_it_is_followed(wsgi):
    follower = Follower(database(wsgi), "a")
    finish(follower)

    publish_one(wsgi, "1.0")

    with site(wsgi) as it:
        assert is_behind(it)
    finish(follower)
    with site(wsgi) as it:
        assert not is_behind(it)
        reindex(it)
        assert is_behind(it)


def test_a_second_process_leaves_it_to_the_first_until_that_is_silent(wsgi):
    first, second = (Follower(database(wsgi), name) for name in "ab")
    publish_one(wsgi, "1.0")
    finish(first)
    publish_one(wsgi, "1.1")

    finish(second)

    with site(wsgi) as it:
        assert is_behind(it)
        it.leases[LEASE] = ("a", 0.0)  # it ended long ago
    finish(second)
    with site(wsgi) as it:
        assert not is_behind(it)
        assert it.leases[LEASE][0] == "b"
