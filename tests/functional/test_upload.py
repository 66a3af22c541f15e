"""An upload, from the form to what the next reader sees (specification, 15.4)."""

import threading

import pytest
from webtest import TestApp

from mypi import make_app
from tests.factories import egg, metadata, sdist, wheel
from tests.inside import JSON, actions, blobs, database, files, index, send, state
from tests.wire import digest, fields_of, requests_upload

NAME, WHEEL = wheel("six", "1.0", requires_python=">=3.9")
FORM = requests_upload(fields_of(NAME, WHEEL, name="six", version="1.0"))


def test_u32_success_is_exactly_200(app):
    answer = send(app, FORM)

    assert answer.status == "200 OK"
    assert answer.text == f"Published {NAME} in stable.\n"


def test_an_upload_is_listed_and_served_at_once(app):
    assert app.get("/simple/six/", expect_errors=True).status_int == 404

    send(app, FORM)

    assert '<a href="six/">' in app.get("/simple/").text
    page = app.get("/simple/six/", headers={"Accept": JSON}).json
    (file,) = page["files"]
    assert page["versions"] == ["1.0"]
    assert file["filename"] == NAME
    assert file["hashes"] == {"sha256": digest("sha256", WHEEL)}
    assert file["size"] == len(WHEEL)
    assert file["requires-python"] == ">=3.9"
    assert app.get("/simple/six/" + file["url"]).body == WHEEL


def test_the_next_reader_sees_it_on_whichever_connection(app, wsgi):
    send(app, FORM)
    app.get("/simple/six/")

    with index(wsgi) as it:  # another connection than the one that has just read the page
        it.project("six").status = "quarantined"
        it.project("six").changes.change(1)

    assert app.get("/simple/six/", headers={"Accept": JSON}).json["files"] == []
    assert app.get(f"/packages/stable/six/{NAME}", expect_errors=True).status_int == 404


def test_metadata_of_a_wheel_is_served_byte_for_byte(app):
    send(app, FORM)

    served = app.get(f"/packages/stable/six/{NAME}.metadata")

    assert served.body == metadata("six", "1.0", requires_python=">=3.9")


@pytest.mark.on_files
def test_an_upload_leaves_nothing_in_the_spool_and_one_blob(app, data):
    send(app, FORM)

    assert blobs(data) == [WHEEL]
    assert not list((data / "blobs" / "tmp").iterdir())


def test_u24_the_same_upload_again_changes_nothing_not_even_the_serial(app, wsgi, data):
    send(app, FORM)
    before = state(wsgi, data)
    serial = app.get("/simple/").headers["X-PyPI-Last-Serial"]

    answer = send(app, FORM)

    assert answer.status == "200 OK"
    assert state(wsgi, data) == before
    assert app.get("/simple/").headers["X-PyPI-Last-Serial"] == serial


def test_files_of_every_kind_make_one_release(app, wsgi):
    sent = dict(
        [
            wheel("six", "1.0"),
            wheel("six", "1.0", build="1"),
            sdist("six", "1.0"),
            egg("six", "1.0"),
        ]
    )
    for name, content in sent.items():
        assert send(app, requests_upload(fields_of(name, content))).status_int == 200

    assert set(files(app, "six")) == set(sent)
    assert actions(wsgi)[:2] == ["create", "new release"]
    assert len(actions(wsgi)) == 2 + len(sent)


@pytest.mark.parametrize("kind", [sdist, egg, wheel])
def test_u41_local_versions_are_taken(app, kind):
    name, content = kind("six", "1.0+local.1")

    assert send(app, requests_upload(fields_of(name, content))).status_int == 200
    served = app.get("/simple/six/", headers={"Accept": JSON}).json["files"][0]
    assert app.get("/simple/six/" + served["url"]).body == content


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"])
def test_u40_every_metadata_version_is_taken(app, version):
    name, content = wheel("six", "1.0", metadata_version=version)

    assert send(app, requests_upload(fields_of(name, content))).status_int == 200


def test_the_journal_says_with_which_client_from_where(app, wsgi):
    send(app, FORM, **{"User-Agent": "twine/7.0.0"})

    with index(wsgi) as it:
        ((_serial, entry),) = list(it.journal.since(2))
    assert entry.client == "twine/7.0.0"
    assert (entry.project, entry.version, entry.filename) == ("six", "1.0", NAME)


def test_what_is_only_in_the_stable_index_is_seen_from_the_incubator(app):
    send(app, FORM)

    assert list(files(app, "six", "/+incubator/")) == [NAME]


def test_the_same_name_in_two_indexes_is_two_files(app, data):
    send(app, FORM)
    other = wheel("six", "1.0", summary="Other")

    answer = send(app, requests_upload(fields_of(*other)), "/+incubator/")

    assert answer.status_int == 200
    assert files(app, "six") == {NAME: digest("sha256", WHEEL)}
    assert files(app, "six", "/+incubator/") == {NAME: digest("sha256", other[1])}


@pytest.mark.on_files
def test_eight_uploads_at_once_are_all_stored(app, wsgi, data):
    sent = [wheel("six", f"1.{number}") for number in range(8)]
    answers: list[int] = []

    def upload(archive: tuple[str, bytes]) -> None:
        answers.append(send(app, requests_upload(fields_of(*archive))).status_int)

    threads = [threading.Thread(target=upload, args=(archive,)) for archive in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stored = {name for name, _content in sent} & set(files(app, "six"))
    assert answers == [200] * 8
    assert len(stored) == len(blobs(data)) == 8
    assert not list((data / "blobs" / "tmp").iterdir())


def test_a_restart_finds_what_was_uploaded(app, wsgi, settings):
    send(app, FORM)
    database(wsgi).close()

    again = make_app(settings)
    try:
        assert TestApp(again).get(f"/packages/stable/six/{NAME}").body == WHEEL
    finally:
        database(again).close()
