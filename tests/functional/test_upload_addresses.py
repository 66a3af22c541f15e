"""Every address that people configure takes uploads as given: a redirect would lose the file."""

import pytest

from tests.factories import wheel
from tests.inside import files, send
from tests.reading import BROWSER
from tests.wire import fields_of, legacy_upload, requests_upload, uv_publish

DEFAULT = ["/", "//", "/pypi", "/pypi/", "/legacy", "/legacy/", "/simple", "/simple/", "/+simple/"]
INCUBATOR = ["/+incubator", *("/+incubator" + address for address in DEFAULT)]
ALL = [*DEFAULT, "/+stable", "/+stable/", *INCUBATOR]

NAME, WHEEL = wheel("six", "1.0")
FORM = fields_of(NAME, WHEEL, name="six", version="1.0")


@pytest.mark.parametrize("client", [legacy_upload, requests_upload, uv_publish])
@pytest.mark.parametrize("address", ALL)
def test_u1_an_upload_is_taken_at_the_address_as_given(app, address, client):
    answer = send(app, client(FORM), address)

    assert answer.status_int == 200
    assert "Location" not in answer.headers


@pytest.mark.parametrize("address", ["", *DEFAULT, "/+stable", "/+stable/"])
def test_u1_an_upload_at_the_servers_root_goes_to_the_default_index(app, address):
    send(app, requests_upload(FORM), address)

    assert list(files(app, "six", "/+stable/")) == [NAME]


@pytest.mark.parametrize("address", INCUBATOR)
def test_u1_an_upload_at_an_index_goes_to_that_index_alone(app, address):
    send(app, requests_upload(FORM), address)

    assert list(files(app, "six", "/+incubator/")) == [NAME]
    assert files(app, "six") == {}


@pytest.mark.parametrize("address", ["/", "/pypi", "/pypi/", "/legacy/", "/simple/"])
def test_u1_uploads_go_on_when_projects_are_named_as_the_addresses(app, address):
    for word in ("pypi", "legacy", "simple"):
        name, content = wheel(word, "1.0")
        assert send(app, requests_upload(fields_of(name, content))).status_int == 200

    assert send(app, requests_upload(FORM), address).status_int == 200
    assert list(files(app, "six")) == [NAME]


@pytest.mark.parametrize("address", ["/six", "/six/", "/six/1.0/", "/simple/six/"])
def test_u32f_a_page_that_takes_no_uploads_answers_405(app, address):
    send(app, requests_upload(FORM))

    answer = send(app, requests_upload(FORM), address)

    assert answer.status_int == 405
    assert "/legacy/" in answer.text


@pytest.mark.parametrize("address", ["/+nothing/", "/nothing", "/legacy/nothing/", "/%2B%2B"])
def test_an_upload_to_nowhere_is_refused_and_never_redirected(app, address):
    answer = send(app, requests_upload(FORM), address)

    assert answer.status_int in (404, 405)
    assert files(app, "six") == {}


def test_u32f_opening_the_upload_address_says_what_it_is_for(app):
    answer = app.get("/legacy/", expect_errors=True)

    assert answer.status_int == 405
    assert "POST" in answer.text


@pytest.mark.parametrize(
    "address", ["/", "/pypi", "/pypi/", "/legacy/", "/simple/", "/+incubator/"]
)
def test_u46_classifiers_are_listed_one_a_line(app, address):
    answer = app.get(address + "?:action=list_classifiers")

    assert answer.content_type == "text/plain"
    assert "Topic :: Utilities" in answer.text.splitlines()


def test_answers_to_uploads_are_plain_text_that_browsers_do_not_guess_at(app):
    answer = send(app, requests_upload(FORM))

    assert answer.content_type == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_browser_gets_the_home_page_where_tools_get_the_classifiers(app):
    browser = {"Accept": BROWSER}

    assert app.get("/?:action=list_classifiers", headers=browser).content_type == "text/html"
    for address in ("/pypi?:action=list_classifiers", "/classifiers/"):
        answer = app.get(address, headers=browser)
        assert answer.content_type == "text/plain"
        assert "Programming Language :: Python" in answer.text.splitlines()
