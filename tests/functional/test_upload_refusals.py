"""Each refusal has a status, a sentence where every client looks for it, and leaves nothing."""

from functools import partial

import pytest

from tests.factories import sdist, wheel, wheel_files, zipped
from tests.inside import State, actions, check_wording, refused, send, state
from tests.wire import Fields, changed, fields_of, requests_upload

NAME, WHEEL = wheel("six", "1.0")
minimal = partial(changed, fields_of(NAME, WHEEL))

AS_JSON = {"Accept": "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"}


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

    assert "gr??e ??" in answer.status
    assert "größe 世界" in answer.text


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
