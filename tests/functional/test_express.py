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


def test_after_a_commit_that_nobody_describes_the_page_is_looked_at_anew(app, wsgi, six, long_way):
    assert len(files(app, "six")) == 1
    publish(app, wheel("six", "1.1"))

    assert len(files(app, "six")) == 2
    with site(wsgi) as it:
        it.something_else = 1
    long_way.clear()
    assert len(files(app, "six")) == 2
    assert long_way == [PAGE]


def test_what_a_wheel_is_tagged_does_not_hide_it(app, six):
    """The journal says ``add webhook file ...``: the tag is the publisher's to choose."""
    assert len(files(app, "six")) == 1
    publish(app, wheel("six", "1.0", tags="webhook-none-any"))

    assert len(files(app, "six")) == 2


@pytest.mark.on_files
def test_what_is_published_elsewhere_leaves_a_page_as_it_is(app, wsgi, six, long_way):
    path = f"/packages/stable/six/{wheel('six', '1.0')[0]}"
    for address in (PAGE, path, "/simple/"):
        app.get(address)
    publish(app, wheel("attrs", "1.0"))
    wsgi.registry.background.run_once()  # the catalogue, the downloads
    long_way.clear()

    for address in (PAGE, path, "/simple/"):
        app.get(address)

    assert long_way == ["/simple/"]


def test_a_project_of_the_same_name_elsewhere_changes_the_page(app, six, long_way):
    """The incubator shows what stable has, until it has a project of that name itself."""
    page = "/+incubator/simple/six/"
    assert "1.0" in app.get(page).text
    publish(app, wheel("six", "2.0"), root="/+incubator/")

    assert "2.0" in app.get(page).text


@pytest.mark.on_files
def test_the_server_is_told_what_lies_in_memory(app, wsgi, six):
    at_once = wsgi.registry.settings["mypi.at_once"]
    path = f"/packages/stable/six/{wheel('six', '1.0')[0]}"
    said = {}
    for address in (PAGE, path, PAGE):
        environ = app.get(address).request.environ
        said.setdefault(address, []).append(at_once(dict(environ)))

    assert said == {PAGE: [True, True], path: [False]}  # an archive lies on the disk


@pytest.mark.on_files
def test_what_was_found_in_memory_is_given_whatever_is_committed_meanwhile(app, wsgi, six):
    environ = app.get(PAGE).request.copy_get().environ
    assert wsgi.registry.settings["mypi.at_once"](environ)
    publish(app, wheel("six", "1.1"))

    assert "1.1" not in app.request(PAGE, environ=environ).text
    assert "1.1" in app.get(PAGE).text


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
    for login in ({"Authorization": "Basic OnNlY3JldA=="}, {"Cookie": "mypi_login=x"}):
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


def test_bodies_are_kept_up_to_a_limit_whoever_else_forgets_them(app, six, wsgi):
    kept, bodies = wsgi.registry.express, wsgi.registry.bodies
    length = len(app.get(PAGE).body)
    kept.limit = 10 * length
    for number in range(30):
        bodies._bodies.clear()  # as when many pages are asked for, in turn
        bodies.size = 0
        app.get(PAGE, params={"n": number})

    assert kept.size == sum(len(it.body) for it in kept._kept.values()) == 10 * length


def test_a_body_that_would_drive_out_many_others_is_not_kept(app, six, wsgi, long_way):
    wsgi.registry.express.limit = 3 * len(app.get(PAGE, params={"n": 1}).body)
    for _ in range(2):
        app.get(PAGE)

    assert long_way == [PAGE, PAGE, PAGE]


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


def test_what_others_commit_is_followed_without_a_rest(wsgi):
    """Else another machine goes on sending what was closed, as long as much is published there."""
    assert wsgi.registry.following.rest_after(60.0) == 0
