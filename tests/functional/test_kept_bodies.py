"""Of a page that changes, the newest body alone is kept."""

import pytest

from tests.factories import wheel
from tests.reading import BROWSER, JSON, publish

DOORS = {
    "links": ("/simple/six/", JSON),
    "links as HTML": ("/simple/six/", "text/html"),
    "list": ("/simple/", JSON),
    "project": ("/six/", BROWSER),
    "history": ("/six/+history", BROWSER),
    "statistics": ("/six/+stats", BROWSER),
    "statistics as CSV": ("/six/+stats?format=csv", "*/*"),
    "home": ("/", BROWSER),
    "index statistics": ("/+stats", BROWSER),
    "largest": ("/stats", "application/json"),
    "legacy JSON": ("/pypi/six/json", "*/*"),
    "feed": ("/+feeds/releases.rss", "*/*"),
    "feed of a project": ("/six/+feeds/releases.atom", "*/*"),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_page_that_changes_all_day_is_kept_once(app, wsgi, door):
    path, accept = DOORS[door]
    tags, kept = set(), set()
    for number in range(4):
        publish(app, wheel("six", f"1.{number}"))
        page = app.get(path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
        tags.add(page.headers["ETag"])
        kept.add(len(wsgi.registry.bodies._bodies))

    assert len(tags) == 4
    assert len(kept) <= 2  # from the first page on which it is long enough to be packed
