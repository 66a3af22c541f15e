"""The JSON form of the Simple API (spec/index-api.md 2.4, 2.6, 2.7)."""

import re

import pytest

from mypi.model import Link
from tests.factories import sdist, wheel
from tests.inside import index
from tests.reading import JSON, anchors, ask, follow, mark, publish, publish_signed, register, yank
from tests.wire import digest

SIX, SIX_WHEEL = wheel("six", "1.0", requires_python=">=3.8,<4")
PAGES = ["/", "/simple/", "/simple/six/", "/six/", "/six/1.0/", "/+incubator/six/"]


def read(app, address="/simple/six/"):
    return app.get(address, headers={"Accept": JSON}).json


def file_of(app, filename=SIX):
    [file] = [file for file in read(app)["files"] if file["filename"] == filename]
    return file


@pytest.mark.parametrize("page", PAGES)
def test_s50_a_page_is_one_object_that_says_its_version(app, page):
    publish(app, (SIX, SIX_WHEEL))

    answer = app.get(page, headers={"Accept": JSON})

    assert answer.content_type == JSON
    assert answer.json["meta"]["api-version"] == "1.4"
    answer.body.decode("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_s50_keys_of_rejected_or_unfinished_standards_are_absent(app, page):
    publish(app, (SIX, SIX_WHEEL))

    answer = read(app, page)

    assert {"namespaces", "alternate-locations", "tracks"}.isdisjoint({*answer, *answer["meta"]})


def test_s51_the_list_names_each_project_once(app):
    publish(app, wheel("six", "1.0"), wheel("Six", "2.0"), wheel("Foo.Bar", "1.0"))
    register(app, "empty")

    names = [project["name"] for project in read(app, "/simple/")["projects"]]

    assert names == ["empty", "foo-bar", "six"]


def test_s51_an_empty_index_lists_nothing(app):
    assert read(app, "/simple/")["projects"] == []


def test_the_name_of_a_project_is_in_its_normal_form(app):
    publish(app, wheel("Foo.Bar", "1.0"))

    assert read(app, "/simple/foo-bar/")["name"] == "foo-bar"


def test_versions_are_unique_and_hold_that_of_every_file(app):
    publish(app, (SIX, SIX_WHEEL), sdist("six", "1.0"), wheel("six", "2.0rc1"))

    versions = read(app)["versions"]

    assert sorted(versions) == ["1.0", "2.0rc1"]


def test_versions_spelled_differently_are_one(app):
    publish(app, wheel("six", "1.0"), sdist("six", "1.0.0"))

    answer = read(app)

    assert len(answer["files"]) == 2
    assert len(answer["versions"]) == 1


def test_a_file_says_all_that_an_installer_needs(app):
    publish(app, (SIX, SIX_WHEEL))

    file = file_of(app)

    assert file["size"] == len(SIX_WHEEL)
    assert {part.strip() for part in file["requires-python"].split(",")} == {">=3.8", "<4"}
    assert file["yanked"] is False
    assert follow(app, "/simple/six/", file["url"]).body == SIX_WHEEL


def test_what_a_file_does_not_have_is_left_out(app):
    publish(app, sdist("six", "1.0", metadata_version="1.1"))

    file = file_of(app, "six-1.0.tar.gz")

    assert {"requires-python", "core-metadata", "gpg-sig", "provenance"}.isdisjoint(file)


def test_s52_and_s53_the_only_hash_is_the_sha256(app):
    publish(app, (SIX, SIX_WHEEL))

    assert file_of(app)["hashes"] == {"sha256": digest("sha256", SIX_WHEEL)}


def test_s54_and_s55_the_upload_time_is_utc_with_microseconds_and_z(app):
    publish(app, (SIX, SIX_WHEEL))

    written = file_of(app)["upload-time"]

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", written)


def test_s56_the_file_name_is_the_last_part_of_the_address(app):
    publish(app, (SIX, SIX_WHEEL), wheel("six", "1.0+local.1"))

    for file in read(app)["files"]:
        assert file["url"].rpartition("/")[2].replace("%2B", "+") == file["filename"]


def test_s60_metadata_is_announced_with_its_hash_under_the_new_name_alone(app):
    """pip 22.3 and 23.0 crash on ``dist-info-metadata`` in JSON (PEP 714)."""
    publish(app, (SIX, SIX_WHEEL))

    file = file_of(app)

    raw = follow(app, "/simple/six/", file["url"] + ".metadata").body
    assert file["core-metadata"] == {"sha256": digest("sha256", raw)}
    assert {"dist-info-metadata", "data-dist-info-metadata"}.isdisjoint(file)


def test_signatures_are_told_of_every_file_once_there_is_one(app):
    publish(app, (SIX, SIX_WHEEL))
    publish_signed(app, sdist("six", "1.0"), b"-----BEGIN PGP SIGNATURE-----\n")

    assert {file["filename"]: file["gpg-sig"] for file in read(app)["files"]} == {
        SIX: False,
        "six-1.0.tar.gz": True,
    }


@pytest.mark.parametrize(("reason", "told"), [("", True), ("broken <b>", "broken <b>")])
def test_s70_a_yanked_file_is_listed_with_its_mark(app, wsgi, reason, told):
    publish(app, (SIX, SIX_WHEEL))
    yank(wsgi, "six", SIX, reason)

    assert file_of(app)["yanked"] == told


@pytest.mark.parametrize("status", ["active", "archived", "deprecated"])
def test_the_status_of_a_project_is_told_and_its_files_are_offered(app, wsgi, status):
    publish(app, (SIX, SIX_WHEEL))
    mark(wsgi, "six", status, "see seven")

    answer = read(app)

    assert answer["project-status"] == {"status": status, "reason": "see seven"}
    assert len(answer["files"]) == 1
    assert ask(app, f"/packages/stable/six/{SIX}").body == SIX_WHEEL


def test_a_status_without_a_reason_gives_none(app):
    publish(app, (SIX, SIX_WHEEL))

    assert read(app)["project-status"] == {"status": "active"}


@pytest.mark.parametrize("suffix", ["", ".metadata"])
def test_a_quarantined_project_offers_no_files_and_refuses_their_addresses(app, wsgi, suffix):
    publish(app, (SIX, SIX_WHEEL))
    mark(wsgi, "six", "quarantined")

    answer = read(app)

    assert answer["project-status"] == {"status": "quarantined"}
    assert answer["files"] == []
    assert ask(app, f"/packages/stable/six/{SIX}{suffix}").status_int == 404
    assert ask(app, "/six/1.0/").status_int == 200
    assert anchors(ask(app, "/six/1.0/")) == []


@pytest.mark.parametrize("page", ["/simple/six/", "/six/", "/six/1.0/", "/+incubator/six/"])
def test_a_status_is_seen_by_the_next_reader(app, wsgi, page):
    publish(app, (SIX, SIX_WHEEL))
    before = app.get(page, headers={"Accept": JSON})
    mark(wsgi, "six", "quarantined")

    after = app.get(page, headers={"Accept": JSON, "If-None-Match": before.headers["ETag"]})

    assert after.status_int == 200
    assert after.json["files"] == []


# Serials (2.9)


@pytest.mark.parametrize("page", ["/simple/six/", "/six/", "/six/1.0/", "/+incubator/six/"])
@pytest.mark.parametrize("followed", [True, False])
def test_s90_a_page_tells_the_serial_of_the_projects_last_change(app, wsgi, page, followed):
    publish(app, (SIX, SIX_WHEEL))
    seen = []
    for version in ("2.0", "3.0"):
        publish(app, wheel("other", version), wheel("six", version))
        if followed:
            wsgi.registry.background.run_once()
        for _ in range(2):
            as_json = app.get(page, headers={"Accept": JSON})
            as_html = app.get(page, headers={"Accept": "text/html"})
            seen.append(as_json.json["meta"]["_last-serial"])
            assert as_json.headers["X-PyPI-Last-Serial"] == str(seen[-1])
            assert as_html.headers["X-PyPI-Last-Serial"] == str(seen[-1])
        assert seen[-1] == read(app, "/pypi/six/json")["last_serial"]

    assert seen[0] == seen[1] < seen[2] == seen[3]


def test_s90_no_serial_is_told_while_it_would_cost_much(app, wsgi, monkeypatch):
    monkeypatch.setattr("mypi.services.serials.MAX_TAIL", 1)
    publish(app, (SIX, SIX_WHEEL))
    before = app.get("/simple/six/", headers={"Accept": JSON})
    wsgi.registry.background.run_once()

    after = app.get("/simple/six/", headers={"Accept": JSON})

    assert "X-PyPI-Last-Serial" not in before.headers
    assert "_last-serial" not in before.json["meta"]
    assert after.json["meta"]["_last-serial"] == int(after.headers["X-PyPI-Last-Serial"])


# Provenance (PEP 740)


@pytest.fixture
def attested(app, wsgi):
    publish(app, (SIX, SIX_WHEEL), sdist("six", "1.0"))
    with index(wsgi) as it:
        held = it.projects["six"]
        held.links[SIX] = tuple(Link(*held.links[SIX])._replace(attested=True))
        held.changes.change(1)
    return app


@pytest.mark.parametrize("root", ["/", "/+incubator/"])
@pytest.mark.parametrize("host", ["one.example", "two.example:8080"])
def test_s38_a_file_with_provenance_names_its_whole_url(attested, root, host):
    url = f"http://{host}{root}integrity/six/1.0/{SIX}/provenance"

    for _ in range(2):
        page = attested.get(f"{root}simple/six/", headers={"Accept": JSON, "Host": host}).json
        told = {file["filename"]: file.get("provenance") for file in page["files"]}
        assert told == {SIX: url, sdist("six", "1.0")[0]: None}

    page = attested.get(f"{root}simple/six/", headers={"Accept": "text/html", "Host": host})
    [link] = [it for it in anchors(page) if it.text == SIX]
    assert link.attributes["data-provenance"] == url
    assert page.text.count("data-provenance") == 1


def test_a_page_without_provenance_is_the_same_for_every_host(app):
    publish(app, (SIX, SIX_WHEEL))

    tags = {
        app.get("/simple/six/", headers={"Accept": JSON, "Host": host}).headers["ETag"]
        for host in ("one.example", "two.example")
    }

    assert len(tags) == 1
