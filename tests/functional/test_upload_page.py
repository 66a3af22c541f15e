"""``/+upload``: what its form and its script rely on."""

import re

import pytest
from webtest import Upload

from mypi.web.upload.many import MAX_FILES
from tests.browsing import Browser
from tests.factories import sdist, wheel
from tests.inside import actions, files, index, state
from tests.people import add_users, set_policy
from tests.posting import form as multipart


@pytest.fixture
def person(wsgi):
    return Browser(wsgi)


def send(person, *archives, page="/+upload", status="*", token=None):
    """Choose files in the form of the page, and send it."""
    it = person.get(page).forms
    form = next(one for one in it.values() if one.action.endswith("/+upload"))
    boundary = "x" * 40
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'.encode()]
    parts.append((token or form["csrf_token"].value).encode() + b"\r\n")
    for filename, content in archives:
        head = f'Content-Disposition: form-data; name="content"; filename="{filename}"'
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    return person.app.post(form.action, body, {"Content-Type": kind}, status=status)


def results(page):
    """File name -> the word on it."""
    rows = page.html.select(".sent li")
    return {row.b.text: row.select_one(".badge").text for row in rows}


def test_the_page_has_a_form_that_works_by_itself(person):
    page = person.get("/+incubator/+upload")
    form = page.html.select_one("form.upload")

    assert form["action"] == "/+incubator/+upload"
    assert form["enctype"] == "multipart/form-data"
    assert form["data-target"] == "/+incubator/"
    assert page.html.find("label", attrs={"for": form.select_one("[type=file]")["id"]})
    assert "1.1 GB" in page


def test_several_files_are_published_and_each_is_told(person, wsgi):
    page = send(person, wheel("six", "1.0"), sdist("six", "1.0"), ("notes.txt", b"no"), status=200)

    assert results(page) == {
        "six-1.0-py3-none-any.whl": "published",
        "six-1.0.tar.gz": "published",
        "notes.txt": "refused",
    }
    assert "unknown kind of file" in page
    assert page.html.select_one(".sent a")["href"] == "/six/1.0/"
    assert "pip install -i http://localhost:6543 six==1.0" in page
    assert set(files(person.app, "six")) == {"six-1.0-py3-none-any.whl", "six-1.0.tar.gz"}
    assert [it for it in actions(wsgi) if it.startswith("add ")] == [
        "add py3 file six-1.0-py3-none-any.whl",
        "add source file six-1.0.tar.gz",
    ]


def test_the_same_again_is_no_fault_and_other_bytes_are(person):
    send(person, wheel("six", "1.0"))

    again = send(person, wheel("six", "1.0"), status=200)
    other = send(person, wheel("six", "1.0", summary="Other"), status=400)

    assert "byte for byte" in again
    assert "File already exists" in other
    assert set(results(other).values()) == {"refused"}


def test_one_refusal_does_not_cost_the_others(person, wsgi):
    set_policy(wsgi, "stable", rules={"summary": "enforce"})

    page = send(person, wheel("bad", "1.0"), wheel("good", "1.0", summary="Fine"))

    assert results(page) == {
        "bad-1.0-py3-none-any.whl": "refused",
        "good-1.0-py3-none-any.whl": "published",
    }
    with index(wsgi) as it:
        assert list(it.projects) == ["good"]


def test_a_warning_is_shown(person, wsgi):
    set_policy(wsgi, "stable", rules={"summary": "warn"})

    assert "Warning: six-1.0-py3-none-any.whl: it has no summary" in send(
        person, wheel("six", "1.0")
    )


def test_nothing_is_left_of_what_was_refused(person, wsgi, data):
    person.get("/+upload")
    before = state(wsgi, data)

    page = send(person, ("six-1.0-py3-none-any.whl", b"not a zip"), ("x.exe.txt", b""))

    assert page.status_int == 400
    assert state(wsgi, data) == before


def test_a_file_over_the_limit_is_refused_and_the_others_are_not(settings, request):
    settings["mypi.max_upload"] = "2000"
    app = Browser(request.getfixturevalue("wsgi"))

    page = send(app, ("six-9.0.tar.gz", b"x" * 2001), wheel("six", "1.0"))

    assert results(page) == {"six-9.0.tar.gz": "refused", "six-1.0-py3-none-any.whl": "published"}
    assert "larger than 2000 bytes" in page


def test_too_many_files_are_refused_before_any_is_taken(person, wsgi, data):
    before = state(wsgi, data)

    page = send(person, *[(f"x-{n}.tar.gz", b"") for n in range(MAX_FILES + 1)])

    assert page.status_int == 413
    assert state(wsgi, data) == before


def test_a_form_without_its_token_or_without_files_does_nothing(person, wsgi, data):
    before = state(wsgi, data)

    assert send(person, wheel("six", "1.0"), token="other").status_int == 400
    assert send(person).status_int == 400
    assert person.app.post("/+upload", {"content": "text"}, status=415)
    assert state(wsgi, data) == before


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_s_page_cannot_post_here(person, wsgi, data, headers):
    body, kind = multipart({}, *wheel("six", "1.0"))
    before = state(wsgi, data)

    answer = person.app.post("/+upload", body, {**headers, "Content-Type": kind}, status=403)

    assert "another site" in answer
    assert state(wsgi, data) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="content"; filename="a.zip"\r\n\r\nabc',
        b"\0" * 5000,
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + b"a" * 10**6,
    ],
    ids=["empty", "cut", "cut in a file", "rubbish", "long field"],
)
def test_a_broken_form_is_a_4xx_with_a_sentence(person, wsgi, data, body):
    before = state(wsgi, data)

    answer = person.app.post(
        "/+upload", body, {"Content-Type": "multipart/form-data; boundary=x"}, expect_errors=True
    )

    assert 400 <= answer.status_int < 500
    assert answer.html.select_one(".lead").text
    assert state(wsgi, data) == before


def test_hostile_file_names_are_shown_as_text(person):
    page = send(person, ("<script>alert(1)</script>.whl", b"x"), ("&quot;x.zip", b"x"))

    assert len(page.html.select("main script")) == 0
    assert "<script>alert(1)</script>.whl" in page.html.select_one(".sent").text


def test_strangers_are_asked_to_log_in_and_others_are_told(person, wsgi):
    add_users(wsgi, "root", "ada", "bob")
    set_policy(wsgi, "stable", grants={"upload": ("ada",)})

    assert person.get("/+upload", status=303).location.endswith("/+login?next=%2F%2Bupload")
    person.log_in("bob")
    assert "bob is not allowed to do that" in person.get("/+upload", status=403)
    assert "Upload files" not in person.get("/")


def test_who_is_logged_in_uploads_by_the_session(person, wsgi):
    add_users(wsgi, "root", "ada")
    person.log_in("ada")

    page = send(person, wheel("six", "1.0"), status=200)

    assert set(results(page).values()) == {"published"}
    with index(wsgi) as it:
        assert it.project("six").release("1.0").by == "ada"


def test_owners_alone_add_to_their_project(person, wsgi):
    add_users(wsgi, "root", "ada", "bob")
    set_policy(wsgi, "stable", ownership=True)
    ada = Browser(wsgi)
    ada.log_in("ada")
    send(ada, wheel("six", "1.0"), status=200)
    person.log_in("bob")

    page = send(person, wheel("six", "1.1"), status=400)

    assert "You may not upload six" in page


# What the script asks and sends


def test_the_script_asks_what_would_become_of_a_file(person, wsgi):
    add_users(wsgi, "root", "ada")
    person.log_in("ada")
    send(person, wheel("six", "1.0"))

    known = person.app.get("/+upload?filename=six-1.0-py3-none-any.whl&size=10").json
    new = person.app.get("/+upload?filename=six-1.1.tar.gz&size=10").json

    assert known["verdict"] == "exists"
    assert known["page"] == "/six/1.0/"
    assert new["verdict"] == "new"
    assert new["install"] == "pip install -i http://localhost:6543 six==1.1"
    assert person.app.get("/+upload?filename=x&size=a", status=400)


def test_the_script_posts_as_tools_do_with_the_session_and_gets_the_same_sentences(person, wsgi):
    add_users(wsgi, "root", "ada")
    person.log_in("ada")
    own = {
        "Accept": "text/plain",
        "Origin": "http://localhost:6543",
        "Sec-Fetch-Site": "same-origin",
    }
    fields = {":action": "file_upload", "protocol_version": "1"}
    filename, content = wheel("six", "1.0")

    done = person.app.post(
        "/", {**fields, "content": Upload(filename, content)}, {**own}, status=200
    )
    refused = person.app.post(
        "/", {**fields, "content": Upload("notes.txt", b"no")}, {**own}, status=400
    )

    assert done.text == f"Published {filename} in stable.\n"
    assert re.match(r"notes\.txt: unknown kind of file", refused.text)
    assert refused.content_type == "text/plain"
