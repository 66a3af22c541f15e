"""``setup.py upload_docs``: a zip of pages, kept with the project or with one release (U-45)."""

import random
import zipfile

import pytest

from tests.factories import wheel, zipped
from tests.inside import actions, blobs, index, send, state
from tests.wire import (
    Fields,
    digest,
    fields_of,
    legacy_upload,
    register,
    requests_upload,
    upload_docs,
)

LINE_ENDS = b"\n\r\n\r\r\n\n--\r--------------GHSKFJDLGDS\n\n"
PAGES = {
    "index.html": b"<h1>six</h1>\n",
    "binary.bin": LINE_ENDS * 50 + random.Random(7).randbytes(3000) + LINE_ENDS,
}
DOCS = zipped(PAGES, compression=zipfile.ZIP_STORED)


@pytest.fixture
def six(app):
    """A project with the releases 1.0 and 2.0."""
    for version in ("1.0", "2.0"):
        send(app, requests_upload(fields_of(*wheel("six", version))))


def docs(content: bytes = DOCS, name: str = "six", **more: str) -> Fields:
    return [
        (":action", "doc_upload"),
        ("name", name),
        *more.items(),
        ("content", (f"{name}.zip", content)),
    ]


@pytest.mark.parametrize("client", [upload_docs, register, legacy_upload, requests_upload])
def test_the_archive_is_kept_byte_for_byte_whatever_the_line_ends(app, wsgi, data, six, client):
    answer = send(app, client(docs()))

    assert answer.status_int == 200
    assert DOCS in blobs(data)
    with index(wsgi) as it:
        kept = it.project("six").docs
        assert (kept.size, kept.sha256) == (len(DOCS), digest("sha256", DOCS))
    assert actions(wsgi)[-1] == "add docs"


def test_the_name_may_be_spelt_in_any_way(app, wsgi, six):
    assert send(app, upload_docs(docs(name="SIX"))).status_int == 200

    with index(wsgi) as it:
        assert it.project("six").docs is not None


def test_documentation_of_a_version_is_kept_with_that_release(app, wsgi, six):
    assert send(app, upload_docs(docs(version="1.0.0"))).status_int == 200

    with index(wsgi) as it:
        assert it.project("six").release("1.0").docs is not None
        assert it.project("six").release("2.0").docs is None
        assert it.project("six").docs is None


@pytest.mark.on_files
def test_new_documentation_replaces_the_old(app, wsgi, data, six):
    send(app, upload_docs(docs(zipped({"index.html": b"old"}))))

    send(app, upload_docs(docs()))

    with index(wsgi) as it:
        assert it.project("six").docs.sha256 == digest("sha256", DOCS)
    wsgi.registry._zodb_databases[""].pack()
    assert len(blobs(data)) == 3


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        (docs(name="seven"), 404, "seven"),
        (docs(version="9"), 404, "9"),
        (docs(version="9" * 5000), 400, "version"),
        (docs(version="next"), 400, "version"),
        (docs(name="-x"), 400, "name"),
        (docs()[:-1], 400, "no file"),
        (docs(b""), 400, "six.zip"),
        (docs(b"no zip archive"), 400, "six.zip"),
        (docs(DOCS[:-30]), 400, "six.zip"),
        (docs(zipped({"../../etc/passwd": b"x"})), 400, "six.zip"),
        (docs(zipped({"/etc/passwd": b"x"})), 400, "six.zip"),
        (docs(md5_digest="0" * 32), 400, "md5_digest"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    app, wsgi, data, six, form, status, words
):
    before = state(wsgi, data)

    answer = send(app, upload_docs(form))

    assert answer.status_int == status
    assert words in answer.status
    assert len(answer.body) < 1000
    assert state(wsgi, data) == before


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_project_that_takes_no_uploads_takes_no_documentation(app, wsgi, data, six, status):
    with index(wsgi) as it:
        it.project("six").status = status
    before = state(wsgi, data)

    assert send(app, upload_docs(docs())).status_int == 403
    assert state(wsgi, data) == before
