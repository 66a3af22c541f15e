"""Each refusal has a status, a sentence where every client looks for it, and leaves nothing."""

import pytest

from tests.factories import sdist, wheel, wheel_files, zipped
from tests.inside import State, actions, blobs, files, index, send, state
from tests.wire import Body, Fields, Value, digest, fields_of, legacy_upload, requests_upload

NAME, WHEEL = wheel("six", "1.0")
_SAME, OTHER = wheel("six", "1.0", summary="Other bytes")

AS_TEXT: dict[str, str] = {}
AS_JSON = {"Accept": "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"}


def minimal(*more: tuple[str, Value], without: tuple[str, ...] = ()) -> Fields:
    fields = [pair for pair in fields_of(NAME, WHEEL) if pair[0] not in without]
    return [*fields[:-1], *more, fields[-1]]


def damaged(**members: bytes | None) -> bytes:
    """The wheel with members of its dist-info replaced, or left out."""
    held = wheel_files("six", "1.0")
    for name, content in members.items():
        path = f"six-1.0.dist-info/{name}"
        if content is None:
            del held[path]
        else:
            held[path] = content
    return zipped(held)


def named(filename: str, content: bytes = WHEEL) -> Fields:
    return fields_of(filename, content)


REFUSED: dict[str, tuple[Fields, int, str]] = {
    # What is wrong: the form, the status, words of the message.
    "u2 no action": (minimal(without=(":action",)), 400, ":action"),
    "u2 unknown action": (minimal((":action", "steal"), without=(":action",)), 400, "'steal'"),
    "u2 two actions": (minimal((":action", "verify")), 400, ":action"),
    "u8 a field as a file": (minimal(("summary", ("a.txt", b"x"))), 400, "summary"),
    "u8 two files": (minimal(("content", (NAME, WHEEL))), 400, "two files"),
    "u8 two equal files under two names": (
        minimal(("pkginfo", ("PKG-INFO", b"Name: six"))),
        400,
        "two files",
    ),
    "u21 protocol version": (
        minimal(("protocol_version", "2"), without=("protocol_version",)),
        400,
        "protocol_version",
    ),
    "u21b name": (minimal(("name", "-six")), 400, "name"),
    "u21b name with a line end inside": (minimal(("name", "s\nix")), 400, "name"),
    "u21b name of 201 letters": (minimal(("name", "s" * 201)), 400, "name"),
    "u21b filetype": (minimal(("filetype", "bdist_dumb")), 400, "filetype"),
    "u21b filetype of another kind": (minimal(("filetype", "sdist")), 400, "filetype"),
    "u21b two names": (minimal(("name", "six"), ("name", "seven")), 400, "name"),
    "u21c version": (minimal(("version", "one")), 400, "version"),
    "u21c version of 5000 digits": (minimal(("version", "9" * 5000)), 400, "version"),
    "u21c requires_python": (minimal(("requires_python", "three")), 400, "three"),
    "u21c field that is too long": (minimal(("author", "x" * 30_000)), 400, "author"),
    "u21c description that is too long": (
        minimal(("description", "x" * (4 * 2**20 + 1))),
        400,
        "description",
    ),
    "u21c latin-1": (minimal(("author", "Jörg".encode("latin-1"))), 400, "UTF-8"),
    "u21c NUL": (minimal(("author", "a\0b")), 400, "NUL"),
    "u22 no file": (minimal()[:-1], 400, "no file"),
    "u22 file name is empty": (named(""), 400, "no file"),
    "u22 content is a text": ([*minimal()[:-1], ("content", "hello")], 400, "no file"),
    "u22 content is bytes without file name": (
        [*minimal()[:-1], ("content", b"\xff\xfe")],
        400,
        "content",
    ),
    "u22d file name with a folder": (named("../six-1.0-py3-none-any.whl"), 400, "file name"),
    "u22d file name with a backslash": (named("a\\six-1.0-py3-none-any.whl"), 400, "file name"),
    "u22d file name with NUL": (named("six-1.0-py3-none-any.whl\0"), 400, "file name"),
    "u22d file name not ASCII": (named("síx-1.0-py3-none-any.whl"), 400, "file name"),
    "u22d file name of 4 kB": (named("s" * 3900 + "-1.0-py3-none-any.whl"), 400, "file name"),
    "u22d unknown kind": (named("six-1.0.tar.xz"), 400, "kind"),
    "u23 md5": (minimal(("md5_digest", "0" * 32)), 400, "md5_digest"),
    "u23 sha256": (
        minimal(("sha256_digest", "0" * 64), without=("sha256_digest",)),
        400,
        "sha256_digest",
    ),
    "u23 blake2": (minimal(("blake2_256_digest", "0" * 64)), 400, "blake2_256_digest"),
    "u23 not hex": (minimal(("md5_digest", "é\n" * 40)), 400, "md5_digest"),
    "u28 empty file": (named(NAME, b""), 400, NAME),
    "u28 not an archive": (named(NAME, b"hello" * 100), 400, NAME),
    "u28 truncated": (named(NAME, WHEEL[: len(WHEEL) // 2]), 400, NAME),
    "u33 a tar as a wheel": (named(NAME, sdist("six", "1.0")[1]), 400, NAME),
    "u33 a wheel as a tar": (named("six-1.0.tar.gz"), 400, "six-1.0.tar.gz"),
    "u36 no METADATA": (named(NAME, damaged(METADATA=None)), 400, "METADATA"),
    "u36 no WHEEL": (named(NAME, damaged(WHEEL=None)), 400, "WHEEL"),
    "u36 no RECORD": (named(NAME, damaged(RECORD=None)), 400, "RECORD"),
    "u39 name in the metadata": (
        named(NAME, zipped(wheel_files("seven", "1.0"))),
        400,
        NAME,
    ),
    "u39 version in the form": (minimal(("version", "1.1")), 400, "1.1"),
    "u39 name in the form": (minimal(("name", "seven")), 400, "seven"),
    "u39b wheel name": (named("six-1.0-any.whl"), 400, "wheel name"),
    "a signature that is too long": (
        minimal(("gpg_signature", ("six.asc", b"x" * (2**16 + 1)))),
        400,
        "gpg_signature",
    ),
}


def refused(app, wsgi, data, body: Body, address: str = "/", **headers: str):
    """The answer to a form that must leave everything as it was."""
    before = state(wsgi, data)

    answer = send(app, body, address, **headers)

    assert state(wsgi, data) == before
    return answer


def check_wording(answer, status: int, words: str) -> None:
    code, _, reason = answer.status.partition(" ")
    assert int(code) == status
    assert reason.isascii()
    assert reason.isprintable()
    assert 0 < len(reason) <= 200
    assert words in reason


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_a_sentence_in_reason_and_body_and_leaves_nothing(app, wsgi, data, case):
    form, status, words = REFUSED[case]

    answer = refused(app, wsgi, data, requests_upload(form))

    check_wording(answer, status, words)
    assert answer.content_type == "text/plain"
    assert answer.text.split()[:4] == answer.status.split()[1:5] or not answer.text.isascii()
    assert len(answer.body) < 2000


@pytest.mark.parametrize("case", REFUSED)
def test_u32d_a_refusal_is_json_for_uv(app, wsgi, data, case):
    form, status, words = REFUSED[case]

    answer = refused(app, wsgi, data, requests_upload(form), **AS_JSON)

    check_wording(answer, status, words)
    assert answer.content_type == "application/json"
    assert set(answer.json) == {"message", "code", "title"}
    assert answer.json["code"] == answer.status
    assert words in answer.json["message"]


def test_u32d_a_refusal_is_a_page_for_a_person(app, wsgi, data):
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    form = REFUSED["u21b name"][0]

    answer = refused(app, wsgi, data, requests_upload(form), Accept=accept)

    assert answer.status_int == 400
    assert answer.content_type == "text/html"
    assert "-six" in answer.text


def test_u32c_what_a_reason_phrase_cannot_hold_becomes_question_marks(app, wsgi, data):
    form = minimal((":action", "größe 世界"), without=(":action",))

    answer = refused(app, wsgi, data, requests_upload(form))

    assert "gr??e ??" in answer.status or "gr??e" in answer.status
    assert "größe 世界" in answer.text


# The body itself


def cut(body: Body, at: float) -> Body:
    return body[0][: int(len(body[0]) * at)], body[1]


@pytest.mark.parametrize("client", [legacy_upload, requests_upload])
@pytest.mark.parametrize("at", [0, 0.1, 0.5, 0.99])
def test_a_body_that_was_cut_off_is_refused(app, wsgi, data, client, at):
    answer = refused(app, wsgi, data, cut(client(minimal()), at))

    check_wording(answer, 400, "cut off")


def test_a_body_that_is_shorter_than_its_length_is_refused(app, wsgi, data):
    body, headers = requests_upload(minimal())
    request = app.RequestClass.blank("/", method="POST", headers=headers)
    request.body = body[:-100]
    request.content_length = len(body)
    before = state(wsgi, data)

    assert request.get_response(wsgi).status_int == 400
    assert state(wsgi, data) == before


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("", 415),
        ("text/xml", 415),
        ("application/octet-stream", 415),
        ("multipart/mixed; boundary=x", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ('multipart/form-data; boundary=""', 400),
        ("multipart/form-data; boundary=other", 400),
        ("multipart/form-data; boundary=\xe9\xff", 400),
        ("multipart/form-data; boundary=" + "b" * 9000, 400),
        ("application/x-www-form-urlencoded", 400),
    ],
)
def test_a_body_of_another_kind_is_refused(app, wsgi, data, content_type, status):
    body, headers = requests_upload(minimal())

    answer = refused(app, wsgi, data, (body, {**headers, "Content-Type": content_type}))

    assert answer.status_int == status


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n\r\nno head\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: attachment; name="x"\r\n\r\n1\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="x"\r\nContent-Length: 9\r\n\r\n1\r\n--b--\r\n',
        b"--b\r\n" + b"X-Head: 1\r\n" * 100 + b"\r\n1\r\n--b--\r\n",
        b"--b\r\nX-Head: " + b"1" * 9000 + b"\r\n\r\n1\r\n--b--\r\n",
        b"--b--\r\n",
        b"--b\nhead without end\n--b--\n",
        b"\n--b--\n",
        b"",
    ],
)
def test_a_broken_form_is_refused(app, wsgi, data, body):
    answer = refused(app, wsgi, data, (body, {"Content-Type": "multipart/form-data; boundary=b"}))

    check_wording(answer, 400, "")
    assert "Error(" not in answer.text


def test_too_many_fields_are_refused(app, wsgi, data):
    form = [("classifiers", "x")] * 20_001

    assert refused(app, wsgi, data, requests_upload(form)).status_int == 400


def test_fields_that_are_too_long_together_are_refused(app, wsgi, data):
    form = [(f"field{number}", "x" * 2**20) for number in range(17)]

    assert refused(app, wsgi, data, requests_upload(form)).status_int == 400


@pytest.mark.parametrize("query", [":action=%ff", "%ff=1", ":action=%00", ":action=%zz"])
def test_an_unreadable_query_is_refused(app, wsgi, data, query):
    body = requests_upload(minimal(without=(":action",)))

    assert refused(app, wsgi, data, body, "/?" + query).status_int == 400


# Size


@pytest.fixture
def small(settings):
    settings["mypi.max_upload"] = "2000"


def test_u22f_a_file_over_the_limit_is_413_and_names_the_setting(small, app, wsgi, data):
    name, content = wheel("six", "1.0", description="x" * 10, files={"data.bin": bytes(4000)})
    stored = content + bytes(2001)

    answer = refused(app, wsgi, data, requests_upload(fields_of(name, stored)))

    check_wording(answer, 413, "2000 bytes")
    assert "mypi.max_upload" in answer.text


def test_u22f_a_file_at_the_limit_is_taken(settings, request):
    settings["mypi.max_upload"] = str(len(WHEEL))

    app = request.getfixturevalue("app")

    assert send(app, requests_upload(minimal())).status_int == 200


# What is there already


def test_u24_the_same_bytes_again_are_200_and_change_nothing(app, wsgi, data):
    send(app, requests_upload(minimal()))

    answer = refused(app, wsgi, data, requests_upload(minimal()))

    assert answer.status_int == 200
    assert "nothing changed" in answer.text


@pytest.mark.parametrize("headers", [AS_TEXT, AS_JSON])
def test_u24_other_bytes_under_a_taken_name_are_409_file_already_exists(app, wsgi, data, headers):
    send(app, requests_upload(minimal()))

    answer = refused(app, wsgi, data, requests_upload(named(NAME, OTHER)), **headers)

    check_wording(answer, 409, "File already exists")
    assert answer.status.startswith("409 File already exists")
    message = answer.json["message"] if headers else answer.text
    assert message.startswith("File already exists")
    assert files(app, "six") == {NAME: digest("sha256", WHEEL)}
    assert blobs(data) == [WHEEL]


def test_a_volatile_index_takes_other_bytes_under_the_same_name(app, wsgi, data):
    send(app, requests_upload(minimal()), "/+incubator/")

    answer = send(app, requests_upload(named(NAME, OTHER)), "/+incubator/")

    assert answer.status_int == 200
    assert files(app, "six", "/+incubator/") == {NAME: digest("sha256", OTHER)}
    assert app.get(f"/packages/incubator/six/{NAME}").body == OTHER
    assert actions(wsgi, "incubator")[-1] == f"replace py3 file {NAME}"


def test_a_volatile_index_lets_go_of_the_bytes_that_were_replaced(app, wsgi, data):
    send(app, requests_upload(minimal()), "/+incubator/")
    send(app, requests_upload(named(NAME, OTHER)), "/+incubator/")

    wsgi.registry._zodb_databases[""].pack()

    assert blobs(data) == [OTHER]


def test_a_volatile_index_says_of_a_release_what_its_only_file_says_now(app, wsgi):
    send(app, requests_upload(minimal()), "/+incubator/")

    send(app, requests_upload(named(NAME, OTHER)), "/+incubator/")

    with index(wsgi, "incubator") as it:
        assert it.project("six").release("1.0").fields["summary"] == "Other bytes"


def test_u43_the_first_file_of_a_release_says_what_the_release_is(app, wsgi):
    for name, content in (
        wheel("six", "1.0", summary="First"),
        sdist("six", "1.0", summary="Second"),
    ):
        send(app, requests_upload(fields_of(name, content)))

    with index(wsgi) as it:
        assert it.project("six").release("1.0").fields["summary"] == "First"


# Projects that take nothing


@pytest.mark.parametrize("status", ["archived", "quarantined"])
@pytest.mark.parametrize("reason", ["", "superseded by seven"])
def test_u22b_an_archived_or_quarantined_project_takes_no_files(app, wsgi, data, status, reason):
    send(app, requests_upload(minimal()))
    with index(wsgi) as it:
        it.project("six").status = status
        it.project("six").status_reason = reason

    name, content = wheel("Six", "2.0")
    answer = refused(app, wsgi, data, requests_upload(fields_of(name, content)))

    check_wording(answer, 403, f"six is {status}")
    assert reason in answer.text


def test_u22b_a_deprecated_project_takes_files(app, wsgi):
    send(app, requests_upload(minimal()))
    with index(wsgi) as it:
        it.project("six").status = "deprecated"

    name, content = wheel("six", "2.0")

    assert send(app, requests_upload(fields_of(name, content))).status_int == 200


def test_a_refused_upload_makes_no_project_in_the_list(app, wsgi):
    send(app, requests_upload(minimal(("version", "1.1"))))

    assert "six" not in app.get("/simple/").text
    assert actions(wsgi) == []


def test_uploading_goes_on_after_refusals(app, wsgi, data):
    empty: State = state(wsgi, data)
    for form, _status, _words in REFUSED.values():
        send(app, requests_upload(form))
    assert state(wsgi, data) == empty

    assert send(app, requests_upload(minimal())).status_int == 200
    assert app.get(f"/packages/stable/six/{NAME}").body == WHEEL
