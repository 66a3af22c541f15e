"""What an upload writes does not depend on what is there already (decision 12)."""

from typing import Any, NamedTuple

import pytest
from webtest import TestApp

from mypi import make_app
from mypi.metadata import Metadata
from mypi.model.file import File
from mypi.model.index import Index
from mypi.model.project import Project
from tests.factories import wheel
from tests.inside import database, index, send
from tests.wire import fields_of, requests_upload

MOST_OBJECTS = 17
"""A new project writes: three buckets, three counters, project, release, description, three trees,
file, artifact, metadata, blob, journal."""
BUCKET = 30 * 250
"""Bytes of a bucket of links: 30 of them at most."""
JOURNAL_CHUNK = 200 * 250


class Written(NamedTuple):
    """Objects and bytes of one transaction."""

    objects: int
    size: int


def upload(app: Any, wsgi: Any, name: str, version: str, build: str = "") -> Written:
    before = database(wsgi).lastTransaction()
    content = wheel(name, version, build=build)

    assert send(app, requests_upload(fields_of(*content))).status_int == 200

    (written,) = records_since(wsgi, before)
    return Written(len(written), sum(written.values()))


def records_since(wsgi: Any, before: bytes) -> list[dict[bytes, int]]:
    """Object ids and sizes of what each transaction after ``before`` wrote."""
    return [
        {record.oid: len(record.data) for record in it}
        for it in database(wsgi).storage.iterator(before)
        if it.tid > before
    ]


def add_files(it: Index, project: Project, versions: range) -> None:
    """Many releases of one file each; all share the first one's bytes."""
    first = next(iter(project.release("1.0").files.values()))
    for number in versions:
        release = project.add_release(
            Metadata(project.name, f"{number}.0"), by="", now=float(number)
        )
        name = f"{project.name}-{number}.0-py3-none-any.whl"
        file = File(name, "bdist_wheel", "py3", first.artifact, by="", now=float(number))
        project.put(release, file, file.link(release.version, ">=3.9", "0" * 64))


@pytest.fixture
def full(app, wsgi):
    """An index of 500 projects; one of them, big, has 500 files."""
    upload(app, wsgi, "big", "1.0")
    with index(wsgi) as it:
        add_files(it, it.project("big"), range(2, 501))
        first = it.project("big").release("1.0")
        for number in range(500):
            project = it.project_or_new(f"p{number:03}")
            release = project.add_release(Metadata(project.name, "1.0"), by="", now=1.0)
            for file in first.files.values():
                project.put(release, file, file.link("1.0", "", ""))


UPLOADS = {
    "a new project": ("new", "1.0", ""),
    "a new release": ("big", "250.5", ""),
    "a new file of a release": ("big", "1.0", "7"),
}


@pytest.mark.on_files
@pytest.mark.parametrize("what", UPLOADS)
def test_an_upload_writes_as_much_into_a_full_index_as_into_an_empty_one(
    app, wsgi, full, what, tmp_path_factory, settings
):
    folder = tmp_path_factory.mktemp("empty")
    empty_wsgi = make_app({**settings, "zodbconn.uri": f"file://{folder}/Data.fs"})
    try:
        empty_app = TestApp(empty_wsgi)
        upload(empty_app, empty_wsgi, "big", "1.0")
        in_empty = upload(empty_app, empty_wsgi, *UPLOADS[what])
    finally:
        database(empty_wsgi).close()

    in_full = upload(app, wsgi, *UPLOADS[what])

    assert in_empty.objects <= MOST_OBJECTS
    assert in_full.objects <= in_empty.objects + 2  # a bucket may have to be split
    assert in_full.size <= in_empty.size + 2 * BUCKET


@pytest.mark.on_files
def test_a_hundred_uploads_to_one_project_cost_the_same_each(app, wsgi):
    costs = [upload(app, wsgi, "six", f"1.{number}") for number in range(100)]

    usual = sorted(it.objects for it in costs)[50]
    assert max(it.objects for it in costs[1:]) <= usual + 4
    assert max(it.size for it in costs) <= 2 * BUCKET + JOURNAL_CHUNK


@pytest.mark.on_files
def test_the_same_bytes_again_write_nothing(app, wsgi):
    upload(app, wsgi, "six", "1.0")
    before = database(wsgi).lastTransaction()

    send(app, requests_upload(fields_of(*wheel("six", "1.0"))))

    assert database(wsgi).lastTransaction() == before


@pytest.mark.on_files
def test_an_upload_never_writes_the_site_the_index_or_the_project(app, wsgi):
    upload(app, wsgi, "six", "1.0")
    before = database(wsgi).lastTransaction()
    with index(wsgi) as it:
        nouns = [it._p_oid, it.policy._p_oid, it.project("six")._p_oid]

    upload(app, wsgi, "six", "1.1")

    (written,) = records_since(wsgi, before)
    assert not set(written) & set(nouns)
