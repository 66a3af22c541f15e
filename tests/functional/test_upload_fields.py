"""What the fields of an upload form may say, and how (U-2 to U-16)."""

from functools import partial
from zipfile import ZIP_STORED

import pytest

from tests.factories import sdist, sdist_files, wheel, wheel_files, zipped
from tests.inside import actions, files, index, send
from tests.wire import changed, digest, fields_of, requests_upload

NAME, WHEEL = wheel("six", "1.0")
SHA256 = digest("sha256", WHEEL)
minimal = partial(changed, fields_of(NAME, WHEEL))


def test_u2_the_action_may_stand_in_the_query_string(app):
    body = requests_upload(minimal(without=(":action",)))

    answer = send(app, body, "/?:action=file_upload")

    assert answer.status_int == 200
    assert list(files(app, "six")) == [NAME]


def test_u2_the_action_may_be_the_last_field(app):
    fields = [*minimal(without=(":action",)), (":action", "file_upload")]

    assert send(app, requests_upload(fields)).status_int == 200


@pytest.mark.parametrize("field", ["protcol_version", "protocol_version", "nothing"])
def test_u3_protocol_version_is_1_or_absent(app, field):
    body = requests_upload(minimal((field, "1"), without=("protocol_version",)))

    assert send(app, body).status_int == 200


@pytest.mark.parametrize(
    "login",
    ["Basic Og==", "Basic YTpi", "Bearer t", "Basic", "Basic %%%", "Basic w7w=", "x" * 5000],
)
def test_u5_any_login_is_taken_and_ignored(app, login):
    assert send(app, requests_upload(minimal()), Authorization=login).status_int == 200


def test_u5_no_login_is_needed(app):
    body, headers = requests_upload(minimal())
    del headers["Authorization"]

    assert send(app, (body, headers)).status_int == 200


def test_u9_unknown_and_empty_values_are_absent(app, wsgi):
    name, content = sdist("six", "1.0")
    fields = [("author", "UNKNOWN"), ("home_page", " UNKNOWN "), *fields_of(name, content)]

    send(app, requests_upload([*fields, ("maintainer", "")]))

    with index(wsgi) as it:
        said = it.project("six").release("1.0").fields
        assert "UNKNOWN" not in str(said)
        assert "maintainer" not in said


def test_u10_a_body_without_length_is_read_to_its_end(wsgi, app):
    body, headers = requests_upload(minimal())
    request = app.RequestClass.blank("/", method="POST", headers=headers)
    request.body = body
    del request.environ["CONTENT_LENGTH"]
    request.environ["wsgi.input_terminated"] = True

    assert request.get_response(wsgi).status_int == 200
    assert files(app, "six") == {NAME: SHA256}


@pytest.mark.parametrize("kind", ["md5", "sha256", "blake2_256"])
def test_u12_one_digest_of_any_kind_in_any_case_is_enough(app, kind):
    sent = (f"{kind}_digest", digest(kind, WHEEL).upper())

    assert send(app, requests_upload(minimal(sent, without=("sha256_digest",)))).status_int == 200


def test_u12_no_digest_is_needed(app):
    # PyPI wants one; requiring it would shut out nobody's mistake, and curl.
    assert send(app, requests_upload(minimal(without=("sha256_digest",)))).status_int == 200


@pytest.mark.parametrize(
    "sent", [["alpha, beta"], ["alpha", "beta"], ["alpha beta"], ["alpha,beta", "UNKNOWN"]]
)
def test_u14_keywords_come_as_one_field_or_as_many(app, wsgi, sent):
    name, content = sdist("six", "1.0")

    answer = send(
        app, requests_upload([*[("keywords", it) for it in sent], *fields_of(name, content)])
    )

    assert answer.status_int == 200
    with index(wsgi) as it:
        assert it.project("six").release("1.0").fields["keywords"] == ["alpha", "beta"]


def test_u15_three_spellings_of_a_name_are_one_project(app, wsgi):
    sent = [wheel("My.Pkg", "1.0"), sdist("my-pkg", "1.0"), sdist("my_pkg", "1.1")]
    for (name, content), spelling in zip(sent, ["My.Pkg", "MY-pkg", "my_Pkg"], strict=True):
        answer = send(app, requests_upload(fields_of(name, content, name=spelling)))
        assert answer.status_int == 200

    assert list(files(app, "my-pkg")) == sorted(name for name, _content in sent)
    with index(wsgi) as it:
        assert list(it.projects) == ["my-pkg"]
        assert it.count() == 1


def test_u15_the_display_name_is_the_one_the_archive_gives(app, wsgi):
    name, content = wheel("My.Pkg", "1.0")

    send(app, requests_upload(fields_of(name, content, name="my-pkg")))

    with index(wsgi) as it:
        assert it.project("my-pkg").name == "My.Pkg"


@pytest.mark.parametrize("spelling", ["1.0", "1.0.0", "v1.0", " 1.0 ", "1"])
def test_n5_a_form_may_spell_the_version_in_any_way(app, wsgi, spelling):
    assert send(app, requests_upload(minimal(("version", spelling)))).status_int == 200

    with index(wsgi) as it:
        assert [release.version for release in it.project("six").releases.values()] == ["1.0"]


def test_n5_two_spellings_in_two_files_are_one_release(app, wsgi):
    for name, content in (wheel("six", "1.0"), sdist("six", "1.0.0")):
        assert send(app, requests_upload(fields_of(name, content))).status_int == 200

    with index(wsgi) as it:
        assert len(it.project("six").releases) == 1
        assert len(it.project("six").release("1").files) == 2
    assert actions(wsgi).count("new release") == 1


@pytest.mark.parametrize("version", ["1.0", "1.0.0"])
def test_u27_a_second_sdist_of_a_release_is_refused_in_whatever_spelling(app, version):
    first, content = sdist("my-pkg", "1.0")
    _name, other = sdist("my-pkg", version, summary="Other")
    assert send(app, requests_upload(fields_of(first, content))).status_int == 200

    answer = send(app, requests_upload(fields_of(f"My.Pkg-{version}.tar.gz", other)))

    assert answer.status.startswith("400 Only one sdist may be uploaded per release: my_pkg-1.0")
    assert list(files(app, "my-pkg")) == [first]


def test_u27_setup_py_may_send_two_formats_of_one_sdist(app):
    name, content = sdist("six", "1.0")
    zipfile = zipped(sdist_files("six", "1.0"))
    for sent in ((name, content), (name.replace(".tar.gz", ".zip"), zipfile)):
        assert send(app, requests_upload(fields_of(*sent))).status_int == 200

    assert len(files(app, "six")) == 2


def test_description_is_utf_8(app, wsgi):
    name, content = sdist("six", "1.0")

    send(app, requests_upload([("description", "Grüße, 世界 🎉"), *fields_of(name, content)]))

    with index(wsgi) as it:
        assert "Grüße, 世界 🎉" in it.project("six").release("1.0").description.text


def test_a_signature_is_kept_and_served_beside_its_file(app):
    signature = b"-----BEGIN PGP SIGNATURE-----\n\xff\x00\n"
    part = ("gpg_signature", (NAME + ".asc", signature))

    send(app, requests_upload(minimal(part)))

    served = app.get(f"/packages/stable/six/{NAME}.asc")
    assert served.body == signature
    page = app.get("/simple/six/", headers={"Accept": "text/html"})
    assert 'data-gpg-sig="true"' in page.text


def test_a_comment_is_kept(app, wsgi):
    send(app, requests_upload(minimal(("comment", "built by hand"))))

    with index(wsgi) as it:
        assert it.project("six").file(NAME).comment == "built by hand"


def test_a_field_that_comes_twice_with_the_same_value_is_fine(app):
    assert send(app, requests_upload(minimal(("name", "six"), ("name", "six")))).status_int == 200


def test_a_file_that_almost_holds_the_delimiter_is_not_cut(app):
    boundary = "0123456789abcdef"
    almost = f"\r\n--{boundary[:-1]}\r\n--{boundary[:-1]}--\r\n--".encode()
    stored = zipped(wheel_files("six", "1.0", files={"almost.bin": almost}), compression=ZIP_STORED)

    answer = send(app, requests_upload(fields_of(NAME, stored), boundary))

    assert answer.status_int == 200
    assert almost in stored
    assert files(app, "six") == {NAME: digest("sha256", stored)}
