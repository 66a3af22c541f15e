"""The JSON API of the public index (spec/index-api.md section 8: J-1, J-2, J-3)."""

import pytest

from mypi.metadata import Metadata
from mypi.model.file import File
from mypi.services import serials
from tests.factories import sdist, wheel, zipped
from tests.inside import index, send, site
from tests.people import add_users, basic, set_policy
from tests.reading import BROWSER, ask, mark, publish, register, yank
from tests.wire import fields_of, requests_upload

TEXT = str
INFO = {
    "author": TEXT,
    "author_email": TEXT,
    "bugtrack_url": type(None),
    "classifiers": list,
    "description": TEXT,
    "description_content_type": TEXT | None,
    "docs_url": TEXT | None,
    "download_url": TEXT,
    "downloads": dict,
    "dynamic": list | None,
    "home_page": TEXT,
    "keywords": TEXT,
    "license": TEXT,
    "license_expression": TEXT | None,
    "license_files": list | None,
    "maintainer": TEXT,
    "maintainer_email": TEXT,
    "name": TEXT,
    "package_url": TEXT,
    "platform": TEXT | None,
    "project_url": TEXT,
    "project_urls": dict | None,
    "provides_extra": list | None,
    "release_url": TEXT,
    "requires_dist": list | None,
    "requires_python": TEXT | None,
    "summary": TEXT,
    "version": TEXT,
    "yanked": bool,
    "yanked_reason": TEXT | None,
}
FILE = {
    "comment_text": TEXT,
    "core-metadata": dict | bool,
    "digests": dict,
    "downloads": int,
    "filename": TEXT,
    "has_sig": bool,
    "md5_digest": TEXT,
    "packagetype": TEXT,
    "python_version": TEXT,
    "requires_python": TEXT | None,
    "size": int,
    "upload_time": TEXT,
    "upload_time_iso_8601": TEXT,
    "url": TEXT,
    "yanked": bool,
    "yanked_reason": TEXT | None,
}
TOP = {
    "info": dict,
    "last_serial": int,
    "ownership": dict,
    "urls": list,
    "vulnerabilities": list,
}
RICH = {
    "summary": "Two and three",
    "description": "# Six",
    "requires_dist": ["attrs>=1"],
    "requires_python": ">=3.8",
    "headers": [
        "Keywords: two,three",
        "License: MIT",
        "Platform: any",
        "Project-URL: Source, https://example.org/six",
        "Classifier: Framework :: Pyramid",
        "Provides-Extra: fast",
        "Home-page: https://example.org",
    ],
}


def read(app, address="/pypi/six/json", **headers):
    return app.get(address, headers=headers).json


def check(said, wanted):
    assert {key: type(value) for key, value in said.items() if key not in wanted} == {}
    for key, kind in wanted.items():
        assert isinstance(said[key], kind), key


@pytest.fixture
def six(app):
    publish(app, wheel("six", "1.0", **RICH), sdist("six", "1.0", **RICH))
    publish(app, wheel("six", "0.9"))
    return app


@pytest.mark.parametrize("ending", ["", "/"])
@pytest.mark.parametrize("root", ["/", "/+stable/", "/+incubator/"])
def test_j1_a_project_has_every_key_of_the_sheet_in_its_type(six, ending, root):
    said = read(six, f"{root}pypi/six/json{ending}")

    check(said, {**TOP, "releases": dict})
    check(said["info"], INFO)
    assert len(said["urls"]) == 2
    for file in said["urls"]:
        check(file, FILE)
        assert set(file["digests"]) == {"md5", "sha256", "blake2b_256"}
    assert list(said["releases"]) == ["0.9", "1.0"]
    assert said["releases"]["1.0"] == said["urls"]
    assert said["ownership"] == {"roles": [], "organization": None}
    assert said["vulnerabilities"] == []


@pytest.mark.parametrize("ending", ["", "/"])
@pytest.mark.parametrize("version", ["0.9", "0.9.0", "v0.9"])
def test_j1_a_release_is_matched_as_pep_440_says(six, version, ending):
    said = read(six, f"/pypi/six/{version}/json{ending}")

    check(said, TOP)
    check(said["info"], INFO)
    assert said["info"]["version"] == "0.9"
    assert [file["filename"] for file in said["urls"]] == ["six-0.9-py3-none-any.whl"]


def test_the_values_are_those_of_the_metadata(six):
    info = read(six)["info"]

    assert info["name"] == "six"
    assert info["summary"] == "Two and three"
    assert info["keywords"] == "two,three"
    assert info["license"] == "MIT"
    assert info["platform"] == "any"
    assert info["requires_dist"] == ["attrs>=1"]
    assert info["requires_python"] == ">=3.8"
    assert info["project_urls"] == {"Source": "https://example.org/six"}
    assert info["classifiers"] == ["Framework :: Pyramid"]
    assert info["provides_extra"] == ["fast"]
    assert info["home_page"] == "https://example.org"
    assert info["description"].strip() == "# Six"
    assert info["package_url"] == "http://localhost:6543/six/"
    assert info["release_url"] == "http://localhost:6543/six/1.0/"
    assert info["downloads"] == {"last_day": -1, "last_month": -1, "last_week": -1}


def test_documentation_of_a_release_is_told(six, wsgi):
    assert read(six)["info"]["docs_url"] is None
    fields = [(":action", "doc_upload"), ("name", "six"), ("version", "0.9")]
    archive = ("docs.zip", zipped({"index.html": b"<p>six</p>"}))
    send(six, requests_upload([*fields, ("content", archive)]))

    url = read(six)["info"]["docs_url"]

    assert url == "http://localhost:6543/docs/six/"
    assert ask(six, url.removeprefix("http://localhost:6543"), HTTP_ACCEPT=BROWSER).status_int < 400


def test_c71_file_urls_are_whole_and_begin_with_packages(six):
    for root in ("/", "/+incubator/"):
        for file in read(six, f"{root}pypi/six/json")["urls"]:
            path = file["url"].removeprefix("http://localhost:6543")
            assert path == f"/packages/stable/six/{file['filename']}"
            assert len(six.get(path).body) == file["size"]
            assert bool(file["core-metadata"]) == path.endswith(".whl")
            six.get(f"{path}.metadata", status=200 if file["core-metadata"] else 404)


@pytest.mark.parametrize("rest", ["json", "json/", "1.0/json"])
@pytest.mark.parametrize("spelt", ["Six", "SIX"])
def test_j1_another_spelling_is_redirected(six, spelt, rest):
    for root in ("/", "/+incubator/"):
        answer = ask(six, f"{root}pypi/{spelt}/{rest}")

        assert answer.status_int == 301
        assert answer.headers["Location"] == f"{root}pypi/six/{rest.rstrip('/')}"


@pytest.mark.parametrize("path", ["nothing/json", "six/9.9/json", "nothing/1.0/json"])
def test_j1_what_is_not_here_is_404_as_json(six, path):
    answer = ask(six, f"/pypi/{path}")

    assert answer.status_int == 404
    assert answer.content_type == "application/json"
    assert list(answer.json) == ["message"]


@pytest.mark.parametrize("path", ["+x/json", "six/1.0/x/json", "six/json/json", "a%0ab/json"])
def test_other_addresses_are_404(six, path):
    assert ask(six, f"/pypi/{path}").status_int == 404


@pytest.mark.parametrize(
    ("versions", "yanked", "latest"),
    [
        (["1.0", "1.10", "1.9"], [], "1.10"),
        (["1.0", "2.0rc1"], [], "1.0"),
        (["1.0", "2.0"], ["2.0"], "1.0"),
        (["1.0rc1", "2.0"], ["2.0"], "1.0rc1"),
        (["1.0", "2.0"], ["1.0", "2.0"], "2.0"),
        (["1.0rc1", "1.0rc2"], [], "1.0rc2"),
    ],
    ids=["highest", "final", "not yanked", "not yanked before final", "all yanked", "pre-releases"],
)
def test_j2_the_latest_release(app, wsgi, versions, yanked, latest):
    for version in versions:
        name, content = wheel("six", version)
        publish(app, (name, content))
        if version in yanked:
            yank(wsgi, "six", name, "broken")

    info = read(app)["info"]

    assert info["version"] == latest
    assert info["yanked"] is (latest in yanked)
    assert info["yanked_reason"] == ("broken" if latest in yanked else None)


def test_a_release_without_files_has_none(app):
    publish(app, wheel("six", "1.0"))
    register(app, "six", "2.0")
    register(app, "bare", "1.10")

    assert read(app)["info"]["version"] == "1.0"
    assert read(app)["releases"]["2.0"] == []
    bare = read(app, "/pypi/bare/json")
    assert (bare["info"]["version"], bare["releases"], bare["urls"]) == ("1.10", {"1.10": []}, [])


def test_a_quarantined_project_has_no_files(six, wsgi):
    mark(wsgi, "six", "quarantined")

    said = read(six)

    assert said["urls"] == []
    assert said["releases"] == {"0.9": [], "1.0": []}
    assert said["info"]["version"] == "1.0"


def test_j3_headers(six):
    answer = six.get("/pypi/six/json")

    assert answer.content_type == "application/json"
    assert answer.headers["X-PyPI-Last-Serial"] == str(answer.json["last_serial"])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = six.get("/pypi/six/json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_int == 304
    assert again.headers["X-PyPI-Last-Serial"] == answer.headers["X-PyPI-Last-Serial"]
    assert six.head("/pypi/six/json").headers["ETag"] == answer.headers["ETag"]


def test_scripts_of_other_sites_may_not_read_what_is_not_public(six, wsgi):
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    answer = six.get("/pypi/six/json", headers=basic("ada"))

    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("private")
    assert ask(six, "/pypi/six/json").status_int == 401


def test_the_owners_are_told(six, wsgi):
    with index(wsgi) as it:
        it.project("six").owners = ("ada", "bob")

    roles = [{"role": "Owner", "user": user} for user in ("ada", "bob")]
    assert read(six)["ownership"] == {"roles": roles, "organization": None}


@pytest.mark.parametrize("followed", [True, False])
def test_c72_the_serial_is_that_of_the_last_change(six, wsgi, followed):
    with site(wsgi) as it:
        stable = it.indexes["stable"]
        before = serials.of_project(it, stable, "six")
        assert before == serials.last(stable)
    assert read(six)["last_serial"] == before

    publish(six, wheel("other", "1.0"))
    if followed:
        wsgi.registry.background.run_once()
    assert read(six)["last_serial"] == before
    publish(six, wheel("six", "1.1"))

    after = read(six)["last_serial"]
    listed = six.get("/simple", headers={"Accept": "application/vnd.pypi.simple.v1+json"}).follow(
        headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    assert after > before
    assert {it["name"]: it["_last-serial"] for it in listed.json["projects"]}["six"] == after
    assert listed.json["meta"]["_last-serial"] == after
    assert listed.headers["X-PyPI-Last-Serial"] == str(after)


def test_an_inherited_project_has_the_serial_of_its_index(six, wsgi):
    publish(six, wheel("own", "1.0"), root="/+incubator/")
    own = read(six, "/+incubator/pypi/own/json")["last_serial"]

    said = six.get(
        "/+incubator/simple/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    ).json

    known = {it["name"]: it["_last-serial"] for it in said["projects"]}
    assert known == {"own": own, "six": read(six)["last_serial"]}
    assert read(six, "/+incubator/pypi/six/json")["last_serial"] == known["six"]


def test_a_project_in_two_indexes_has_the_serial_of_the_one_that_is_shown(six):
    publish(six, wheel("six", "1.1.dev1"), root="/+incubator/")
    register(six, "bare", root="/+incubator/")
    publish(six, wheel("bare", "1.0"))

    said = six.get(
        "/+incubator/simple/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    ).json

    known = {it["name"]: it["_last-serial"] for it in said["projects"]}
    for name in ("six", "bare"):
        assert read(six, f"/+incubator/pypi/{name}/json")["last_serial"] == known[name]
    assert known["bare"] == read(six, "/pypi/bare/json")["last_serial"]


def fill(wsgi, versions):
    with index(wsgi) as it:
        project = it.project("six")
        first = next(iter(project.release("1.0").files.values()))
        for number in versions:
            release = project.add_release(Metadata("six", f"{number}.1"), by="", now=float(number))
            name = f"six-{number}.1-py3-none-any.whl"
            file = File(name, "bdist_wheel", "py3", first.artifact, by="", now=float(number))
            it.put(project, release, file, file.link(release.version, ">=3.9", "0" * 64))


class Loads:
    def __init__(self):
        self.objects = 0

    def closedConnection(self, connection):
        loads, _stores = connection.getTransferCounts(True)
        self.objects += loads


def loads(app, wsgi, address):
    database = wsgi.registry.database
    database.cacheMinimize()
    monitor = Loads()
    database.setActivityMonitor(monitor)
    app.get(address)
    return monitor.objects


def test_five_thousand_releases_are_told_from_their_links(six, wsgi):
    fill(wsgi, range(2, 5002))
    wsgi.registry.background.run_once()

    assert loads(six, wsgi, "/pypi/six/json") < 700
    assert loads(six, wsgi, "/pypi/six/json") < 40

    said = read(six)
    assert len(said["releases"]) == 5002
    [whole] = said["urls"]
    check(whole, FILE)
    [file] = said["releases"]["5001.1"]
    check(file, {**FILE, "md5_digest": type(None)})
    assert file == {
        **whole,
        "digests": {"sha256": whole["digests"]["sha256"]},
        "md5_digest": None,
    }


def test_a_post_there_is_no_upload(six):
    answer = send(six, requests_upload(fields_of(*wheel("six", "3.0"))), "/pypi/six/json")

    assert answer.status_int == 405
