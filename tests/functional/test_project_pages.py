"""The pages of a project: overview, history, dependencies, who uses it."""

import json
import time

import pytest

from mypi.metadata import Metadata
from mypi.model.file import File
from tests import structure
from tests.browsing import Browser
from tests.factories import sdist, wheel, zipped
from tests.functional.test_conditional import Loads
from tests.inside import database, index, site
from tests.people import add_users, basic, set_policy
from tests.reading import mark, publish, register, yank

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def person(wsgi):
    return Browser(wsgi)


@pytest.fixture
def filled(app, person):
    """helper in two versions; demo needs it, and a project that is not here."""
    publish(app, wheel("helper", "1.0"), wheel("helper", "2.0", requires_python=">=3.9"))
    publish(app, sdist("demo", "1.0"), wheel("demo", "1.0"))
    publish(
        app,
        wheel(
            "demo",
            "2.0",
            summary="Demonstrates",
            requires_python=">=3.9,!=3.14.*",
            requires_dist=["helper<2", "absent>1", 'helper>=3; extra == "new"'],
            headers=[
                "Author: Ada",
                "Author-email: ada@b.example",
                "License-Expression: MIT",
                "Provides-Extra: new",
                "Provides-Extra: fast",
                "Keywords: one,two",
                "Classifier: Framework :: Pyramid",
            ],
            metadata_version="2.4",
        ),
        wheel("demo", "3.0rc1"),
    )
    return person


def tabs(page):
    """Label -> address of the sub-navigation."""
    links = page.html.select("nav[aria-label=Project] a")
    return {" ".join(a.text.split()): a["href"] for a in links}


def said(page, selector="main"):
    return " ".join(page.html.select_one(selector).text.split())


PAGES = [
    "/",
    "/+incubator/",
    "/+setup",
    "/+incubator/+setup",
    "/+upload",
    "/demo/",
    "/demo/1.0/",
    "/demo/+history",
    "/demo/+used-by",
    "/helper/+used-by",
    "/demo/2.0/+dependencies",
    "/helper/1.0/+dependencies",
    "/+incubator/demo/+history",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_well_formed_and_harmless(filled, address):
    page = filled.get(address)

    structure.check(page)
    structure.check_harmless(page)


def test_titles_tell_pages_apart(filled):
    titles = [filled.get(it).html.title.text for it in PAGES if "incubator" not in it]

    assert len(set(titles)) == len(titles)


def test_tabs_are_links_to_pages_of_their_own(filled):
    page = filled.get("/demo/")

    assert tabs(page) == {
        "Overview": "/demo/2.0/",
        "Files 1": "/demo/2.0/#files",
        "Dependencies 3": "/demo/2.0/+dependencies",
        "Used by 0": "/demo/+used-by",
        "History 3": "/demo/+history",
        "Contents": "/demo/2.0/demo-2.0-py3-none-any.whl/+contents/",
        "Changes": "/demo/2.0/+diff/1.0",
        "Statistics": "/demo/+stats",
        "Manage": "/demo/2.0/+manage",
    }
    for address in ("/demo/", "/demo/+history", "/demo/2.0/+dependencies", "/demo/+used-by"):
        current = filled.get(address).html.select("nav[aria-label=Project] [aria-current]")
        assert len(current) == 1


def test_the_first_release_has_nothing_to_be_compared_with(filled):
    assert "Changes" not in tabs(filled.get("/demo/1.0/"))


def test_documentation_that_came_is_a_tab_at_once(filled, app):
    assert "Docs" not in tabs(filled.get("/demo/1.0/"))
    fields = {":action": "doc_upload", "name": "demo", "version": "1.0"}
    zipped_pages = zipped({"index.html": b"<h1>demo</h1>"})

    app.post("/", fields, upload_files=[("content", "docs.zip", zipped_pages)])

    page = filled.get("/demo/1.0/")
    assert tabs(page)["Docs"] == "/docs/demo/+read/1.0/"
    assert page.html.find("a", string="Read it here")["href"] == "/docs/demo/+read/1.0/"


def test_python_is_told_in_words_and_as_it_was_written(filled):
    page = filled.get("/demo/")

    assert "3.9 and newer; not 3.14" in said(page, ".meta")
    assert page.html.select_one("#about code").text == ">=3.9,!=3.14.*"


def test_people_keywords_and_classifiers_lead_to_a_search(filled):
    about = filled.get("/demo/").html.select_one("#about")
    searches = {a.text: a["href"] for a in about.select("a") if "/+search?" in a["href"]}

    assert set(searches) == {"Ada", "one", "two", "Pyramid"}
    assert "Framework" in searches["Pyramid"]


def test_extras_are_offered_to_the_script(filled):
    box = filled.get("/demo/").html.select_one(".install")

    assert (box["data-wants"], box["data-extras"]) == ("demo", "new,fast")


def test_an_extra_that_is_no_name_never_gets_into_a_command(person, app):
    evil = "Provides-Extra: $(reboot)"
    publish(app, wheel("bad", "1.0", metadata_version="1.2", headers=[evil]))

    assert person.get("/bad/").html.select_one(".install")["data-extras"] == ""


def test_what_is_not_here_says_so_in_words(filled):
    deps = filled.get("/demo/").html.select(".deps")

    assert "absent >1 – not here" in " ".join(deps[0].text.split())
    assert "not here" not in deps[1].text


def test_dependencies_name_the_version_that_is_taken_here(filled):
    page = filled.get("/demo/2.0/+dependencies")
    rows = [" ".join(row.text.split()) for row in page.html.select("tbody tr")]

    assert rows == [
        "helper <2 1.0 newer exists 2.0",
        "absent >1 not here",
        "helper >=3 no version fits",
    ]
    assert "1 of them not here; of 1 no version fits" in said(page, ".lead")
    assert "Nothing: it installs by itself" in filled.get("/helper/1.0/+dependencies")


def test_a_newer_version_of_a_dependency_is_seen_at_once(filled, app):
    filled.get("/demo/2.0/+dependencies")
    publish(app, wheel("helper", "1.5"))

    assert "1.5" in said(filled.get("/demo/2.0/+dependencies"))


def test_from_another_index_says_which_holds_it(filled):
    page = filled.get("/+incubator/demo/2.0/+dependencies")

    assert "from stable" in said(page)
    assert page.html.select_one("tbody a")["href"] == "/+incubator/helper/"


def test_a_file_has_its_page_its_bytes_and_its_uploader(filled, app, wsgi):
    add_users(wsgi, "root", "ada")
    archive = wheel("owned", "1.0")
    app.post(
        "/",
        {":action": "file_upload", "protocol_version": "1"},
        headers=basic("ada"),
        upload_files=[("content", *archive)],
    )

    row = filled.get("/owned/").html.select_one(".files tbody tr")

    assert row.a["href"] == f"/owned/1.0/{archive[0]}"
    assert row.find("a", string="download")["href"] == f"/packages/stable/owned/{archive[0]}"
    assert "by ada" in row.text


def test_many_wheels_have_a_table_of_what_fits(person, app):
    publish(app, *(wheel("c", "1.0", tags=f"cp3{n}-cp3{n}-win_amd64") for n in range(9, 14)))

    fit = person.get("/c/").html.select_one(".fit")

    assert [th.text for th in fit.select("thead th")] == [
        "Platform",
        *("3.9", "3.10", "3.11", "3.12", "3.13"),
    ]
    assert [td.text for td in fit.select("td")] == ["wheel"] * 5
    assert person.get("/c/").html.select_one("table.files").has_attr("data-filter")


def test_who_uses_a_project_and_whether_they_take_its_latest_version(filled, wsgi):
    wsgi.registry.background.run_once()

    page = filled.get("/helper/+used-by")

    (row,) = page.html.select("tbody tr")
    assert " ".join(row.text.split()) == "demo 2.0 helper<2 no"
    assert row.a["href"] == "/demo/2.0/"
    assert tabs(filled.get("/helper/"))["Used by 1"] == "/helper/+used-by"
    assert "1 project" in said(filled.get("/helper/"), "#about")
    structure.check(page)


def test_downloads_are_told_with_a_drawing(filled, wsgi):
    assert "Downloads" not in filled.get("/helper/").html.select_one("#about").text
    wheel_of_helper = filled.get("/helper/").html.find("a", string="download")["href"]
    for _ in range(3):
        filled.app.get(wheel_of_helper)
    wsgi.registry.downloads.flush(wsgi.registry.database)

    about = filled.get("/helper/").html.select_one("#about")

    assert about.find("a", href="/helper/+stats").text == "3"
    assert about.select_one("svg[role=img]")["aria-label"].startswith("3 downloads in 30 days")
    home = filled.get("/").html
    assert " ".join(home.select_one("[aria-labelledby=fetched] li").text.split()) == "helper 3"


# Banners


def test_a_yank_says_why_and_who(filled, operator, wsgi):
    operator.post("/indexes/stable/projects/demo/releases/2.0/yank", {"reason": "it breaks"})

    banner = said(filled.get("/demo/2.0/"), ".banner.warn")

    assert banner.startswith("This release was yanked by operator today: it breaks.")


def test_a_project_that_hides_another_says_so(person, app):
    publish(app, wheel("demo", "1.0"))
    publish(app, wheel("demo", "0.1"), root="/+incubator/")

    assert "hides a project of the same name in stable" in said(person.get("/+incubator/demo/"))
    assert "hides" not in said(person.get("/demo/"))


def test_an_archived_project_says_so(filled, wsgi):
    mark(wsgi, "demo", "archived", "use <b>other</b>")

    assert "is archived: it takes no new files: use <b>other</b>" in said(
        filled.get("/demo/"), ".banner"
    )


# History


def test_history_tells_what_changed(filled, wsgi):
    yank(wsgi, "demo", "demo-1.0.tar.gz")
    page = filled.get("/demo/+history")
    rows = [
        [" ".join(cell.text.split()) for cell in row.select("th, td")]
        for row in page.html.select("tbody tr")
    ]

    assert [row[0] for row in rows] == ["3.0rc1 pre-release", "2.0 latest", "1.0"]
    assert [row[3] for row in rows] == ["any", "3.9 and newer; not 3.14", ""]
    assert [row[4] for row in rows] == ["since 2.0", "since 1.0", ""]
    assert rows[2][2].startswith("2 files, ")
    assert page.html.find("a", string="since 1.0")["href"] == "/demo/2.0/+diff/1.0"


def add_releases(wsgi, name, count):
    """Many releases of one file each, a day apart; all share the bytes of 1.0."""
    with index(wsgi) as it:
        project = it.project(name)
        first = next(iter(project.release("1.0").files.values()))
        for number in range(2, count + 1):
            release = project.add_release(Metadata(name, f"{number}.0"), by="", now=1.0)
            filename = f"{name}-{number}.0-py3-none-any.whl"
            file = File(filename, "bdist_wheel", "py3", first.artifact, by="", now=number * 86400.0)
            project.put(release, file, file.link(release.version, ">=3.9", "0" * 64))


def test_five_thousand_releases_come_a_hundred_at_a_time(person, app, wsgi):
    publish(app, wheel("big", "1.0"))
    add_releases(wsgi, "big", 5000)

    started = time.process_time()
    page = person.get("/big/+history")
    spent = time.process_time() - started

    assert len(page.html.select("tbody tr")) == 100
    assert page.html.select_one("tbody a").text == "5000.0"
    assert page.html.select_one(".timeline")
    assert len(page.body) < 150_000
    assert person.get("/big/+history?page=50").html.select("tbody a")[0].text == "100.0"
    structure.check(page)
    print(f"the first page of 5,000 releases: {spent:.3f} s")


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "99999999999", "1e3", ""])
def test_a_page_that_is_no_number_is_refused(filled, page):
    filled.get("/demo/+history", page=page, status=400)


def test_beyond_the_last_page_is_nothing(filled):
    assert "the last one is 1" in filled.get("/demo/+history?page=2", status=404)


def test_a_project_without_releases_or_files_has_all_pages(person, app, wsgi):
    register(app, "idea")
    with index(wsgi) as it:
        it.project_or_new("nothing")

    for address in ("/idea/", "/idea/+history", "/idea/+used-by", "/idea/1.0/+dependencies"):
        structure.check(person.get(address))
    for address in ("/nothing/", "/nothing/+history", "/nothing/+used-by"):
        assert "no release yet" in person.get(address)


# Home


def test_the_home_page_counts_and_leads_on(filled):
    home = filled.get("/").html

    assert "2 projects" in " ".join(
        home.select_one("[aria-labelledby=projects] .meta").text.split()
    )
    assert home.select_one("form[role=search]")["action"] == "/+search"
    assert home.find("a", string="List of all projects")["href"] == "/+projects"
    assert home.find("a", string="Upload files")["data-drop"] == ""


def test_an_empty_index_invites(person):
    home = person.get("/").html

    assert len(home.select(".empty ol pre")) == 3
    assert home.select_one(".empty a")["href"] == "/+upload"
    assert not home.select(".find")


def test_cards_say_who_may_what_and_name_nobody(person, wsgi):
    add_users(wsgi, "root", "ada", "bob")
    set_policy(wsgi, "stable", grants={"upload": ("ada",)}, frozen=True)
    set_policy(wsgi, "incubator", grants={"read": ("users",)})

    stranger = said(person.get("/"), ".cards")
    person.log_in("ada")
    ada = said(person.get("/"), ".cards")

    assert "Everyone who reaches this server may install; some people may publish." in stranger
    assert "frozen" in stranger
    assert "incubator" not in stranger
    assert "some people may publish (you, too)" in ada
    assert "Whoever is logged in may install and publish." in ada
    assert "bob" not in ada


def test_the_home_page_of_ten_thousand_projects_loads_a_few_hundred_objects(person, app, wsgi):
    publish(app, wheel("six", "1.0"))
    few = loads(person, wsgi, "/")
    with index(wsgi) as it:
        for number in range(10_000):
            it.project_or_new(f"project-{number:05}")

    many = loads(person, wsgi, "/")
    kept = loads(person, wsgi, "/")

    assert few <= 80
    assert many <= few + 60
    assert kept <= 20


# What it costs


def loads(person, wsgi, address):
    """Objects loaded from the storage for a page, with nothing in the connections' caches."""
    db = database(wsgi)
    db.cacheMinimize()
    counted = Loads()
    for connection in [db.open() for _ in range(db.getPoolSize())]:
        connection.getTransferCounts(True)
        connection.close()
    db.setActivityMonitor(counted)
    person.get(address)
    db.setActivityMonitor(None)
    return counted.count


def test_a_cached_page_of_a_project_costs_a_few_loads_whatever_its_size(person, app, wsgi):
    publish(app, wheel("big", "1.0"))
    person.get("/big/")
    few = loads(person, wsgi, "/big/")
    add_releases(wsgi, "big", 2000)
    person.get("/big/")

    assert few <= 25
    assert loads(person, wsgi, "/big/") <= few + 2


# Hostile metadata


def test_hostile_metadata_is_shown_as_text_on_every_page(person, app, wsgi):
    publish(
        app,
        wheel(
            "bad",
            "1.0",
            summary=HOSTILE,
            description=f"{HOSTILE}<img src=x onerror=alert(1)>",
            requires_python=">=3.6",
            metadata_version="1.2",
            requires_dist=[f'x; "{HOSTILE}"', f"y {HOSTILE}", "javascript:alert(1)"],
            headers=[
                "Author: <img src=x onerror=alert(1)>",
                f"Keywords: {HOSTILE},javascript:alert(1)",
                f"Classifier: {HOSTILE} :: {HOSTILE}",
                f"License: {HOSTILE}",
                "Home-page: javascript:alert(1)",
                "Project-URL: <b>x</b>, data:text/html,x",
                f"Provides-Extra: {HOSTILE}",
            ],
        ),
        wheel("bad", "1.1"),
    )
    with site(wsgi) as it:
        policy = it.indexes["stable"].policy
        policy.title = policy.description = HOSTILE
    mark(wsgi, "bad", "deprecated", HOSTILE)
    yank(wsgi, "bad", "bad-1.0-py3-none-any.whl", HOSTILE)

    for address in ("/", "/bad/", "/bad/1.0/", "/bad/+history", "/bad/1.0/+dependencies"):
        page = person.get(address)
        structure.check_harmless(page)
        structure.check(page)
    assert HOSTILE in said(person.get("/bad/1.0/"), ".lead")
    assert json.dumps(HOSTILE)[1:-1] not in person.get("/bad/1.0/").text


def test_what_is_said_of_a_page_s_parts_stays_below_the_prefix(filled):
    prefixed = Browser(filled.app.app, SCRIPT_NAME="/pkg")
    for address in ("/demo/", "/demo/+history", "/demo/2.0/+dependencies", "/+setup", "/+upload"):
        for link in prefixed.get(address).html.find_all(href=True):
            href = link["href"]
            assert href.startswith(("/pkg/", "#", "http", "mailto:")), href
