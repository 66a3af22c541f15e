"""Searching in a browser and by programs: hits, what narrows them, suggestions, all projects."""

import re
from urllib.parse import parse_qs, urlsplit

import defusedxml.ElementTree
import pytest
from webtest import TestApp

from mypi.services.search import DEEPEST
from tests.factories import sdist, wheel
from tests.people import add_users, basic, set_policy
from tests.reading import BROWSER, publish, served
from tests.structure import check, check_harmless

HOST = "http://localhost:6543"
HTTP = {"requires_python": ">=3.9", "headers": ("License: MIT", "Keywords: web,http")}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Sixty projects in stable; incubator stands on it and has one of its own."""
    with served(tmp_path_factory.mktemp("search")) as wsgi:
        app = client(wsgi)
        publish(app, wheel("requests", "2.0", summary="HTTP for <b>humans</b> & others", **HTTP))
        publish(app, wheel("httpx", "1.0", summary="A next generation client", **HTTP))
        publish(app, wheel("httpcore", "1.0a1", summary="Minimal", headers=("License: BSD",)))
        publish(app, wheel("Zope.Interface", "5.0"))
        for number in range(110):
            publish(app, wheel(f"many-{number:03}", "1.0", summary="One of many"))
        publish(app, wheel("fresh-http", "1.0"), root="/+incubator/")
        wsgi.registry.background.run_once()
        yield app


def client(wsgi):
    return TestApp(wsgi, extra_environ={"HTTP_HOST": "localhost:6543"})


def see(app, address, status=200):
    """The page as a browser gets it; its structure is looked at."""
    page = app.get(address, headers={"Accept": BROWSER}, status=status)
    if status == 200:
        check(page)
        check_harmless(page)
    return page


def names(page):
    return [it.text for it in page.html.select(".hits h3 a, .rows th[scope=row] a")]


def follow(page, label, within):
    """The address behind the link that says so."""
    links = page.html.select(f"{within} a")
    return next(it["href"] for it in links if it.text.split()[0] == label)


def test_hits_tell_what_they_are(filled):
    page = see(filled, "/+search?q=http")

    assert names(page)[:2] == ["httpcore", "httpx"]
    assert set(names(page)) == {"httpcore", "httpx", "requests"}
    assert page.html.select_one("#found").text == "3 projects found"
    hit = next(it for it in page.html.select(".hits li") if it.a.text == "requests")
    assert hit.a["href"] == "/requests/"
    assert hit.select_one(".version").text == "2.0"
    assert "MIT" in hit.select_one(".meta").text
    assert hit.time["datetime"]
    assert [it.text for it in hit.select("mark")] == ["HTTP"]
    assert hit.select_one(".summary").text == "HTTP for <b>humans</b> & others"
    assert "pre-release" in page.html.select_one(".hits li").text


def test_spellings_of_a_licence_and_wheels_are_facets(app, wsgi):
    publish(app, wheel("lib-a", "1.0", headers=("License: MIT",)))
    publish(
        app, wheel("lib-b", "1.0", headers=("Classifier: License :: OSI Approved :: MIT License",))
    )
    publish(app, sdist("lib-c", "1.0", headers=("License: BSD License",)))
    wsgi.registry.background.run_once()

    page = see(app, "/+search?q=lib")

    facets = {
        it.summary.text: [" ".join(row.text.split()) for row in it.select("li")]
        for it in page.html.select(".facets details")
    }
    assert facets["Licence"] == ["MIT 2", "BSD 1"]
    assert facets["Has wheel"] == ["yes 2", "no 1"]
    assert "Status" not in facets
    assert set(names(see(app, follow(page, "MIT", ".facets")))) == {"lib-a", "lib-b"}
    assert names(see(app, follow(page, "no", ".facets"))) == ["lib-c"]
    told = app.get("/+search?q=lib&format=json").json["facets"]
    assert told["wheel"] == {"yes": 2, "no": 1}


def test_a_facet_narrows_and_can_be_dropped(filled):
    page = see(filled, "/+search?q=http")

    narrow = see(filled, follow(page, "BSD", ".facets"))
    assert names(narrow) == ["httpcore"]
    assert narrow.html.select_one("input[name=licence]")["value"] == "BSD"
    wide = see(filled, narrow.html.select_one(".chosen a")["href"])
    assert names(wide) == names(page)


def test_the_number_beside_a_facet_is_that_of_its_hits(filled):
    page = see(filled, "/+search?q=http")
    links = page.html.select(".facets li")
    assert links

    for link in links:
        found = see(filled, link.a["href"]).html.select_one("#found").text
        assert found.split()[0] == link.select_one(".count").text


def test_many_hits_come_in_pages_with_addresses(filled):
    first = see(filled, "/+search?q=many")
    assert len(names(first)) == 20
    assert first.html.select_one("#found").text == "110 projects found"

    seen = names(first)
    page = first
    while following := page.html.select_one('.pages a[rel="next"]'):
        assert parse_qs(urlsplit(following["href"]).query)["q"] == ["many"]
        page = see(filled, following["href"])
        seen += names(page)

    assert len(seen) == len(set(seen)) == 110
    see(filled, "/+search?q=many&page=7", status=404)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "²", ""])
def test_a_page_that_is_none_is_refused(filled, page):
    for address in ("/+search?q=many", "/+projects?sort=name"):
        see(filled, f"{address}&page={page}", status=400)


def test_a_misspelt_name_gets_links_to_names(filled):
    page = see(filled, "/+search?q=reqeusts")

    assert "Nothing found" in page.text
    link = page.html.select_one(".banner a")
    assert link.text == "requests"
    assert names(see(filled, link["href"]))[0] == "requests"


def test_without_a_query_there_is_help_by_examples(filled):
    page = see(filled, "/+search")

    assert not page.html.select(".hits")
    examples = page.html.select(".syntax dt a")
    assert len(examples) > 8
    for example in examples:
        answer = see(filled, example["href"])
        assert answer.html.select_one("#query")["value"] == example.text


def test_an_index_shows_what_its_bases_have_and_says_where_it_is(filled):
    page = see(filled, "/+incubator/+search?q=http")

    assert set(names(page)) == {"fresh-http", "httpcore", "httpx", "requests"}
    hits = {it.a.text: it for it in page.html.select(".hits li")}
    assert "in stable" in hits["requests"].text
    assert "in " not in hits["fresh-http"].select_one(".meta").text
    assert hits["requests"].a["href"] == "/+incubator/requests/"
    only = see(filled, follow(page, "incubator", ".facets"))
    assert names(only) == ["fresh-http"]
    assert "fresh-http" not in see(filled, "/+search?q=fresh-http").html.select_one("#results").text


def test_what_is_published_is_on_the_page_next(wsgi, app):
    assert not names(see(app, "/+search?q=six"))
    publish(app, wheel("six", "1.0"))
    wsgi.registry.background.run_once()

    page = see(app, "/+search?q=six")

    assert names(page) == ["six"]
    tag = {"If-None-Match": page.headers["ETag"], "Accept": BROWSER}
    assert app.get("/+search?q=six", headers=tag, status=304).body == b""


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "${1+1} {{7*7}} %s",
    '"',
    '""',
    "-",
    ":",
    "name:",
    "python:",
    "((((((((((",
    "*" * 600,
    "a" * 5_000,
    "\x00\x01\x1f",
    "\u202e\ufeff\u2028",
    "😀 ï ß ﬁ",
    "-a -b -c",
    "classifier:",
    'classifier:"',
    "author:@ requires:/ keyword:\\",
    " ".join("abcdefghijklmnopqrstuvwxyz" * 5),
    "../../etc/passwd",
    "OR AND NOT ( )",
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_can_be_typed_does_harm(filled, query):
    page = filled.get("/+search", {"q": query}, headers={"Accept": BROWSER}, status=200)
    check(page)
    check_harmless(page)
    assert "alert(1)" not in "".join(it.text for it in page.html.find_all("script"))
    filled.get("/+search", {"q": query, "format": "json"}, status=200)
    filled.get("/+search/suggest", {"q": query}, status=200)
    filled.get("/+search/suggest", {"q": query, "format": "opensearch"}, status=200)
    for name in ("python", "classifier", "index", "keyword", "licence", "status"):
        see_it = filled.get("/+search", {name: query}, headers={"Accept": BROWSER}, status=200)
        check_harmless(see_it)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/+search?q=%FF", 400),
        ("/+search/suggest?q=%FF", 400),
        ("/+search?format=xml", 400),
        ("/+search/suggest?format=json5", 400),
        ("/+search/other?q=x", 404),
        ("/+search/suggest/more", 404),
        ("/+projects/more", 404),
        ("/+opensearch/more", 404),
        ("/+projects?sort=size", 400),
        ("/+projects?letter=ab", 400),
        ("/+projects?letter=%3C", 400),
        ("/+projects?page=3", 404),
        (f"/+search?q=http&page={DEEPEST}", 404),
        (f"/+search?q=http&format=json&page={DEEPEST}", 404),
        ("/requests/+search", 404),
        ("/simple/+search", 404),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_with_a_sentence(filled, address, status):
    assert len(filled.get(address, status=status).text) > 10
    filled.get(address, headers={"Accept": BROWSER}, status=status)


def test_a_search_is_a_question_only(filled):
    filled.post("/+search", {"q": "http"}, status=405)
    filled.head("/+search?q=http")


def test_programs_get_what_the_api_tells(filled):
    told = filled.get("/+search?q=http&format=json").json

    assert told == filled.get("/+search?q=http", headers={"Accept": "application/json"}).json
    assert told == filled.get("/+api/v1/indexes/stable/search?q=http").json
    assert len(filled.get("/+search?q=many&format=json&page=6").json["hits"]) == 10


def test_suggestions_come_by_name(filled):
    rows = filled.get("/+search/suggest?q=http").json

    assert [it["name"] for it in rows] == ["httpx", "httpcore"]
    assert rows[0] == {
        "name": "httpx",
        "version": "1.0",
        "summary": "A next generation client",
        "url": "/httpx/",
    }
    assert filled.get("/+search/suggest?q=zope-int").json[0]["name"] == "Zope.Interface"
    assert filled.get("/+search/suggest?q=").json == []
    assert len(filled.get("/+search/suggest?q=many").json) == 8
    assert filled.get("/+incubator/+search/suggest?q=fresh").json[0]["url"] == (
        "/+incubator/fresh-http/"
    )


def test_address_bars_get_suggestions_and_a_description(filled):
    page = see(filled, "/+incubator/")
    link = page.html.select_one("link[rel=search]")
    description = filled.get(link["href"])
    assert description.content_type == link["type"] == "application/opensearchdescription+xml"
    root = defusedxml.ElementTree.fromstring(description.body)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert len(root.find(f"{space}ShortName").text) <= 16
    urls = {it.get("type"): it.get("template") for it in root.findall(f"{space}Url")}
    found = filled.get(urls["text/html"].replace("{searchTerms}", "fresh"))
    assert "fresh-http" in found.text

    answer = filled.get(urls["application/x-suggestions+json"].replace("{searchTerms}", "fre"))

    assert answer.content_type == "application/x-suggestions+json"
    assert answer.json == ["fre", ["fresh-http"], [""], [f"{HOST}/+incubator/fresh-http/"]]


def test_all_projects_are_listed_by_name_a_hundred_at_a_time(filled):
    first = see(filled, "/+projects")
    second = see(filled, first.html.select_one('.pages a[rel="next"]')["href"])

    listed = names(first) + names(second)
    assert len(names(first)) == 100
    assert len(listed) == 114
    assert [it.lower() for it in listed] == sorted(it.lower() for it in listed)


def test_all_projects_are_listed_newest_first(filled):
    page = see(filled, "/+projects")

    newest = see(filled, follow(page, "Newest", ".sections"))

    assert names(newest)[:2] == ["many-109", "many-108"]
    assert newest.html.select_one(".sections [aria-current]").text == "Newest first"


def test_all_projects_are_listed_by_downloads(app, wsgi):
    publish(app, wheel("beta", "1.0"), wheel("gamma", "2.0"), wheel("alpha", "1.0"))
    wsgi.registry.background.run_once()
    for _ in range(2):
        app.get("/packages/stable/gamma/gamma-2.0-py3-none-any.whl")
    wsgi.registry.background.run_once()

    page = see(app, follow(see(app, "/+projects"), "Most", ".sections"))

    assert names(page) == ["gamma", "alpha", "beta"]
    assert [it.text for it in page.html.select("td.number")] == ["2", "0", "0"]
    told = app.get(page.html.find("a", string="JSON")["href"]).json
    assert [(it["name"], it["downloads"]) for it in told["projects"]] == [
        ("gamma", 2),
        ("alpha", 0),
        ("beta", 0),
    ]
    assert (told["total"], told["page"], told["pages"]) == (3, 1, 1)
    narrow = app.get("/+projects?sort=downloads&letter=b&format=json").json
    assert [it["name"] for it in narrow["projects"]] == ["beta"]
    assert app.get("/+projects", headers={"Accept": "application/json"}).json["total"] == 3
    app.get("/+projects?format=json&page=2", status=404)
    app.get("/+projects?format=xml", status=400)


def test_letters_lead_to_names_that_begin_so(filled):
    page = see(filled, "/+projects?sort=newest")
    letters = [it.text for it in page.html.select(".letters a")]
    assert letters == ["All", "H", "M", "R", "Z"]

    narrow = see(filled, follow(page, "H", ".letters"))

    assert names(narrow) == ["httpcore", "httpx"]
    assert narrow.html.select_one(".sections [aria-current]").text == "Newest first"


def test_an_empty_index_invites(app):
    page = see(app, "/+projects")

    assert page.html.main.find("a", href="/+setup")


def test_every_page_has_a_box_that_leads_here(filled):
    for address, index in (("/requests/", "/"), ("/+incubator/", "/+incubator/")):
        form = see(filled, address).html.select_one("header form[role=search]")
        assert form["action"] == f"{index}+search"
        assert form["method"] == "get"
        assert form.select_one("input[name=q]")


def test_below_a_prefix_links_stay_there(filled):
    mounted = TestApp(filled.app, extra_environ={"SCRIPT_NAME": "/pip", "HTTP_HOST": "a.example"})
    page = see(mounted, "/+search?q=http")

    hrefs = [it["href"] for it in page.html.find_all(href=re.compile("^/"))]
    assert all(it.startswith("/pip/") for it in hrefs)
    assert mounted.get("/+search/suggest?q=httpx").json[0]["url"] == "/pip/httpx/"
    told = mounted.get("/+search/suggest?q=httpx&format=opensearch").json
    assert told[3] == ["http://a.example/pip/httpx/"]


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    """incubator is public; its base vault is ada's alone."""
    with served(tmp_path_factory.mktemp("private")) as wsgi:
        app = client(wsgi)
        app.post_json(
            "/+api/v1/indexes",
            {"name": "vault", "policy": {"grants": {"read": ["ada"], "upload": ["ada"]}}},
            extra_environ={"mypi.operator": True},
        )
        publish(app, wheel("seen", "1.0"), root="/")
        publish(app, wheel("veiled", "1.0", summary="A secret"), root="/+vault/")
        add_users(wsgi, "root", "ada", "bob")
        set_policy(wsgi, "incubator", bases=("vault", "stable"))
        wsgi.registry.background.run_once()
        yield app


ASKED = [
    *("/+search?q=secret", "/+search?q=seen", "/+search?status=active"),
    *("/+search?q=secret&format=json", "/+search?q=veled&format=json", "/+search/suggest?q=vei"),
    *("/+search/suggest?q=vei&format=opensearch", "/+projects", "/+projects?letter=h"),
]


@pytest.mark.parametrize("who", ["a stranger", "bob"])
def test_what_is_private_is_not_found(private, who):
    headers = {"Accept": BROWSER, **(basic("bob") if who == "bob" else {})}
    for address in ASKED:
        for index in ("", "/+incubator"):
            text = private.get(index + address, headers=headers).text
            assert "veiled" not in text, address
            assert "A secret" not in text, address
            assert "vault" not in text, address
    page = private.get("/+incubator/+search?index=vault", headers=headers)
    assert names(page) == []
    answers = [
        private.get(f"/+{index}/+search?q=secret", headers=headers, status="*")
        for index in ("vault", "nowhere")
    ]
    assert {it.status_int for it in answers} in ({303}, {404})


@pytest.mark.parametrize("who", ["a stranger", "bob"])
@pytest.mark.parametrize("accept", ["application/json", BROWSER], ids=["program", "browser"])
def test_asking_by_name_tells_nothing_of_what_is_private(private, who, accept):
    headers = {"Accept": accept, **(basic("bob") if who == "bob" else {})}
    for address in ("+search?q=", "+search?q=name:", "+search?q=requires:", "+search/suggest?q="):
        told = [
            private.get(f"/+incubator/{address}{name}", headers=headers).text.replace(name, "")
            for name in ("veiled", "absent", "secret")
        ]
        assert told[0] == told[1] == told[2], address


def test_who_may_read_it_finds_it(private):
    ada = {"Accept": BROWSER, **basic("ada")}

    assert names(private.get("/+incubator/+search?q=secret", headers=ada)) == ["veiled"]
    assert private.get("/+incubator/+search/suggest?q=vei", headers=basic("ada")).json
    assert "veiled" in names(private.get("/+vault/+projects", headers=ada))
    # The page that ada was shown is not the one for the next who asks.
    stranger = private.get("/+incubator/+search?q=secret", headers={"Accept": BROWSER})
    assert not names(stranger)
