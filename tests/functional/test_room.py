"""While the disk has less than its reserve: nothing is published, and everything else goes on."""

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.services.room import FULL
from tests.factories import wheel
from tests.inside import send
from tests.reading import BROWSER, publish
from tests.wire import fields_of, requests_upload

OPERATOR = {"mypi.operator": True}


@pytest.fixture
def full(settings, app):
    """An index that has six, on a disk that has less than its reserve free since then."""
    publish(app, wheel("six", "1.0"))
    app.app.registry.database.close()
    application = make_app({**settings, "mypi.min_free": "1000 TiB"})
    yield TestApp(application, extra_environ={"HTTP_HOST": "localhost:6543"})
    application.registry.database.close()


def test_an_upload_is_refused_with_the_reason(full):
    answer = send(full, requests_upload(fields_of(*wheel("six", "2.0"))))

    assert answer.status_int == 507
    assert "almost full" in answer.status
    assert answer.headers["Retry-After"] == "60"


def test_installing_goes_on(full):
    name, content = wheel("six", "1.0")

    assert name in full.get("/simple/six/").text
    assert full.get(f"/packages/stable/six/{name}").body == content


@pytest.mark.parametrize("page", ["/", "/six/", "/+search?q=six"])
def test_pages_for_people_say_so(full, page):
    shown = full.get(page, headers={"Accept": BROWSER})

    assert FULL in shown.text
    assert "go on" in shown.text


@pytest.mark.on_files
def test_making_room_goes_on(full, data):
    full.delete("/+api/v1/indexes/stable/projects/six?reason=room", extra_environ=OPERATOR)
    full.post("/+api/v1/pack", b"", extra_environ=OPERATOR)


def test_a_page_says_so_no_longer_when_there_is_room(full):
    room = full.app.registry.room
    assert FULL in full.get("/six/", headers={"Accept": BROWSER}).text

    room.reserve, room._looked = 0, float("-inf")

    assert FULL not in full.get("/six/", headers={"Accept": BROWSER}).text
    publish(full, wheel("six", "2.0"))
