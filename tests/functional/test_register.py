"""``setup.py register``, ``register -n`` and the other old actions (U-45)."""

import pytest

from tests.factories import metadata, wheel
from tests.inside import actions, files, index, send, state
from tests.wire import Body, Fields, fields_of, register, requests_upload

FORM_3: Fields = [
    (":action", "submit"),
    ("metadata_version", "1.1"),
    ("name", "My.Pkg"),
    ("version", "1.0"),
    ("summary", "A thing"),
    ("home_page", "UNKNOWN"),
    ("author", "Jörg Größe"),
    ("author_email", "UNKNOWN"),
    ("license", "MIT"),
    ("description", "Several\n\nlines\n"),
    ("keywords", "one"),
    ("keywords", "two"),
    ("platform", "UNKNOWN"),
    ("classifiers", "Topic :: Utilities"),
    ("classifiers", "Programming Language :: Python :: 2"),
    ("download_url", "UNKNOWN"),
    ("provides", ""),
]
FORM_27: Fields = [FORM_3[8], *FORM_3[:8], *FORM_3[9:]]
"""Python 2.7 sends the fields in its dict's order: the licence first."""
PKG_INFO = metadata("My.Pkg", "1.0.0", summary="A thing")


def changed(**fields: str) -> Fields:
    return [(name, fields.get(name.lstrip(":"), value)) for name, value in FORM_3]


def pkg_info(raw: bytes) -> Body:
    return requests_upload([(":action", "submit_pkg_info"), ("pkginfo", ("PKG-INFO", raw))])


@pytest.mark.parametrize(("form", "python"), [(FORM_27, "2.7"), (FORM_3, "3.6"), (FORM_3, "3.11")])
def test_u45_register_records_a_release_without_files(app, wsgi, form, python):
    answer = send(app, register(form, python))

    assert answer.status_int == 200
    with index(wsgi) as it:
        project = it.project("my-pkg")
        release = project.release("1.0")
        assert project.name == "My.Pkg"
        assert release.fields["summary"] == "A thing"
        assert release.fields["author"] == "Jörg Größe"
        assert release.fields["keywords"] == ["one", "two"]
        assert len(release.fields["classifiers"]) == 2
        assert "home_page" not in release.fields
        assert release.description.text.rstrip() == "Several\n\nlines"
    assert actions(wsgi) == ["create", "new release"]


def test_u4_register_needs_no_login_and_is_not_asked_for_one(app):
    answer = send(app, register(FORM_3))

    assert answer.status_int == 200
    assert "WWW-Authenticate" not in answer.headers


def test_register_by_twine_is_the_same_with_crlf(app):
    assert send(app, requests_upload(FORM_3)).status_int == 200


def test_register_as_an_urlencoded_form_is_taken(app, wsgi):
    answer = app.post("/", [(name, value) for name, value in FORM_3])

    assert answer.status_int == 200
    assert actions(wsgi) == ["create", "new release"]


@pytest.mark.parametrize("body", [b"%ff=1&:action=submit", b"x" * (4 * 2**20 + 1)])
def test_an_urlencoded_form_that_cannot_be_read_is_refused(app, wsgi, data, body):
    before = state(wsgi, data)

    answer = send(app, (body, {"Content-Type": "application/x-www-form-urlencoded"}))

    assert answer.status_int in (400, 413)
    assert state(wsgi, data) == before


def test_registering_again_replaces_what_was_said(app, wsgi):
    send(app, register(FORM_3))

    send(app, register(changed(summary="A better thing")))

    with index(wsgi) as it:
        assert it.project("my-pkg").release("1.0").fields["summary"] == "A better thing"
    assert actions(wsgi) == ["create", "new release", "update release"]


def test_registering_the_same_again_changes_nothing(app, wsgi, data):
    send(app, register(FORM_3))
    before = state(wsgi, data)

    assert send(app, register(FORM_3)).status_int == 200
    assert actions(wsgi) == ["create", "new release"]
    assert state(wsgi, data).files == before.files


def test_a_release_with_files_keeps_what_its_archive_says(app, wsgi):
    send(app, requests_upload(fields_of(*wheel("My.Pkg", "1.0", summary="From the archive"))))

    answer = send(app, register(FORM_3))

    assert answer.status_int == 200
    with index(wsgi) as it:
        assert it.project("my-pkg").release("1.0").fields["summary"] == "From the archive"


def test_a_file_after_register_says_what_the_release_is(app, wsgi):
    send(app, register(FORM_3))

    send(app, requests_upload(fields_of(*wheel("my_pkg", "1.0", summary="From the archive"))))

    with index(wsgi) as it:
        assert len(it.project("my-pkg").releases) == 1
        assert it.project("my-pkg").release("1.0").fields["summary"] == "From the archive"


def test_a_registered_name_is_no_file(app):
    send(app, register(FORM_3))

    assert files(app, "my-pkg") == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "-x"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "UNKNOWN"}, "name"),
        ({"version": "UNKNOWN"}, "version"),
        ({"version": "next"}, "version"),
        ({"version": "9" * 5000}, "version"),
        ({"metadata_version": "x"}, "Metadata-Version"),
        ({"summary": "s" * 3000}, "summary"),
    ],
)
@pytest.mark.parametrize("action", ["submit", "verify"])
def test_what_cannot_be_registered_is_refused_with_a_sentence(
    app, wsgi, data, fields, words, action
):
    before = state(wsgi, data)

    answer = send(app, register(changed(action=action, **fields)))

    assert answer.status_int == 400
    assert words in answer.status
    assert state(wsgi, data) == before


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_project_that_takes_no_uploads_takes_no_releases(app, wsgi, data, status):
    send(app, register(FORM_3))
    with index(wsgi) as it:
        it.project("my-pkg").status = status
    before = state(wsgi, data)

    assert send(app, register(changed(version="2.0"))).status_int == 403
    assert state(wsgi, data) == before


def test_u45_verify_says_that_all_is_fine_and_stores_nothing(app, wsgi, data):
    before = state(wsgi, data)

    answer = send(app, register(changed(action="verify")))

    assert answer.status_int == 200
    assert "My.Pkg 1.0" in answer.text
    assert state(wsgi, data) == before


def test_u45_submit_pkg_info_registers_what_the_file_says(app, wsgi, data):
    answer = send(app, pkg_info(PKG_INFO))

    assert answer.status_int == 200
    assert not list((data / "blobs" / "tmp").iterdir())
    with index(wsgi) as it:
        assert it.project("my-pkg").release("1").fields["summary"] == "A thing"


def test_n5_the_version_of_a_pkg_info_is_kept_in_its_canonical_spelling(app, wsgi):
    send(app, pkg_info(metadata("six", "v1.0-1")))

    with index(wsgi) as it:
        assert it.project("six").release("1.0.post1").version == "1.0.post1"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"Name: six\n",
        b"Metadata-Version: 1.0\nName: \nVersion: 1\n",
        b"\xff",
        PKG_INFO[:30],
    ],
)
def test_u45_a_broken_pkg_info_is_refused(app, wsgi, data, raw):
    before = state(wsgi, data)

    assert send(app, pkg_info(raw)).status_int == 400
    assert state(wsgi, data) == before


def test_u45_a_huge_pkg_info_is_refused(app, wsgi, data):
    before = state(wsgi, data)

    assert send(app, pkg_info(PKG_INFO + b"x" * (8 * 2**20))).status_int == 413
    assert state(wsgi, data) == before


def test_u45_submit_pkg_info_without_its_file_is_refused(app):
    answer = send(app, requests_upload([(":action", "submit_pkg_info")]))

    assert answer.status_int == 400
    assert "PKG-INFO" in answer.status


@pytest.mark.parametrize("action", ["user", "password_reset"])
def test_an_account_is_not_needed(app, wsgi, data, action):
    before = state(wsgi, data)
    form = [
        (":action", action),
        ("name", "ada"),
        ("password", "x"),
        ("confirm", "x"),
        ("email", "a@b"),
    ]

    answer = send(app, register(form))

    assert answer.status_int == 400
    assert "no account is needed" in answer.status
    assert state(wsgi, data) == before


def test_list_classifiers_by_post_is_refused_with_a_sentence(app):
    answer = send(app, register([(":action", "list_classifiers")]))

    assert answer.status_int == 400
    assert "list_classifiers" in answer.status
