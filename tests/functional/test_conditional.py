"""Freshness: validators, 304, Vary, gzip, and what a cached answer costs (index-api.md 2.9)."""

import gzip

import pytest
from pyramid.config import Configurator
from transaction.interfaces import NoTransaction
from webtest import TestRequest

from mypi.web.resources import IndexRoot
from tests.factories import wheel
from tests.inside import database, index, state
from tests.reading import BROWSER, HTML, JSON, PIP, anchors, ask, headers, publish, yank

SIX, SIX_WHEEL = wheel("six", "1.0")
PAGES = ["/", "/simple/", "/six/", "/simple/six/", "/six/1.0/", "/+incubator/simple/six/"]
FORMS = ["text/html", HTML, JSON]


@pytest.fixture(autouse=True)
def _six(app):
    publish(app, *(wheel("six", f"1.{number}") for number in range(5)))


# Validators


@pytest.mark.parametrize("accept", [*FORMS, BROWSER])
@pytest.mark.parametrize("page", PAGES)
def test_s90_a_page_that_the_client_has_is_304_with_the_same_headers(app, page, accept):
    first = app.get(page, headers={"Accept": accept})

    again = app.get(page, headers={"Accept": accept, "If-None-Match": first.headers["ETag"]})

    assert again.status_int == 304
    assert again.body == b""
    for name in ("ETag", "Vary", "Cache-Control"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("accept", FORMS)
def test_s90_a_304_says_nothing_of_type_or_length(app, accept):
    """A cache copies a 304's headers to the page it keeps: JSON must not become text/html."""
    first = app.get("/simple/six/", headers={"Accept": accept})

    again = app.get(
        "/simple/six/", headers={"Accept": accept, "If-None-Match": first.headers["ETag"]}
    )

    assert {"Content-Type", "Content-Length", "Content-Encoding"}.isdisjoint(again.headers)


@pytest.mark.parametrize("sent", ["{tag}", "W/{tag}", '"x", {tag}', '"x",W/{tag} ', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_s90_validators_are_compared_weakly_and_may_be_several(app, method, sent):
    tag = app.get("/simple/six/").headers["ETag"]

    assert (
        ask(app, "/simple/six/", method, HTTP_IF_NONE_MATCH=sent.format(tag=tag)).status_int == 304
    )


@pytest.mark.parametrize("sent", ['"x"', "", "x", '""', 'W/"x"'])
def test_s90_another_validator_gets_the_page(app, sent):
    assert ask(app, "/simple/six/", HTTP_IF_NONE_MATCH=sent).status_int == 200


def test_s90_validators_are_strong(app):
    for page in PAGES:
        assert app.get(page).headers["ETag"].startswith('"')


@pytest.mark.parametrize("page", PAGES)
def test_each_form_has_a_validator_of_its_own(app, page):
    tags = {
        (accept, coding): app.get(
            page, headers={"Accept": accept, "Accept-Encoding": coding}
        ).headers["ETag"]
        for accept in FORMS
        for coding in ("identity", "gzip")
    }

    assert len({tags[accept, "identity"] for accept in FORMS}) == 3
    assert len({tags[accept, "gzip"] for accept in FORMS}) == 3


def test_a_packed_page_has_another_validator_than_the_plain_one(app):
    plain = app.get("/simple/six/", headers={"Accept-Encoding": "identity"})
    packed = app.get("/simple/six/", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("page", ["/", "/six/"])
def test_a_persons_page_and_the_installers_page_have_validators_of_their_own(app, page):
    person = app.get(page, headers={"Accept": BROWSER})
    tool = app.get(page, headers={"Accept": "text/html"})

    assert person.headers["ETag"] != tool.headers["ETag"]


def test_s91_pages_have_to_be_asked_for_each_time(app):
    for page in PAGES:
        assert app.get(page).headers["Cache-Control"] == "no-cache"


class TestWithAMaximalAge:
    """A setting allows caches to keep pages for a while."""

    @pytest.fixture
    def settings(self, settings):
        return {**settings, "mypi.page_max_age": "600"}

    def test_s91_the_age_is_told(self, app):
        assert app.get("/simple/six/").headers["Cache-Control"] == "max-age=600"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("accept", [*FORMS, BROWSER])
def test_s17_and_s94_pages_vary_by_form_and_by_encoding(app, page, accept):
    first = app.get(page, headers={"Accept": accept})
    again = app.get(page, headers={"Accept": accept, "If-None-Match": first.headers["ETag"]})

    for answer in (first, again):
        assert set(answer.headers["Vary"].split(", ")) == {"Accept", "Accept-Encoding"}


# gzip


def unpacked_by_nobody(wsgi, method, accept):
    """An answer as it is on the wire: WebTest would unpack it."""
    headers = {"Accept": accept, "Accept-Encoding": "gzip, deflate"}
    return TestRequest.blank("/simple/six/", method=method, headers=headers).get_response(wsgi)


@pytest.mark.parametrize("accept", FORMS)
def test_s94_a_page_is_packed_for_clients_that_unpack(app, wsgi, accept):
    plain = app.get("/simple/six/", headers={"Accept": accept})

    packed = unpacked_by_nobody(wsgi, "GET", accept)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content_type == plain.content_type
    assert int(packed.headers["Content-Length"]) < len(plain.body)
    assert gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize("coding", ["", "identity", "zstd", "gzip;q=0", "deflate, gzip; q=0.0"])
def test_s94_a_page_is_not_packed_for_others(app, coding):
    answer = app.get("/simple/six/", headers={"Accept-Encoding": coding})

    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("page", ["/simple/six/", "/simple/"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("had", ["identity", "gzip"])
def test_a_304_repeats_the_validator_that_the_client_sent(app, page, had, coding):
    tag = app.get(page, headers={"Accept-Encoding": had}).headers["ETag"]

    answer = app.get(page, headers={"Accept-Encoding": coding, "If-None-Match": tag})

    if tag.endswith('-gz"') and coding == "identity":  # a cache asks for somebody who cannot unpack
        assert answer.status_int == 200
        assert answer.headers["ETag"] != tag
    else:
        assert (answer.status_int, answer.headers["ETag"]) == (304, tag)


def test_head_of_a_packed_page_answers_as_get(wsgi):
    get = unpacked_by_nobody(wsgi, "GET", JSON)
    head = unpacked_by_nobody(wsgi, "HEAD", JSON)

    assert headers(head) == headers(get)


# Freshness


@pytest.mark.parametrize("page", ["/six/", "/simple/six/", "/+incubator/simple/six/"])
def test_an_upload_is_seen_by_the_next_reader(app, page):
    before = app.get(page, headers={"Accept": JSON})
    publish(app, wheel("six", "2.0"))

    after = app.get(page, headers={"Accept": JSON, "If-None-Match": before.headers["ETag"]})

    assert after.status_int == 200
    assert "2.0" in after.json["versions"]


@pytest.mark.parametrize("page", ["/", "/simple/", "/+incubator/"])
def test_a_new_project_is_in_the_list_for_the_next_reader(app, page):
    before = app.get(page, headers={"Accept": "text/html"})
    publish(app, wheel("seven", "1.0"))

    after = app.get(page, headers={"Accept": "text/html", "If-None-Match": before.headers["ETag"]})

    assert [link.text for link in anchors(after)] == ["seven", "six"]


def test_what_another_connection_commits_is_read_by_a_pool_that_is_warm(app, wsgi):
    """The reader's connection has the old page in its object cache and in the cache of bodies."""
    for _ in range(3):
        app.get("/simple/six/", headers={"Accept": JSON})

    yank(wsgi, "six", "six-1.0-py3-none-any.whl", "broken")

    files = app.get("/simple/six/", headers={"Accept": JSON}).json["files"]
    assert files[0]["yanked"] == "broken"


def test_two_readers_that_hold_connections_at_once_both_read_the_newest_state(app, wsgi):
    held = [database(wsgi).open() for _ in range(3)]
    publish(app, wheel("six", "2.0"))
    for connection in held:
        connection.close()

    for _ in range(4):
        assert len(app.get("/simple/six/", headers={"Accept": JSON}).json["files"]) == 6


def test_uploading_the_same_bytes_again_changes_no_validator(app):
    tags = [app.get(page).headers["ETag"] for page in PAGES]

    publish(app, wheel("six", "1.0"))

    assert [app.get(page).headers["ETag"] for page in PAGES] == tags


def test_an_upload_to_one_project_leaves_the_pages_of_others_as_they_are(app):
    publish(app, wheel("seven", "1.0"))
    tag = app.get("/simple/six/").headers["ETag"]

    publish(app, wheel("seven", "2.0"))

    assert app.get("/simple/six/").headers["ETag"] == tag


# Reading never writes


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_write_while_reading_raises_and_is_not_lost_without_a_word(
    app, wsgi, data, method, caplog
):
    def careless(context, request):
        context.index.policy.title = "written while reading"
        return request.response

    config = Configurator(registry=wsgi.registry)
    config.add_view(careless, context=IndexRoot, name="careless", permission="read")
    config.commit()
    before = state(wsgi, data)

    answer = ask(app, "/careless", method)

    assert answer.status_int == 500
    assert any(line.exc_info and line.exc_info[0] is NoTransaction for line in caplog.records)
    assert state(wsgi, data) == before
    with index(wsgi) as it:
        assert it.policy.title == "stable"


@pytest.mark.parametrize("page", [*PAGES, "/nothing/", f"/packages/stable/six/{SIX}"])
def test_reading_leaves_the_data_as_it_is(app, wsgi, data, page):
    before = state(wsgi, data)

    ask(app, page)

    assert state(wsgi, data) == before


# What it costs


class Loads:
    """A ZODB activity monitor that counts the objects loaded from the storage."""

    def __init__(self):
        self.count = 0

    def closedConnection(self, connection):
        self.count += connection.getTransferCounts(True)[0]


def loads(app, wsgi, page, **headers):
    """Objects loaded to answer ``page``, with nothing in the connections' caches."""
    db = database(wsgi)
    db.setActivityMonitor(None)
    db.cacheMinimize()
    counted = Loads()
    for connection in [db.open() for _ in range(db.getPoolSize())]:
        connection.getTransferCounts(True)
        connection.close()
    db.setActivityMonitor(counted)
    ask(app, page, HTTP_ACCEPT=PIP, **headers)
    db.setActivityMonitor(None)
    return counted.count


def fill(wsgi, project="six", files=2000):
    """Give a project as many files, without their archives: links are all that a page reads."""
    with index(wsgi) as it:
        held = it.projects[project]
        link = held.links[SIX]
        for number in range(files):
            held.links[f"six-9.{number}-py3-none-any.whl"] = link
        held.changes.change(1)


def test_a_cached_page_costs_a_few_loads_and_no_more_for_thousands_of_files(app, wsgi):
    ask(app, "/simple/six/", HTTP_ACCEPT=PIP)
    few = loads(app, wsgi, "/simple/six/?another")
    fill(wsgi)
    ask(app, "/simple/six/", HTTP_ACCEPT=PIP)

    many = loads(app, wsgi, "/simple/six/?another")

    assert 0 < few <= 12
    assert many <= few + 1


def test_the_same_page_again_loads_nothing(app, wsgi):
    for page in ("/simple/six/", "/simple/"):
        ask(app, page, HTTP_ACCEPT=PIP)

        assert loads(app, wsgi, page) == 0


def test_a_304_costs_no_more_than_a_cached_page(app, wsgi):
    fill(wsgi)
    tag = ask(app, "/simple/six/", HTTP_ACCEPT=PIP).headers["ETag"]

    assert 0 < loads(app, wsgi, "/simple/six/", HTTP_IF_NONE_MATCH=tag) <= 12


def test_a_new_page_costs_buckets_of_links_and_not_a_load_a_file(app, wsgi):
    fill(wsgi, files=2000)

    assert 0 < loads(app, wsgi, "/simple/six/") <= 200


def test_the_list_costs_a_few_loads_and_no_more_for_more_projects(app, wsgi):
    ask(app, "/simple/", HTTP_ACCEPT=PIP)
    few = loads(app, wsgi, "/simple/?another")
    with index(wsgi) as it:
        for number in range(1000):
            it.project_or_new(f"project-{number}")
    ask(app, "/simple/", HTTP_ACCEPT=PIP)

    many = loads(app, wsgi, "/simple/?another")

    assert 0 < few <= 12
    assert many == few


def test_an_archive_costs_a_few_loads_whatever_the_size_of_the_project(app, wsgi):
    few = loads(app, wsgi, f"/packages/stable/six/{SIX}")
    fill(wsgi)

    many = loads(app, wsgi, f"/packages/stable/six/{SIX}")

    assert 0 < few <= 20
    assert many <= few + 2


def test_a_project_that_does_not_exist_costs_a_few_loads(app, wsgi):
    assert loads(app, wsgi, "/simple/nothing/") <= 12
