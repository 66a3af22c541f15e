"""Pages that are given again: only while nothing was committed, and never to another reader."""

import pytest
from pyramid.interfaces import INewRequest

from mypi.web import express
from tests.factories import wheel
from tests.inside import files, site
from tests.people import add_users, set_policy
from tests.reading import BROWSER, JSON, headers, publish

PAGE = "/simple/six/"


@pytest.fixture
def long_way(wsgi):
    """The requests that Pyramid sees, from now on."""
    seen: list[str] = []
    wsgi.registry.registerHandler(lambda event: seen.append(event.request.path), (INewRequest,))
    return seen


@pytest.fixture
def six(app):
    publish(app, wheel("six", "1.0"))


@pytest.mark.parametrize("page", [PAGE, "/six/", "/simple/", "/", "/+incubator/six/"])
@pytest.mark.parametrize("accept", [JSON, "text/html"], ids=["json", "html"])
def test_the_same_page_again_is_the_same_answer_at_once(app, six, long_way, page, accept):
    first, second = (app.get(page, headers={"Accept": accept}) for _ in range(2))

    assert long_way == [page]
    assert second.status == first.status
    assert headers(second) == headers(first)
    assert second.body == first.body


def test_what_a_client_has_is_not_sent_again(app, six, long_way):
    tag = app.get(PAGE).headers["ETag"]
    first, second = (app.get(PAGE, headers={"If-None-Match": tag}) for _ in range(2))

    assert (first.status_int, second.status_int) == (304, 304)
    assert headers(second) == headers(first)
    assert second.body == b""
    assert long_way == [PAGE, PAGE]


def test_after_any_commit_the_page_is_looked_at_anew(app, wsgi, six, long_way):
    assert len(files(app, "six")) == 1
    publish(app, wheel("six", "1.1"))

    assert len(files(app, "six")) == 2
    with site(wsgi) as it:
        it.something_else = 1
    long_way.clear()
    assert len(files(app, "six")) == 2
    assert long_way == [PAGE]


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": JSON},
        {"Accept-Encoding": "gzip"},
        {"Host": "pypi.example"},
        {"If-None-Match": '"other"'},
    ],
    ids=lambda it: next(iter(it)),
)
def test_another_request_is_another_answer(app, six, long_way, headers):
    app.get(PAGE)
    app.get(PAGE, headers=headers)

    assert long_way == [PAGE, PAGE]


def test_who_logs_in_goes_the_long_way(app, six, long_way):
    for login in ({"Authorization": "Basic OnNlY3JldA=="}, {"Cookie": "session=1"}):
        app.get(PAGE, headers=login)
        app.get(PAGE, headers=login)

    assert len(long_way) == 4


def test_a_page_for_people_goes_the_long_way(app, six, long_way):
    """It tells of ages, in days."""
    for _ in range(2):
        app.get("/six/", headers={"Accept": BROWSER})

    assert long_way == ["/six/", "/six/"]


def test_once_an_index_is_private_strangers_get_nothing_more(app, six, wsgi):
    app.get(PAGE)
    add_users(wsgi, "ada")
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    assert app.get(PAGE, status=401).body
    assert app.get(PAGE, status=401).body


def test_only_so_many_are_kept(app, six, wsgi):
    for number in range(express.MOST + 10):
        app.get(PAGE, params={"n": number})

    assert len(wsgi.registry.express._kept) == express.MOST


def test_what_is_long_is_not_kept(app, six, long_way):
    for _ in range(2):
        app.get(PAGE, params={"n": "x" * express.LONGEST})

    assert len(long_way) == 2
