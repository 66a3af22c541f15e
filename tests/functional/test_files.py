"""The file door: downloads, ranges, metadata files (spec/index-api.md 2.5, 2.10, 15.3)."""

import os
from email.utils import formatdate, parsedate_to_datetime

import pytest

from mypi.model.file import blob_is_whole
from mypi.server.proxies import FROM_PROXY
from tests.factories import egg, metadata, sdist, wheel
from tests.inside import index
from tests.reading import ask, headers, publish, publish_signed
from tests.wire import digest

SIX, SIX_WHEEL = wheel("six", "1.0", summary="Round", requires_python=">=3.8")
FILE = f"/packages/stable/six/{SIX}"
SIZE = len(SIX_WHEEL)
SIGNATURE = b"-----BEGIN PGP SIGNATURE-----\nabc\n"


@pytest.fixture(autouse=True)
def _six(app):
    publish(app, (SIX, SIX_WHEEL))


def fetch(app, target=FILE, method="GET", protocol="HTTP/1.1", **headers):
    """Ask as an HTTP/1.1 client does."""
    environ = {"HTTP_" + name.upper(): value for name, value in headers.items()}
    return ask(app, target, method, SERVER_PROTOCOL=protocol, **environ)


# Metadata files


def test_s60_metadata_of_a_wheel_is_byte_for_byte_that_of_the_archive(app):
    answer = fetch(app, FILE + ".metadata")

    assert answer.body == metadata("six", "1.0", summary="Round", requires_python=">=3.8")


@pytest.mark.parametrize(("said", "status"), [("1.1", 404), ("2.1", 404), ("2.2", 200)])
def test_s60_metadata_of_an_sdist_is_offered_only_when_it_is_final(app, said, status):
    publish(app, sdist("seven", "1.0", metadata_version=said))

    answer = fetch(app, "/packages/stable/seven/seven-1.0.tar.gz.metadata")

    assert answer.status_int == status
    if status == 200:
        assert answer.body == metadata("seven", "1.0", metadata_version=said)


def test_s60_metadata_with_dynamic_fields_is_still_that_of_the_archive(app):
    publish(app, sdist("seven", "1.0", metadata_version="2.2", headers=["Dynamic: Requires-Dist"]))

    page = app.get("/simple/seven/", headers={"Accept": "text/html"})
    answer = fetch(app, "/packages/stable/seven/seven-1.0.tar.gz.metadata")

    assert ("data-core-metadata" in page.text) == (answer.status_int == 200)


def test_s62_the_suffix_is_part_of_the_path(app):
    assert fetch(app, FILE + ".metadata?x=1").body.startswith(b"Metadata-Version")


def test_s63_a_metadata_file_is_text_with_a_length_and_without_encoding(app):
    answer = fetch(app, FILE + ".metadata", accept_encoding="gzip, deflate")

    assert answer.content_type in ("text/plain", "application/octet-stream")
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert "Content-Encoding" not in answer.headers


# Signatures


def test_s37_a_signature_lies_beside_its_file(app):
    publish_signed(app, wheel("six", "2.0"), SIGNATURE)

    answer = fetch(app, "/packages/stable/six/six-2.0-py3-none-any.whl.asc")

    assert answer.body == SIGNATURE


def test_another_signature_of_the_same_file_has_a_tag_of_its_own(app, wsgi):
    publish_signed(app, wheel("six", "2.0"), SIGNATURE)
    filename = "six-2.0-py3-none-any.whl"
    target = f"/packages/stable/six/{filename}.asc"
    before = fetch(app, target)
    with index(wsgi) as it:
        it.projects["six"].file(filename).signature = SIGNATURE * 2

    after = fetch(app, target, if_none_match=before.headers["ETag"])

    assert (after.status_int, after.body) == (200, SIGNATURE * 2)


def test_s37_a_file_without_a_signature_has_none_beside_it(app):
    assert fetch(app, FILE + ".asc").status_int == 404


# Headers


def test_s92_a_file_may_be_kept_for_a_year_and_never_be_asked_for_again(app):
    answer = fetch(app)

    directives = set(answer.headers["Cache-Control"].split(", "))
    assert directives == {"public", "max-age=31536000", "immutable"}
    assert answer.headers["ETag"] == f'"{digest("sha256", SIX_WHEEL)}"'
    parsedate_to_datetime(answer.headers["Last-Modified"])


def test_a_file_of_a_volatile_index_has_to_be_asked_for_since_it_may_be_replaced(app):
    old = wheel("six", "1.0", summary="Old")
    publish(app, old, root="/+incubator/")
    address = f"/packages/incubator/six/{SIX}"
    before = fetch(app, address)
    publish(app, (SIX, SIX_WHEEL), root="/+incubator/")

    after = fetch(app, address, if_none_match=before.headers["ETag"])

    assert "no-cache" in before.headers["Cache-Control"]
    assert before.body == old[1]
    assert (after.status_int, after.body) == (200, SIX_WHEEL)


@pytest.mark.parametrize("archive", [wheel("a", "1"), sdist("a", "1"), egg("a", "1")])
def test_s93_an_archive_is_never_encoded_whatever_the_client_takes(app, archive):
    publish(app, archive)

    answer = fetch(app, f"/packages/stable/a/{archive[0]}", accept_encoding="gzip, deflate, zstd")

    assert "Content-Encoding" not in answer.headers
    assert answer.body == archive[1]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_s100_length_and_ranges_are_announced(app, method):
    answer = fetch(app, method=method)

    assert answer.status_int == 200
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("suffix", ["", ".metadata"])
def test_s6_head_of_a_file_answers_as_get(app, suffix):
    get = fetch(app, FILE + suffix)
    head = fetch(app, FILE + suffix, "HEAD")

    assert headers(head) == headers(get)
    assert head.body == b""


def test_s106_no_other_name_is_given_to_the_file(app):
    assert "Content-Disposition" not in fetch(app).headers


def test_what_is_served_never_runs_in_the_indexs_origin(app):
    for target in (FILE, FILE + ".metadata"):
        headers = fetch(app, target).headers
        assert "sandbox" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


# Ranges


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-3", slice(0, 4)),
        ("bytes=5-", slice(5, None)),
        ("bytes=-3", slice(-3, None)),
        ("bytes=5-9999999", slice(5, None)),
        ("bytes=-9999999", slice(0, None)),
        (f"bytes={SIZE - 1}-", slice(SIZE - 1, None)),
        ("bytes=0-0", slice(0, 1)),
        ("Bytes=0-3", slice(0, 4)),
    ],
)
def test_s101_a_range_is_answered_with_exactly_its_bytes(app, asked, part):
    answer = fetch(app, range=asked)

    first, stop, _ = part.indices(SIZE)
    assert answer.status_int == 206
    assert answer.body == SIX_WHEEL[part]
    assert answer.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(stop - first)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=9000000-9000001", "bytes=-0"])
def test_s101_a_range_beyond_the_file_is_416_that_says_its_length(app, asked):
    answer = fetch(app, range=asked)

    assert answer.status_int == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "asked",
    [
        "items=0-1",
        "bytes=3-1",
        "bytes=",
        "bytes=-",
        "bytes",
        "bytes=a-b",
        "bytes=1",
        "bytes=+1-2",
        "bytes=٣-٤",
        "bytes=0-" + "9" * 5000,
        "bytes=-" + "9" * 5000,
        "bytes=0-0,2-3",
        "bytes=" + ",".join(["0-1"] * 5000),
    ],
    ids=lambda asked: asked[:16],
)
def test_s101_a_range_that_cannot_be_read_or_is_one_of_several_gives_the_whole_file(app, asked):
    answer = fetch(app, range=asked.encode().decode("latin-1"))

    assert answer.status_int == 200
    assert answer.body == SIX_WHEEL
    assert "Content-Range" not in answer.headers


def test_s102_if_range_with_the_current_validator_gives_the_range(app):
    headers = fetch(app).headers

    for validator in (headers["ETag"], headers["Last-Modified"]):
        answer = fetch(app, range="bytes=4-", if_range=validator)
        assert (answer.status_int, answer.body) == (206, SIX_WHEEL[4:])


@pytest.mark.parametrize(
    "validator", ['"other"', "W/{tag}", formatdate(0, usegmt=True), "nonsense"]
)
def test_s102_if_range_with_any_other_gives_the_whole_file(app, validator):
    tag = fetch(app).headers["ETag"]

    answer = fetch(app, range="bytes=4-", if_range=validator.format(tag=tag))

    assert (answer.status_int, answer.body) == (200, SIX_WHEEL)


def test_s103_an_http_1_0_client_gets_the_whole_file(app):
    answer = fetch(app, protocol="HTTP/1.0", range="bytes=0-3")

    assert (answer.status_int, answer.body) == (200, SIX_WHEEL)


@pytest.mark.parametrize("asked", ["bytes=0-3", "bytes=9000000-"])
def test_head_ignores_a_range(app, asked):
    answer = fetch(app, method="HEAD", range=asked)

    assert answer.status_int == 200
    assert answer.headers["Content-Length"] == str(SIZE)


def test_a_download_resumed_in_parts_is_the_file(app):
    parts = [fetch(app, range=f"bytes={at}-{at + 99}").body for at in range(0, SIZE, 100)]

    assert b"".join(parts) == SIX_WHEEL


# Conditions


@pytest.mark.parametrize("sent", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
@pytest.mark.parametrize("suffix", ["", ".metadata"])
def test_if_none_match_with_the_current_tag_is_304(app, sent, suffix):
    before = fetch(app, FILE + suffix)

    answer = fetch(app, FILE + suffix, if_none_match=sent.format(tag=before.headers["ETag"]))

    assert answer.status_int == 304
    assert answer.body == b""
    assert answer.headers["ETag"] == before.headers["ETag"]
    assert answer.headers["Cache-Control"] == before.headers["Cache-Control"]
    assert "Content-Type" not in answer.headers
    assert "Content-Length" not in answer.headers


def test_a_metadata_file_and_its_archive_have_tags_of_their_own(app):
    assert fetch(app).headers["ETag"] != fetch(app, FILE + ".metadata").headers["ETag"]


def test_if_modified_since_a_later_date_is_304(app):
    modified = fetch(app).headers["Last-Modified"]

    assert fetch(app, if_modified_since=modified).status_int == 304
    assert fetch(app, if_modified_since=formatdate(2**32, usegmt=True)).status_int == 304
    assert fetch(app, if_modified_since=formatdate(0, usegmt=True)).status_int == 200


@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "Thu, 01 Jan 99999 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Thu, 99 Jan 2020 99:99:99 GMT",
        "Thu, 01 Jan 2020 00:00:00 +99999999",
        "(" * 9000,
    ],
    ids=lambda date: date[:30],
)
def test_a_date_that_is_none_gives_the_whole_file(app, date):
    answer = fetch(app, if_modified_since=date)

    assert (answer.status_int, answer.body) == (200, SIX_WHEEL)


def test_a_tag_that_does_not_match_rules_over_the_date(app):
    later = formatdate(2**32, usegmt=True)

    answer = fetch(app, if_none_match='"other"', if_modified_since=later)

    assert answer.status_int == 200


# Addresses


def test_a_files_address_takes_any_spelling_of_the_project(app):
    publish(app, wheel("Foo.Bar", "1.0"))
    filename = "Foo_Bar-1.0-py3-none-any.whl"

    bodies = {
        fetch(app, f"/packages/stable/{name}/{filename}").body for name in ("foo-bar", "Foo.Bar")
    }

    assert len(bodies) == 1


@pytest.mark.parametrize(
    "target",
    [
        f"/packages/stable/six/{SIX}.zip",
        f"/packages/stable/seven/{SIX}",
        f"/packages/nothing/six/{SIX}",
        f"/packages/incubator/six/{SIX}",
        "/packages/stable/six/six-9.9-py3-none-any.whl.metadata",
        "/packages/stable/six/",
        "/packages/stable/",
        "/packages/",
        FILE + "/more",
        f"/packages/stable/six/..%2F..%2F{SIX}",
    ],
)
def test_an_address_that_names_no_file_of_that_index_is_404(app, target):
    assert fetch(app, target).status_int == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_file_takes_no_other_method(app, method):
    assert fetch(app, method=method).status_int == 405


# Damage and hand-over


def blob(wsgi, project="six", filename=SIX):
    with index(wsgi) as it:
        return it.projects[project].file(filename).artifact.path


def test_a_file_cut_short_on_disk_is_an_error_and_never_a_short_download(app, wsgi):
    path = blob(wsgi)
    os.chmod(path, 0o644)
    os.truncate(path, SIZE // 2)

    answer = fetch(app)

    assert answer.status_int == 500
    assert "damaged" in answer.text


@pytest.mark.on_files
def test_a_file_missing_on_disk_is_a_clear_error(app, wsgi):
    os.unlink(blob(wsgi))

    answer = fetch(app)

    assert answer.status_int == 500
    assert "missing" in answer.text
    assert fetch(app, "/simple/six/").status_int == 200


def test_a_whole_blob_has_the_size_that_was_acknowledged(wsgi):
    with index(wsgi) as it:
        artifact = it.projects["six"].file(SIX).artifact
        assert blob_is_whole(artifact, SIZE)
        assert not blob_is_whole(artifact, SIZE - 1)


class TestHandOver:
    """A front server sends the bytes."""

    @pytest.fixture
    def settings(self, settings, kind):
        return {**settings, "mypi.sendfile": kind}

    def handed(self, app):
        """The answer to a request that came through the front server."""
        return ask(app, FILE, "GET", **{FROM_PROXY: True})

    @pytest.mark.on_files
    @pytest.mark.parametrize("kind", ["x-accel"])
    def test_nginx_is_told_the_place_below_its_location(self, app, data):
        answer = self.handed(app)

        place = answer.headers["X-Accel-Redirect"].removeprefix("/mypi-blobs/")
        assert (data / "blobs" / place).read_bytes() == SIX_WHEEL
        assert answer.body == b""
        assert answer.headers["Content-Type"] == "application/zip"

    @pytest.mark.parametrize("kind", ["x-sendfile"])
    def test_apache_is_told_the_path(self, app):
        with open(self.handed(app).headers["X-Sendfile"], "rb") as file:
            assert file.read() == SIX_WHEEL

    @pytest.mark.parametrize("kind", ["x-accel", "x-sendfile"])
    def test_who_comes_to_the_index_itself_gets_the_bytes(self, app):
        answer = fetch(app)

        assert answer.body == SIX_WHEEL
        assert not {"X-Accel-Redirect", "X-Sendfile"} & set(answer.headers)

    @pytest.mark.parametrize("kind", ["x-accel", "x-sendfile"])
    def test_metadata_is_sent_by_the_index_itself(self, app):
        assert fetch(app, FILE + ".metadata").body.startswith(b"Metadata-Version")

    @pytest.mark.on_files
    @pytest.mark.parametrize("kind", ["x-accel", "x-sendfile"])
    def test_a_file_that_is_missing_is_not_handed_over(self, app, wsgi):
        os.unlink(blob(wsgi))

        answer = self.handed(app)

        assert answer.status_int == 500
        assert "missing" in answer.text
