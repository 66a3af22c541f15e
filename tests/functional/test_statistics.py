"""Downloads are counted when an archive is sent whole, and told on pages, as CSV and as JSON."""

import csv

import pytest
from webtest import TestApp, TestRequest

from mypi import make_app
from mypi.server.proxies import FROM_PROXY
from tests.commandline import Keeper
from tests.factories import sdist, wheel
from tests.people import add_users, basic, set_policy
from tests.reading import BROWSER, publish, served

PIP = 'pip/26.2 {"installer":{"name":"pip"},"python":"3.12.1","system":{"name":"Linux"}}'
UV = 'uv/0.13.9 {"installer":{"name":"uv"},"python":"3.13.0","system":{"name":"Darwin"}}'
FILE = "/packages/stable/six/six-1.0-py3-none-any.whl"
AS_JSON = {"Accept": "application/json"}


@pytest.fixture
def six(app):
    publish(app, wheel("six", "1.0"))
    return app


def fetch(app, agent=PIP, method="GET", status=200, environ=None, **headers):
    """Ask as an HTTP/1.1 client does."""
    headers = {"User-Agent": agent, **headers}
    request = TestRequest.blank(FILE, method=method, headers=headers, environ=environ)
    request.http_version = "HTTP/1.1"
    return app.do_request(request, status=status)


def told(wsgi, app, address="/six/+stats"):
    wsgi.registry.background.run_once()
    return app.get(address, headers=AS_JSON).json


def test_each_whole_archive_counts_once(wsgi, six):
    fetch(six)
    fetch(six)
    fetch(six, UV)

    counted = told(wsgi, six)

    assert counted["total"] == counted["ever"] == sum(counted["by_day"].values()) == 3
    assert counted["by_version"] == {"1.0": 3}
    assert counted["by_installer"] == {"pip": 2, "uv": 1}
    assert counted["by_python"] == {"3.12": 2, "3.13": 1}
    assert counted["by_system"] == {"Linux": 2, "macOS": 1}
    assert counted["by_file"] == {"six-1.0-py3-none-any.whl": 3}


def test_the_table_of_files_and_the_home_page_have_numbers(wsgi, six):
    publish(six, sdist("six", "1.0"), wheel("six", "2.0"))
    fetch(six)
    fetch(six, UV)
    wsgi.registry.background.run_once()

    page = six.get("/six/1.0/", headers={"Accept": BROWSER})
    table = page.html.select_one("table.files")
    assert table.select("thead th")[-1].text == "Downloads"
    assert [row.select("td")[-1].text for row in table.select("tbody tr")] == ["0", "2"]
    home = six.get("/", headers={"Accept": BROWSER})
    assert "1 project\n2 releases\n3 files" in home.html.select_one("#projects + .meta").text
    fetch(six)
    wsgi.registry.background.run_once()
    page = six.get("/six/1.0/", headers={"Accept": BROWSER})
    assert page.html.select("table.files tbody td")[-1].text == "3"


def test_what_is_no_download_does_not_count(wsgi, six):
    tag = fetch(six).headers["ETag"]
    fetch(six, method="HEAD")
    fetch(six, status=304, **{"If-None-Match": tag})
    fetch(six, status=206, Range="bytes=0-10")
    fetch(six, status=416, Range="bytes=99999999-")
    six.get(FILE + ".metadata")

    assert told(wsgi, six)["total"] == 1


@pytest.mark.parametrize("sendfile", ["x-accel", "x-sendfile"])
def test_what_the_front_server_sends_counts(tmp_path, sendfile):
    wsgi = make_app({"mypi.data": str(tmp_path), "mypi.min_free": "0", "mypi.sendfile": sendfile})
    app = TestApp(wsgi)
    publish(app, wheel("six", "1.0"))
    through = {FROM_PROXY: True}
    answer = fetch(app, environ=through)
    fetch(app, method="HEAD", environ=through)
    fetch(app, Range="bytes=0-10", environ=through)

    assert answer.body == b""
    assert told(wsgi, app)["total"] == 1
    wsgi.registry.database.close()


def test_counts_outlive_a_restart(tmp_path):
    with served(tmp_path) as wsgi:
        app = TestApp(wsgi)
        publish(app, wheel("six", "1.0"))
        fetch(app)
        wsgi.registry.background.run_once()
    with served(tmp_path) as wsgi:
        assert told(wsgi, TestApp(wsgi))["ever"] == 1


def test_a_download_writes_nothing_itself(wsgi, six):
    before = wsgi.registry.database.lastTransaction()
    for _ in range(20):
        fetch(six)

    assert wsgi.registry.database.lastTransaction() == before


@pytest.mark.parametrize("agent", ["x" * 20_000, "pip/1 {" + "[" * 5_000, "\x7f{}", ""])
def test_any_user_agent_gets_its_file(wsgi, six, agent):
    fetch(six, agent)

    assert told(wsgi, six)["by_installer"].keys() <= {"other", "pip"}


def test_people_see_a_plot_and_tables(wsgi, six):
    fetch(six)
    wsgi.registry.background.run_once()

    page = six.get("/six/+stats", headers={"Accept": BROWSER})

    assert page.html.select_one("svg.plot[role=img]")["aria-label"].startswith("Downloads of six")
    assert "1 download in 30 days" in page.text
    assert [table.th.text for table in page.html.select(".counts table")][:3] == [
        "Version",
        "File",
        "Installer",
    ]
    assert [head.text for head in page.html.select(".counts h2")][3] == "By Python"


def test_a_project_that_nobody_wants_says_so(six):
    page = six.get("/six/+stats", headers={"Accept": BROWSER})

    assert "Nobody has downloaded it" in page.text
    assert page.html.select("svg") == []


@pytest.mark.parametrize("period", ["month", "year", "all"])
def test_periods_and_csv(wsgi, six, period):
    fetch(six)
    wsgi.registry.background.run_once()

    answer = six.get(f"/six/+stats?period={period}&format=csv")

    assert answer.content_type == "text/csv"
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert {"kind": "installer", "value": "pip", "downloads": "1"} in rows
    assert sum(int(row["downloads"]) for row in rows if row["kind"] == "day") == 1


@pytest.mark.parametrize("query", ["period=week", "format=xml"])
def test_other_words_are_refused_with_those_that_are_known(six, query):
    assert "known are" in six.get(f"/six/+stats?{query}", status=400).text


def test_an_index_tells_what_is_wanted_most_and_what_is_large(wsgi, six):
    publish(six, wheel("attrs", "1.0", files={"x": b"x" * 100_000}))
    fetch(six)

    counted = told(wsgi, six, "/+stats")

    assert counted["top"] == {"six": 1}
    assert [it["project"] for it in counted["largest"]] == ["attrs", "six"]
    assert told(wsgi, six, "/+incubator/+stats")["top"] == {"six": 1}
    assert list(counted["by_day"].values())[-1] == sum(counted["by_day"].values()) == 1
    page = six.get("/+stats", headers={"Accept": BROWSER})
    assert page.html.select_one("svg.plot[role=img]")["aria-label"].startswith("1 download in 30")
    assert [a.text for a in page.html.select(".counts a")] == ["six", "attrs", "six"]
    assert six.get("/+stats?format=csv").text.splitlines() == ["project,downloads", "six,1"]


def test_the_home_page_draws_the_downloads_of_thirty_days(wsgi, six):
    fetch(six)
    fetch(six)
    wsgi.registry.background.run_once()

    for address in ("/", "/+incubator/"):
        page = six.get(address, headers={"Accept": BROWSER})
        said = page.html.select_one("svg.spark[role=img]")["aria-label"]
        assert said == "2 downloads in 30 days, day by day"


def test_the_counts_of_a_private_index_are_private(wsgi, six):
    fetch(six)
    wsgi.registry.background.run_once()
    add_users(wsgi, "root", "ada", "bob")
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    for address in ("/+stats", "/six/+stats", "/+api/v1/indexes/stable/downloads"):
        six.get(address, status=401)
        six.get(address, headers=basic("ada"))
    set_policy(wsgi, "incubator", grants={"read": ("everyone",)})
    assert six.get("/+incubator/+stats", headers=AS_JSON).json["top"] == {}


def test_a_sheet_holds_no_formula(wsgi, six):
    with wsgi.registry.database.transaction() as connection:
        stable = connection.root()["mypi"].indexes["stable"]
        stable.downloads.add("six", 10, {("version", 10, "=1+1"): 1}, 1)

    assert "'=1+1" in six.get("/six/+stats?period=all&format=csv").text


def test_the_api_tells_the_same(wsgi, six):
    fetch(six)
    wsgi.registry.background.run_once()

    project = six.get("/+api/v1/indexes/stable/projects/six/downloads?period=year").json
    assert (project["total"], project["by_installer"]) == (1, {"pip": 1})
    assert len(project["by_day"]) == 365
    assert six.get("/+api/v1/indexes/stable/downloads").json["top"] == {"six": 1}
    six.get("/+api/v1/indexes/stable/projects/absent/downloads", status=404)


def test_the_command_line_tells_it_too(tmp_path):
    mypi = Keeper(tmp_path / "var")
    mypi.publish("stable", wheel("six", "1.0"))
    with served(tmp_path / "var") as wsgi:
        fetch(TestApp(wsgi))
        wsgi.registry.background.run_once()

    assert "six" in mypi("stats").out
    assert "pip" in mypi("stats six --period all").out
    assert mypi("--json stats six").json["total"] == 1
