"""Feeds: as the public index has them, as RSS 2.0 and RFC 4287 want them, and safe to read."""

import re
import xml.etree.ElementTree as ET
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from webtest import TestApp

from mypi import make_app
from tests.factories import sdist, wheel
from tests.inside import index
from tests.people import add_users, basic, set_policy
from tests.reading import BROWSER, mark, publish, register, yank

ATOM = "{http://www.w3.org/2005/Atom}"
OF_INDEX = ["/+feeds/releases.atom", "/+feeds/releases.rss", "/+feeds/projects.atom"]
OF_INDEX += ["/+feeds/projects.rss", "/rss/updates.xml", "/rss/packages.xml"]
OF_PROJECT = ["/my-pkg/+feeds/releases.atom", "/my-pkg/+feeds/releases.rss"]
OF_PROJECT += ["/rss/project/my-pkg/releases.xml"]
ALL = OF_INDEX + OF_PROJECT
MAILS = ["Author-email: Ada Łukasz <ada@example.org>, bob@example.org"]
HOST = "http://localhost:6543"
FEED_LINK = re.compile(r'href="([^"]+(?:\.atom|\.rss|\.xml))"')


@pytest.fixture
def filled(app):
    """Two projects; the names, versions and words are those that need escaping somewhere."""
    publish(
        app,
        wheel("My.Pkg", "1.0", summary="Smørrebrød & <b>more</b>", headers=MAILS),
        wheel("My.Pkg", "1!2.0+local"),
        wheel("six", "1.17.0", summary="Python 2 and 3"),
    )
    return app


def read(answer):
    """The feed, read as a reader reads it: without a complaint."""
    headers = {"content-type": answer.headers["Content-Type"]}
    feed = feedparser.parse(answer.body, response_headers=headers)
    assert feed.bozo is False, feed.get("bozo_exception")
    return feed


def check(answer, address):
    """What the two standards demand; nothing but an XML parser's word for it."""
    root = ET.fromstring(answer.body)
    (check_rss if root.tag == "rss" else check_atom)(root, address)
    return root


def check_rss(rss, address):
    channel = rss.find("channel")
    assert rss.attrib == {"version": "2.0"}
    assert [channel.findtext(it) for it in ("title", "link", "description")] == [
        text for text in (channel.findtext(it) for it in ("title", "link", "description")) if text
    ]
    assert channel.findtext("language") == "en"
    assert channel.find(f"{ATOM}link").attrib["href"] == HOST + address
    assert channel.find(f"{ATOM}link").attrib["rel"] == "self"
    items = channel.findall("item")
    guids = [item.find("guid") for item in items]
    assert len({it.text for it in guids}) == len(guids)
    for item, guid in zip(items, guids, strict=True):
        assert item.findtext("title")
        is_absolute(item.findtext("link"))
        assert guid.attrib["isPermaLink"] == str(guid.text == item.findtext("link")).lower()
        assert parsedate_to_datetime(item.findtext("pubDate")).utcoffset().total_seconds() == 0
        assert item.findtext("pubDate").endswith(" GMT")
        assert re.fullmatch(r"\S+@\S+( \(.+\))?", item.findtext("author", "a@b"))


def check_atom(feed, address):
    assert feed.tag == f"{ATOM}feed"
    for it in (feed, *feed.findall(f"{ATOM}entry")):
        (number,), (title,), (updated,) = (it.findall(ATOM + n) for n in ("id", "title", "updated"))
        is_absolute(number.text)
        assert title.text
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", updated.text)
        assert len(it.findall(f"{ATOM}link[@rel='alternate']")) == 1
        for author in it.findall(f"{ATOM}author"):
            assert author.findtext(f"{ATOM}name")
    assert feed.find(f"{ATOM}author") is not None
    assert feed.find(f"{ATOM}link[@rel='self']").attrib["href"] == HOST + address
    numbers = [it.findtext(f"{ATOM}id") for it in feed.findall(f"{ATOM}entry")]
    assert len(set(numbers)) == len(numbers)


def is_absolute(address):
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("http", "localhost:6543"), address


@pytest.mark.parametrize("address", ALL)
def test_every_feed_is_what_its_standard_wants(filled, address):
    answer = filled.get(address)

    feed = read(answer)
    check(answer, address)
    assert len(feed.entries) == (3 if "releases" in address or "updates" in address else 2) - (
        address in OF_PROJECT
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", OF_INDEX)
def test_a_feed_of_nothing_is_a_feed(app, address):
    answer = app.get(address)

    assert read(answer).entries == []
    check(answer, address)


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("xml", "text/xml")],
)
def test_forms_have_their_media_types(filled, extension, media_type):
    address = "/rss/updates.xml" if extension == "xml" else f"/+feeds/releases.{extension}"

    assert filled.get(address).headers["Content-Type"] == f"{media_type}; charset=utf-8"


def test_r_1_newest_projects(filled):
    feed = read(filled.get("/rss/packages.xml"))

    six, pkg = feed.entries
    assert (six.title, pkg.title) == ("six added to stable", "My.Pkg added to stable")
    assert (pkg.link, pkg.id) == (f"{HOST}/my-pkg/", f"{HOST}/my-pkg/")
    assert six.summary == "Python 2 and 3"
    assert feed.feed.language == "en"


def test_r_2_newest_releases(filled):
    feed = read(filled.get("/rss/updates.xml"))

    titles = [it.title for it in feed.entries]
    assert titles == ["six 1.17.0", "My.Pkg 1!2.0+local", "My.Pkg 1.0"]
    assert feed.entries[1].link == f"{HOST}/my-pkg/1%212.0%2Blocal/"
    assert feed.entries[2].author == "ada@example.org (Ada Łukasz)"
    # feedparser gives HTML: the summary is text in it, not mark-up.
    assert feed.entries[2].summary == "Smørrebrød &amp; &lt;b&gt;more&lt;/b&gt;"


def test_r_3_releases_of_a_project_in_any_spelling(filled):
    for name in ("my-pkg", "My.Pkg", "MY__pkg"):
        feed = read(filled.get(f"/rss/project/{name}/releases.xml"))
        assert [it.title for it in feed.entries] == ["1!2.0+local", "1.0"]


def test_atom_tells_who_made_it_and_when_it_changed(filled, wsgi):
    with index(wsgi) as it:
        it.project("six").release("1.17.0").created = 86_400.0
    publish(filled, sdist("six", "1.17.0"))

    entries = {it.title: it for it in read(filled.get("/+feeds/releases.atom")).entries}

    assert entries["My.Pkg 1.0"].author_detail == {"name": "Ada Łukasz", "email": "ada@example.org"}
    assert entries["My.Pkg 1.0"].summary == "Smørrebrød & <b>more</b>"
    assert entries["six 1.17.0"].published == "1970-01-02T00:00:00Z"
    assert entries["six 1.17.0"].updated > "2020"


def test_a_name_and_an_address_in_two_fields_are_one_person(app):
    publish(app, wheel("old", "1.0", headers=["Author: Bob", "Author-email: bob@example.org"]))
    publish(
        app, wheel("care", "1.0", headers=["Author: Bob", "Maintainer-email: care@example.org"])
    )

    entries = {it.title: it for it in read(app.get("/+feeds/releases.atom")).entries}

    assert entries["old 1.0"].author_detail == {"name": "Bob", "email": "bob@example.org"}
    assert entries["care 1.0"].author_detail.email == "care@example.org"
    assert "bob@example.org (Bob)" in app.get("/rss/updates.xml").text


def test_a_project_is_as_old_as_it_is_whatever_was_released_since(filled):
    before = read(filled.get("/+feeds/projects.atom")).entries[0]
    publish(filled, wheel("six", "1.18.0", summary="Newer"))

    six = read(filled.get("/+feeds/projects.atom")).entries[0]

    assert (six.title, six.summary) == ("six added to stable", "Newer")
    assert (six.published, six.updated) == (before.published, before.updated)


def test_a_project_of_a_kept_word_has_no_page_but_entries(app):
    publish(app, wheel("docs", "1.0"), wheel("docs", "1.1"))

    for address in ("/+feeds/releases.atom", "/rss/project/docs/releases.xml"):
        entries = read(app.get(address)).entries
        assert [it.link for it in entries] == [f"{HOST}/simple/docs/"] * 2
        assert len({it.id for it in entries}) == 2
        assert app.get("/simple/docs/").status_int == 200


def test_links_lead_somewhere(filled):
    for address in ALL:
        feed = read(filled.get(address))
        for link in {feed.feed.link, *(it.link for it in feed.entries)}:
            filled.get(link.removeprefix(HOST), headers={"Accept": BROWSER}, status=200)


def test_yanked_says_so_and_quarantined_is_not_told(filled, wsgi):
    yank(wsgi, "six", "six-1.17.0-py3-none-any.whl")
    mark(wsgi, "my-pkg", "quarantined")

    (six,) = read(filled.get("/+feeds/releases.rss")).entries
    assert six.summary == "Yanked. Python 2 and 3"


def test_registered_releases_are_told(app):
    register(app, "bare")

    assert [it.title for it in read(app.get("/rss/updates.xml")).entries] == ["bare 1.0"]
    assert [it.title for it in read(app.get("/rss/project/bare/releases.xml")).entries] == ["1.0"]


def test_an_index_has_its_own_feeds_with_what_it_inherits(filled):
    publish(filled, wheel("fresh", "0.1.dev1"), root="/+incubator/")

    here = read(filled.get("/+incubator/+feeds/releases.atom"))
    there = read(filled.get("/+feeds/releases.atom"))

    assert [it.title for it in here.entries][:2] == ["fresh 0.1.dev1", "six 1.17.0"]
    assert here.entries[1].link == f"{HOST}/+incubator/six/1.17.0/"
    assert there.entries[0].title == "six 1.17.0"
    for address in ("rss/updates.xml", "rss/project/six/releases.xml", "six/+feeds/releases.rss"):
        assert read(filled.get(f"/+incubator/{address}")).entries


@pytest.mark.parametrize("address", ALL)
def test_it_is_kept_until_something_changes(filled, address):
    first = filled.get(address)
    again = filled.get(address, headers={"If-None-Match": first.headers["ETag"]})
    publish(filled, wheel("My.Pkg", "3.0"), wheel("other", "1.0"))
    later = filled.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_int == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert later.status_int == 200
    assert "Cache-Control" in first.headers
    head = filled.head(address)
    assert (head.status_int, head.body) == (200, b"")


HOSTILE = '<script>alert(1)</script> ]]> &amp; "\x1b[31m' + "\ufffe ${here} <?php ?> \u202e"


def test_hostile_metadata_is_text(app, wsgi):
    publish(app, wheel("evil", "1.0"))
    with index(wsgi) as it:
        release = it.project("evil").release("1.0")
        release.fields = {"summary": HOSTILE, "author_email": f"{HOSTILE} <x@y>, (((((a@b\ud800"}
        release.by = HOSTILE
        release._p_changed = True
        it.project("evil").changes.change(1)

    for address in (*OF_INDEX, "/evil/+feeds/releases.atom", "/rss/project/evil/releases.xml"):
        answer = app.get(address)
        root = check(answer, address)
        assert b"<script" not in answer.body
        assert "\x1b" not in answer.text
        assert "\ufffe" not in answer.text
        read(answer)
        texts = [it.text or "" for it in root.iter()]
        assert any("alert(1)" in text and "${here}" in text for text in texts)


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_search_is_a_feed(filled, wsgi, form):
    wsgi.registry.background.run_once()
    address = f"/+feeds/search.{form}?q=python%203"

    answer = filled.get(address)
    held = filled.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    publish(filled, wheel("new", "1.0", summary="Python 3 alone"))
    wsgi.registry.background.run_once()
    later = filled.get(address, headers={"If-None-Match": answer.headers["ETag"]})

    check(answer, address)
    assert [it.title for it in read(answer).entries] == ["six 1.17.0"]
    assert held.status_int == 304
    assert [it.title for it in read(later).entries] == ["new 1.0", "six 1.17.0"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "",
            "q=",
            "q=%20",
            "x=six",
            "q=a&q=b",
            "q=%22",
            "q=-",
            "q=name:",
            "q=%3Cscript%3Ealert(1)",
        ),
        *("q=%00%1b%ef%bf%be", pytest.param("q=" + "a%20" * 5000, id="long")),
    ],
)
def test_whatever_is_searched_for_is_a_feed(filled, wsgi, query):
    wsgi.registry.background.run_once()

    for form in ("atom", "rss"):
        answer = filled.get(f"/+feeds/search.{form}?{query}")
        ET.fromstring(answer.body)
        assert read(answer).feed.title
        assert b"<script" not in answer.body
        assert len(answer.body) < 10_000


def test_a_query_that_is_not_utf_8_is_the_readers_mistake(filled):
    assert filled.get("/+feeds/search.atom?q=%ff", expect_errors=True).status_int == 400


@pytest.mark.parametrize(
    "address",
    [
        *("/+feeds/nothing.atom", "/+feeds/releases", "/+feeds/releases.json", "/+feeds/.atom"),
        *("/+feeds/releases.atom/", "/+feeds/releases.atom/more", "/+feeds//releases.atom/x"),
        *(
            "/rss/",
            "/rss/nothing.xml",
            "/rss/updates.xml/more",
            "/rss/project/",
            "/rss/project/six/",
        ),
        *("/rss/project/absent/releases.xml", "/rss/project/six/releases.xml/more"),
        *("/absent/+feeds/", "/six/+feeds/projects.atom", "/six/+feeds/releases.atom/x"),
        "/rss/project/-/releases.xml",
    ],
)
def test_what_is_no_feed_is_not_found(filled, address):
    assert filled.get(address, expect_errors=True).status_int == 404


def test_the_page_lists_the_feeds_that_are_there(filled):
    page = filled.get("/+feeds/", headers={"Accept": BROWSER})
    links = FEED_LINK.findall(page.text)

    assert set(links) == set(OF_INDEX)
    for link in links:
        read(filled.get(link))
    assert page.text.count("<h1>") == 1
    assert filled.get("/+feeds", status=301).headers["Location"] == "/+feeds/"


def test_the_page_of_a_project_lists_its_feeds(filled):
    page = filled.get("/my-pkg/+feeds/", headers={"Accept": BROWSER})

    assert set(FEED_LINK.findall(page.text)) == set(OF_PROJECT)
    assert page.html.select("main form") == []


def test_a_private_index_tells_its_readers_only(filled, wsgi):
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    for address in (*ALL, "/+feeds/", "/my-pkg/+feeds/"):
        filled.get(address, status=401)
        told = filled.get(address, headers=basic("ada"), status=200)
        assert told.headers["Cache-Control"].startswith("private")
    assert read(filled.get("/+incubator/+feeds/releases.atom")).entries == []


def test_the_configured_address_is_used(settings):
    application = make_app({**settings, "mypi.url": "https://pypi.example.org/index"})
    app = TestApp(application)
    publish(app, wheel("six", "1.0"))

    feed = read(app.get("/+feeds/releases.atom"))
    application.registry.database.close()

    assert feed.entries[0].link == "https://pypi.example.org/index/six/1.0/"
    assert feed.feed.id == "https://pypi.example.org/index/+feeds/releases.atom"
