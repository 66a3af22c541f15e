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


# Archives


def test_an_archive_again_is_counted_and_the_same(app, wsgi, six, long_way):
    path = f"/packages/stable/six/{wheel('six', '1.0')[0]}"
    first, second = (app.get(path, headers={"User-Agent": "pip/25.0 {}"}) for _ in range(2))

    assert long_way == [path]
    assert second.body == first.body == wheel("six", "1.0")[1]
    assert headers(second) == headers(first)
    assert wsgi.registry.downloads.flush(wsgi.registry.database) == 2


@pytest.mark.parametrize(
    "more",
    [{"Range": "bytes=0-3"}, {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}],
    ids=["part", "since"],
)
def test_a_part_of_an_archive_is_looked_at(app, six, long_way, more):
    path = f"/packages/stable/six/{wheel('six', '1.0')[0]}"
    app.get(path)
    app.get(path)

    modern = {"SERVER_PROTOCOL": "HTTP/1.1"}
    assert app.get(path, headers=more, extra_environ=modern).status_int in (206, 304)
    assert long_way == [path, path]


@pytest.mark.on_files
def test_an_archive_that_was_damaged_is_not_sent_again(app, data, six, long_way):
    path = f"/packages/stable/six/{wheel('six', '1.0')[0]}"
    assert app.get(path).status_int == 200
    for blob in (data / "blobs").rglob("*.blob"):
        blob.chmod(0o600)
        blob.write_bytes(b"short")

    assert app.get(path, status=500)
    assert long_way == [path, path]
