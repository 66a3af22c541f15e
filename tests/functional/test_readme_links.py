"""Relative links and pictures of a README lead into the archive; others as the setting says."""

import pytest
from webtest import TestApp

from tests.factories import metadata, sdist_files, tarred, wheel
from tests.reading import BROWSER, publish, served

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
README = """# Demo

[guide](docs/the%20guide.md#top) [up](../etc/passwd) [gone](gone.md) [away](//x.example/a)
[script](javascript:alert) [root](/docs/a.txt) [odd](./docs/../docs/a.txt?x='%22%3E&amp;)
[![logo](logo.png)](docs/a.txt) ![drawn](logo.svg) ![lost](lost.png) ![badge](https://x.example/b.png)

<x-link to="docs/a.txt">forged</x-link>
"""
PAGE = "/demo/1.0/demo-1.0.tar.gz"
SETTINGS = ["hide", "link", "load"]


def archive() -> tuple[str, bytes]:
    said = {"description": README, "headers": ("Description-Content-Type: text/markdown",)}
    files = {
        **sdist_files("demo", "1.0"),
        "demo-1.0/PKG-INFO": metadata("demo", "1.0", **said),
        "demo-1.0/docs/the guide.md": b"# Guide",
        "demo-1.0/docs/a.txt": b"a",
        "demo-1.0/logo.png": PNG,
        "demo-1.0/logo.svg": b"<svg/>",
    }
    return "demo-1.0.tar.gz", tarred(files)


def readme(app):
    page = app.get("/demo/", headers={"Accept": BROWSER})
    return page, page.html.select_one("#description")


def test_relative_addresses_lead_into_the_archive(app):
    publish(app, archive())

    page, shown = readme(app)

    links = {it.text: it["href"] for it in shown.find_all("a") if it.text}
    inside = f"{PAGE}/+contents/demo-1.0"
    assert links["guide"] == f"{inside}/docs/the%20guide.md"
    assert links["root"] == links["odd"] == f"{inside}/docs/a.txt"
    assert not {"up", "gone", "away", "script", "forged", "drawn", "lost"} & set(links)
    assert app.get(links["guide"], headers={"Accept": BROWSER}).status_int == 200
    (picture,) = shown.find_all("img")
    assert (picture["src"], picture["alt"]) == (f"{PAGE}/+raw/demo-1.0/logo.png", "logo")
    assert picture.parent["href"] == f"{inside}/docs/a.txt"
    assert app.get(picture["src"]).content_type == "image/png"
    assert [it.text for it in shown.select(".image")] == ["drawn", "lost", "badge"]
    assert "x-link" not in page.text
    assert "x-image" not in page.text
    assert not shown.find_all("script")


def test_a_release_without_archives_of_source_shows_the_words(app):
    said = {"description": README, "headers": ("Description-Content-Type: text/markdown",)}
    publish(app, wheel("demo", "1.0", **said))

    page, shown = readme(app)

    assert not shown.find_all("img")
    assert [it["href"] for it in shown.find_all("a")] == ["https://x.example/b.png"]
    assert "guide" in shown.text
    assert "<x-" not in page.text


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_setting_says_what_becomes_of_pictures_from_elsewhere(tmp_path, setting):
    with served(tmp_path, **{"mypi.readme_images": setting}) as wsgi:
        app = TestApp(wsgi)
        publish(app, archive())
        page, shown = readme(app)

    foreign = [it for it in shown.find_all("img") if "x.example" in it["src"]]
    policy = page.headers["Content-Security-Policy"]
    assert len(foreign) == (setting == "load")
    assert ("https:" in policy) is (setting == "load")
    assert ("badge" in shown.text) is (setting == "link")
    for picture in foreign:
        assert picture["referrerpolicy"] == "no-referrer"
        assert picture["alt"] == "badge"
    assert "logo.png" in [it["src"].rpartition("/")[2] for it in shown.find_all("img")]
