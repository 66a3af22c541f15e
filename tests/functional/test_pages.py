"""The pages for people: what they show, that they are safe, and that they are well-formed."""

import re
from urllib.parse import urlsplit

import pytest
import transaction
from webtest import TestApp

from mypi.model.site import ROOT_KEY
from mypi.web.readmes import rendering
from tests import structure
from tests.factories import sdist, wheel

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

HOSTILE_README = """
# Title

<script>alert(1)</script>
<style>body { display: none }</style>
<iframe src="https://evil.example/"></iframe>
<img src="https://evil.example/pixel.png" onerror="alert(2)" alt="a picture">
<a href="javascript:alert(3)" onclick="alert(4)">click</a>
<form action="https://evil.example/"><input type="password"><button>Log in</button></form>
<div id="main" class="banner warn" style="position: fixed">over the page</div>
[js](javascript:alert(5)) [data](data:text/html,x) [relative](docs/index.md) [//x](//evil.example)
![data](data:image/png;base64,AAAA)
"""


def put(app, archive, path="/"):
    """Upload as a tool does."""
    filename, content = archive
    fields = {":action": "file_upload", "protocol_version": "1"}
    app.post(path, fields, upload_files=[("content", filename, content)])


def page(app, path, status=200, **environ):
    """A page as a browser gets it."""
    return app.get(path, headers=BROWSER, status=status, extra_environ=environ)


def links(response):
    """Every address that the page leads to or loads."""
    html = response.html
    found = [tag["href"] for tag in html.find_all(href=True)]
    return found + [tag["src"] for tag in html.find_all(src=True)]


@pytest.fixture
def filled(app):
    """Three releases of one project, one a pre-release, and a project it depends on."""
    put(app, wheel("helper", "1.0"))
    put(app, sdist("My.Demo", "1.0", summary="Old"))
    put(app, wheel("My.Demo", "1.0", summary="Old"))
    put(
        app,
        wheel(
            "My.Demo",
            "2.0",
            summary="Does <b>things</b> & more",
            description="# My demo\n\nIt *works*.\n\n```python\nimport x\n```\n",
            requires_python=">=3.8",
            requires_dist=["helper>=1", "absent<2", 'extra-one; extra == "fast"'],
            headers=[
                "Description-Content-Type: text/markdown",
                "Author-email: Ada <ada@example.org>",
                "License: MIT",
                "Keywords: one,two",
                "Provides-Extra: fast",
                "Classifier: Programming Language :: Python :: 3",
                "Project-URL: Source, https://example.org/src",
                "Project-URL: Evil, javascript:alert(1)",
            ],
        ),
    )
    put(app, wheel("My.Demo", "3.0rc1"))
    return app


def test_an_empty_index_says_how_to_publish_the_first_package(app):
    home = page(app, "/")

    assert "Nothing here yet" in home
    assert (
        "twine upload --repository-url http://localhost:6543 -u '' -p '' dist/*" in home.html.text
    )


def test_the_home_page_shows_projects_newest_releases_and_indexes(filled):
    html = page(filled, "/").html

    assert [a.text for a in html.select(".names a")] == ["helper", "my-demo"]
    newest, new_projects = (
        [" ".join(a.text.split()) for a in html.select(f"[aria-labelledby={which}] .newest a")]
        for which in ("newest", "new-projects")
    )
    assert newest == ["My.Demo 3.0rc1", "My.Demo 2.0", "My.Demo 1.0", "helper 1.0"]
    assert new_projects == ["My.Demo", "helper"]
    assert "incubator → stable" in " ".join(html.select(".path")[0].text.split())


@pytest.mark.parametrize(
    ("path", "words"), [("/", "its own projects only"), ("/+incubator/", "and those of stable")]
)
def test_home_says_where_what_a_project_needs_has_to_be(app, path, words):
    notes = page(app, path).html.select("[aria-labelledby=install] > .note")

    assert len(notes) == 1
    assert words in notes[0].text


@pytest.mark.parametrize(
    "tool", ["pip", "uv", "poetry", "pdm", "easy_install", "twine", "pip.conf"]
)
def test_every_tool_is_offered_with_this_server_s_url(app, tool):
    html = page(app, "/").html

    panels = {p.select_one(".tool").text: p.select_one("pre").text for p in html.select(".panel")}
    assert "http://localhost:6543" in panels[tool]


def test_every_snippet_of_an_index_carries_its_url(filled):
    for path in ("/+incubator/", "/+incubator/my-demo/"):
        texts = [it.text for it in page(filled, path).html.select(".panel pre")]
        assert texts
        others = [it for it in texts if "http://localhost:6543/+incubator/" not in it]
        assert [it for it in others if "setup.py" not in it] == []


def test_the_configured_url_wins_over_the_host_of_the_request(settings, request):
    settings["mypi.url"] = "https://pypi.example/here"

    home = page(request.getfixturevalue("app"), "/")

    assert "pip install -i https://pypi.example/here YOURPACKAGE" in home.html.text
    assert "localhost" not in home


def test_plain_http_beyond_loopback_is_warned_of_and_pip_is_told_to_trust_it(app):
    home = page(app, "/", HTTP_HOST="pypi.corp:8080")

    assert "Open beyond this machine" in home
    assert "-i http://pypi.corp:8080 --trusted-host pypi.corp" in home.html.text
    assert "trusted-host = pypi.corp" in home.html.text


def test_on_loopback_there_is_no_warning(app):
    assert "Open beyond this machine" not in page(app, "/")


def test_a_made_up_host_does_not_reach_a_command(app):
    assert "evil" not in page(app, "/", HTTP_HOST="x;$(evil)")


def test_a_project_s_page_is_its_latest_final_release(filled):
    html = page(filled, "/my-demo/").html

    assert " ".join(html.h1.text.split()) == "My.Demo 2.0"
    assert [b.text for b in html.select(".badges .badge")] == ["latest"]
    assert "pip install -i http://localhost:6543 My.Demo" in html.select_one(".panel pre").text
    assert "==" not in html.select_one(".panel pre").text


def test_a_release_page_pins_its_version_and_points_to_the_latest(filled):
    old = page(filled, "/my-demo/1.0/").html
    rc = page(filled, "/my-demo/3.0rc1/").html

    assert old.select_one(".panel pre").text.endswith("My.Demo==1.0")
    assert "There is a newer release" in old.select_one(".banner").text
    assert old.select_one(".banner a")["href"] == "/my-demo/"
    assert [b.text for b in rc.select(".badges .badge")] == ["pre-release"]
    assert "Installers choose another release" in rc.select_one(".banner").text


def test_what_the_metadata_says_is_shown(filled):
    response = page(filled, "/my-demo/")
    about = response.html.select_one("#about")

    assert ">=3.8" in about.text
    assert "MIT" in about.text
    assert about.find("a", string="ada@example.org")["href"] == "mailto:ada@example.org"
    assert about.find("a", string="Source")["rel"] == ["nofollow", "noopener", "noreferrer"]
    assert {"one", "two", "fast"} <= {tag.text for tag in about.select(".words > *")}
    assert "Programming Language" in about.text


def test_dependencies_are_linked_when_they_are_here(filled):
    deps = page(filled, "/my-demo/").html.select(".deps")

    assert [a["href"] for a in deps[0].select("a")] == ["/helper/"]
    assert "absent <2" in deps[0].text
    assert "extra-one" in deps[1].text


def test_files_are_shown_with_size_digest_and_tags_and_can_be_fetched(filled):
    rows = page(filled, "/my-demo/1.0/").html.select(".files tbody tr")

    assert [row.a.text for row in rows] == ["My_Demo-1.0.tar.gz", "My_Demo-1.0-py3-none-any.whl"]
    assert "Wheel · any Python 3" in rows[1].text
    for row in rows:
        digest = row.select_one("code")["data-copy"]
        assert re.fullmatch("[0-9a-f]{64}", digest)
        assert row.a["href"] == f"/my-demo/1.0/{row.a.text}"
        assert filled.get(row.find("a", string="download")["href"]).etag == digest
    assert filled.get(rows[1].find("a", string="metadata")["href"]).text.startswith(
        "Metadata-Version"
    )


def test_the_requirements_lines_hold_all_digests(filled):
    html = page(filled, "/my-demo/1.0/").html

    panel = next(p for p in html.select(".panel") if p.select_one(".tool").text.startswith("req"))
    assert panel.pre.text.startswith("--index-url http://localhost:6543\nMy.Demo==1.0 \\\n")
    assert panel.pre.text.count("--hash=sha256:") == 2


def test_all_releases_are_listed_newest_first(filled):
    items = page(filled, "/my-demo/").html.select(".releases li")

    assert [item.a.text for item in items] == ["3.0rc1", "2.0", "1.0"]
    assert [[b.text for b in item.select(".badge")] for item in items] == [
        ["pre-release"],
        ["latest"],
        [],
    ]


def test_a_yanked_release_says_so_and_is_not_the_latest(filled, wsgi):
    database = wsgi.registry._zodb_databases[""]
    manager = transaction.TransactionManager(explicit=True)
    connection = database.open(manager)
    with manager:
        project = connection.root()[ROOT_KEY].indexes["stable"].project("my-demo")
        filename = "My_Demo-2.0-py3-none-any.whl"
        project.links[filename] = (*project.links[filename][:6], "broken <b>badly</b>", False)
        project.changes.change(1)
    connection.close()

    html = page(filled, "/my-demo/2.0/").html
    assert "was yanked: broken <b>badly</b>." in html.select_one(".banner.warn").text
    assert [b.text for b in html.select(".badges .badge")] == ["yanked"]
    assert " ".join(page(filled, "/my-demo/").html.h1.text.split()) == "My.Demo 1.0"


def test_the_readme_is_rendered_below_the_page_s_heading(filled):
    readme = page(filled, "/my-demo/").html.select_one("#description")

    assert readme.h2.text == "My demo"
    assert readme.em.text == "works"
    assert readme.select_one("pre .kn").text == "import"


def test_a_readme_that_has_to_wait_is_shown_as_it_was_written_for_this_once(app):
    put(app, wheel("demo", "1.0", description="It *works*."))

    with rendering.CHILD._lock:
        waiting = page(app, "/demo/")
    later = page(app, "/demo/")

    assert waiting.html.select_one("#description").pre.text == "It *works*."
    assert waiting.headers["Cache-Control"] == "no-store"
    assert "ETag" not in waiting.headers
    assert later.html.select_one("#description").em.text == "works"


def test_a_hostile_readme_is_harmless(app):
    put(
        app,
        wheel(
            "bad",
            "1.0",
            description=HOSTILE_README,
            headers=["Description-Content-Type: text/markdown"],
        ),
    )

    response = page(app, "/bad/")
    readme = response.html.select_one("#description")

    assert not readme.find_all(["script", "style", "iframe", "img", "form", "input", "button"])
    assert not [tag for tag in readme.find_all(True) for name in tag.attrs if name[:2] == "on"]
    assert not readme.find_all(style=True)
    assert not readme.select(".banner")
    assert {a["href"] for a in readme.select("a")} == {"https://evil.example/pixel.png"}
    assert len(response.html.select("#main")) == 1


def test_hostile_metadata_is_shown_as_text(app):
    put(
        app,
        wheel(
            "bad",
            "1.0",
            summary="<script>alert(1)</script>",
            headers=[
                "Author: <img src=x onerror=alert(1)>",
                'Author-email: "x" <a@b?subject=<script>>',
                "Project-URL: Home, javascript:alert(1)",
                "Project-URL: Data, data:text/html;base64,AAAA",
                "Project-URL: Slashes, //evil.example/",
                'Project-URL: Quote, https://example.org/"onmouseover="alert(1)',
                "Keywords: <b>,&amp;",
            ],
        ),
    )

    response = page(app, "/bad/")

    assert all(it["src"].startswith("/+static/") for it in response.html.find_all("script"))
    assert not response.html.find_all("img")
    assert not response.html.find_all(onmouseover=True)
    assert {urlsplit(address).scheme for address in links(response)} <= {"", "https", "mailto"}
    assert "javascript:alert(1)" in response.html.select_one("#about").text


def test_no_link_is_one_that_old_installers_follow_to_other_hosts(filled):
    # easy_install and pip up to 1.4 follow rel=homepage, and links after these table headings.
    for path in ("/", "/my-demo/"):
        text = page(filled, path).text.lower()
        assert not re.search(r'rel="[^"]*(homepage|download)', text)
        assert not re.search(r"<th[^>]*>\s*(home page|download url)", text)


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("/My.Demo/", "/my-demo/"),
        ("/my-demo", "/my-demo/"),
        ("/My_Demo/1.0", "/my-demo/1.0/"),
        ("/my-demo/v1.0.0/", "/my-demo/1.0/"),
        ("/+incubator", "/+incubator/"),
        ("/+incubator/My.Demo/2.0/", "/+incubator/my-demo/2.0/"),
    ],
)
def test_other_spellings_are_redirected_by_path(filled, asked, right):
    assert page(filled, asked, 301).headers["Location"] == right
    moved = page(filled, asked, 301, SCRIPT_NAME="/pkg")
    assert moved.headers["Location"] == "/pkg" + right


@pytest.mark.parametrize("path", ["/", "/+incubator/", "/my-demo/", "/my-demo/1.0/", "/nope/"])
def test_every_link_stays_below_the_prefix(filled, path):
    response = page(filled, path, "*", SCRIPT_NAME="/pkg")

    addresses = links(response)
    assert [it for it in addresses if it.startswith("/pkg/")]
    assert [
        it for it in addresses if not it.startswith(("/pkg/", "#", "https://", "mailto:"))
    ] == []
    if response.status_int == 200:
        assert "http://localhost:6543/pkg" in response.html.select_one(".panel pre").text


@pytest.mark.parametrize("path", ["/", "/my-demo/", "/my-demo/1.0/", "/nope/"])
def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(filled, path):
    response = page(filled, path, "*")

    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not response.html.find_all(style=True)
    assert not response.html.find_all("style")
    assert all(script.get("src") for script in response.html.find_all("script"))
    loaded = [tag["href"] for tag in response.html.find_all("link", rel=["stylesheet", "icon"])]
    assert loaded
    for address in loaded:
        asset = filled.get(address)
        assert "immutable" in asset.headers["Cache-Control"]


def test_pages_are_sent_with_headers_that_confine_them(filled):
    for path in ("/", "/my-demo/"):
        headers = page(filled, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Accept" in headers["Vary"]
        assert headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/", "/+incubator/", "/my-demo/", "/my-demo/1.0/", "/helper/", "/nope/"]
)
def test_pages_are_accessible_in_structure(filled, path):
    structure.check(page(filled, path, "*"))


def test_titles_tell_pages_apart(filled):
    paths = ("/", "/+incubator/", "/my-demo/", "/my-demo/1.0/", "/helper/", "/nope/")

    titles = {page(filled, path, "*").html.title.text for path in paths}

    assert len(titles) == len(paths)


def test_an_unknown_project_is_a_small_404_page_with_a_way_home(app):
    response = page(app, "/nope/", 404)

    assert "There is nothing at /nope/" in response
    assert response.html.select_one("a.button")["href"] == "/"
    assert len(response.body) <= 6_000


def test_an_unknown_version_is_a_404(filled):
    response = page(filled, "/my-demo/9.9/", 404)

    assert "There is nothing at /my-demo/9.9/" in response


def test_static_files_are_known_by_their_content_only(app):
    address = page(app, "/").html.find("link", rel="stylesheet")["href"]
    name = address.rpartition("/")[2]

    assert app.get(address).content_type == "text/css"
    assert len(app.get(address, headers={"Accept-Encoding": "identity"}).body) <= 40_000
    for wrong in ("", f"{name}", f"0000/{name}", "../setup.py", "%2e%2e/__init__.py"):
        app.get(f"/+static/{wrong}", status=404)


def test_a_page_that_did_not_change_is_not_sent_again(filled):
    for path in ("/", "/my-demo/", "/my-demo/1.0/"):
        first = page(filled, path)
        again = {**BROWSER, "If-None-Match": first.headers["ETag"]}

        assert filled.get(path, headers=again).status_int == 304
        put(filled, wheel("My.Demo", f"1.{len(path)}"))
        assert filled.get(path, headers=again).status_int == 200


def test_tools_get_no_page(filled):
    for accept in ("*/*", "text/html", "application/vnd.pypi.simple.v1+json"):
        assert "<h1>My.Demo" not in filled.get("/my-demo/", headers={"Accept": accept})


def test_a_registered_project_without_files_has_a_page(app):
    app.post("/", {":action": "submit", "name": "idea", "version": "0.1", "summary": "Some day"})

    html = page(app, "/idea/").html

    assert "Some day" in html.text
    assert "no file has been published yet" in html.text
    assert [b.text for b in html.select(".badges .badge")] == ["latest", "no files"]


def test_a_base_s_project_is_shown_in_the_index_that_was_asked(filled):
    html = page(filled, "/+incubator/my-demo/").html

    assert "comes from the index stable" in html.text
    download = html.select_one(".files").find("a", string="download")
    assert download["href"].startswith("/packages/stable/my-demo/")
    assert html.select_one(".deps a")["href"] == "/+incubator/helper/"


def test_a_head_request_has_no_body(filled: TestApp):
    assert filled.head("/my-demo/", headers=BROWSER).body == b""
