"""Uploads byte for byte as each client sends them, and what a form may say how (U-2 to U-16)."""

from functools import partial

import pytest

from tests.factories import egg, sdist, wheel
from tests.inside import files, send
from tests.wire import (
    Fields,
    changed,
    digest,
    fields_of,
    legacy_upload,
    register,
    requests_upload,
    uv_publish,
)

NAME, WHEEL = wheel("six", "1.0")
SHA256 = digest("sha256", WHEEL)
minimal = partial(changed, fields_of(NAME, WHEEL))


def test_setup_py_upload_of_python_2_7_sends_the_file_before_everything_else(app):
    name, content = sdist("My.Old_Pkg", "1.0")
    fields: Fields = [
        ("content", (name, content)),
        ("license", "UNKNOWN"),
        ("summary", "Größe"),
        ("author", "UNKNOWN"),
        ("metadata_version", "1.0"),
        ("home_page", "UNKNOWN"),
        ("filetype", "sdist"),
        ("comment", ""),
        (":action", "file_upload"),
        ("md5_digest", digest("md5", content)),
        ("pyversion", ""),
        ("platform", "UNKNOWN"),
        ("version", "1.0"),
        ("keywords", ""),
        ("protcol_version", "1"),
        ("name", "My.Old_Pkg"),
        ("classifiers", "Programming Language :: Python :: 2"),
        ("classifiers", "Topic :: Utilities"),
        ("download_url", "UNKNOWN"),
        ("description", "UNKNOWN"),
    ]

    answer = send(app, legacy_upload(fields, "2.7"))

    assert answer.status_int == 200
    assert files(app, "my-old-pkg") == {name: digest("sha256", content)}


@pytest.mark.parametrize(
    ("python", "kinds"),
    [("3.6", ["md5"]), ("3.8", ["md5"]), ("3.11", ["md5", "sha256", "blake2_256"])],
)
def test_setup_py_upload_of_python_3_sends_most_metadata_after_the_file(app, python, kinds):
    fields: Fields = [
        (":action", "file_upload"),
        ("protocol_version", "1"),
        ("name", "six"),
        ("version", "1.0"),
        ("content", (NAME, WHEEL)),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        *[(f"{kind}_digest", digest(kind, WHEEL)) for kind in kinds],
        ("metadata_version", "1.1"),
        ("summary", "UNKNOWN"),
        ("keywords", "one"),
        ("keywords", "two"),
        ("platform", "UNKNOWN"),
        ("requires", ""),
        ("comment", ""),
    ]

    answer = send(app, legacy_upload(fields, python))

    assert answer.status_int == 200
    assert files(app, "six") == {NAME: SHA256}


def test_setup_py_upload_of_an_egg_names_its_python(app):
    name, content = egg("six", "1.0")
    fields = fields_of(name, content, name="six", version="1.0", filetype="bdist_egg")

    answer = send(app, legacy_upload([("pyversion", "2.7"), *fields], "2.7"))

    assert answer.status_int == 200
    assert list(files(app, "six")) == [name]


def test_twine_1_sends_empty_fields_and_all_digests(app):
    empty = ("summary", "home_page", "author", "license", "keywords", "requires_python", "comment")
    fields = [
        *[(name, "") for name in empty],
        *fields_of(
            NAME,
            WHEEL,
            name="six",
            version="1.0",
            metadata_version="2.1",
            filetype="bdist_wheel",
            pyversion="py3",
            md5_digest=digest("md5", WHEEL),
            blake2_256_digest=digest("blake2_256", WHEEL),
        ),
    ]

    answer = send(app, requests_upload(fields, agent="twine/1.15.0 pkginfo/1.5 CPython/2.7.18"))

    assert answer.status_int == 200
    assert files(app, "six") == {NAME: SHA256}


def test_twine_7_sends_no_md5(app):
    fields = minimal(
        ("metadata_version", "2.4"),
        ("name", "six"),
        ("version", "1.0"),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        ("requires_dist", "a>=1"),
        ("requires_dist", "b; python_version < '3.9'"),
        ("project_urls", "Source, https://example.org/six"),
        ("dynamic", "license-file"),
        ("license_file", "LICENSE"),
        ("keywords", "one, two"),
        ("blake2_256_digest", digest("blake2_256", WHEEL)),
    )

    answer = send(app, requests_upload(fields))

    assert answer.status_int == 200
    assert files(app, "six") == {NAME: SHA256}


def test_uv_asks_for_json_and_gets_text_on_success(app):
    fields = minimal(("name", "six"), ("version", "1.0"), ("requires_python", ""))

    answer = send(app, uv_publish(fields))

    assert answer.status_int == 200
    assert "Published" in answer.text


def test_flit_sends_an_sdist_without_pyversion_and_parts_without_types(app):
    name, content = sdist("six", "1.0")
    fields = [
        ("name", "six"),
        ("version", "1.0"),
        ("provides", "six"),
        ("provides", "six.moves"),
        ("filetype", "sdist"),
        ("md5_digest", digest("md5", content)),
        *fields_of(name, content),
    ]

    answer = send(app, requests_upload(fields, agent="python-requests/2.32", file_type=""))

    assert answer.status_int == 200
    assert list(files(app, "six")) == [name]


def test_a_bare_lf_upload_stores_the_bytes_unchanged(app, wsgi):
    # No released tool sends archives so, but the parser is one for all actions.
    answer = send(app, register(minimal()))

    assert answer.status_int == 200
    assert files(app, "six") == {NAME: SHA256}
