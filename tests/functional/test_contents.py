"""What is inside an archive: folders, text, pictures, bytes; nothing of it runs."""

import pytest

from mypi.services import colouring, contents
from mypi.web.archive import member
from tests.factories import sdist_files, tarred, wheel, wheel_files, zipped
from tests.functional.test_file_page import overwrite
from tests.reading import BROWSER, anchors, ask, publish

PAGE = {"Accept": BROWSER}
WHEEL = "/demo/1.0/demo-1.0-py3-none-any.whl"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
HOSTILE = {
    "<script>alert(1)</script>.py": b"<script>alert(1)</script>\n",
    '"><img src=x onerror=alert(2)>.txt': b'"><img src=x onerror=alert(2)>\n',
    "a'b&amp;<b>.js": b"</code></pre><iframe src=//evil.example></iframe>\n",
    "page.html": b"<html><body onload=alert(3)><form action=//evil.example></html>\n",
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(4)'/>\n",
    "${structure 1}.md": b"<img src=x onerror=alert(5)>\n",
    "sp ace?#%2e%2e.txt": b"plain\n",
    "\u202etxt.exe": b"turned\n",
}


def browse(app, address, status=200):
    return app.get(address, headers=PAGE, status=status)


def text(page):
    return " ".join(page.html.find("main").get_text(" ").split())


def in_a_wheel(files):
    return wheel("demo", files=files)


def in_a_source_archive(files):
    held = sdist_files("demo", "1.0") | {f"demo-1.0/demo/{k}": v for k, v in files.items()}
    return "demo-1.0.tar.gz", tarred(held)


KINDS = pytest.mark.parametrize(
    ("make", "page", "top"),
    [
        (in_a_wheel, WHEEL, ""),
        (in_a_source_archive, "/demo/1.0/demo-1.0.tar.gz", "demo-1.0/"),
    ],
    ids=["wheel", "sdist"],
)


@KINDS
def test_from_the_list_of_members_one_comes_to_their_text(app, make, page, top):
    publish(app, make({"sub/code.py": b"def f():\n    return '<b>'\n"}))

    listed = browse(app, f"{page}/+contents/")
    address = next(it.href for it in anchors(listed) if it.text == "code.py")
    shown = browse(app, address)

    assert address == f"{page}/+contents/{top}demo/sub/code.py"
    lines = shown.html.select(".lines code > span")
    assert [it["id"] for it in lines] == ["L1", "L2"]
    assert [it.get_text() for it in lines] == ["1def f():", "2    return '<b>'"]
    assert lines[0].select_one(".k").get_text() == "def"
    assert shown.html.select_one(".lines a")["href"] == "#L1"


def test_a_folder_has_a_page_of_its_own(app):
    publish(app, wheel("demo", files={"sub/a.py": b"1", "sub/deep/b.py": b"22"}))

    page = browse(app, f"{WHEEL}/+contents/demo/sub")

    assert "2 files, 3 bytes unpacked" in text(page)
    names = [it.get_text() for it in page.html.select(".tree tbody a")]
    assert names == ["deep/", "b.py", "a.py"]
    steps = [it.get_text() for it in page.html.select(".crumbs li")]
    assert steps == ["stable", "demo", "1.0", "demo-1.0-py3-none-any.whl", "demo", "sub"]


def test_a_large_folder_is_shown_in_pages(app):
    publish(app, wheel("demo", files={f"m{n:04}.py": b"" for n in range(1100)}))

    first = browse(app, f"{WHEEL}/+contents/demo/")
    second = browse(app, next(it.href for it in anchors(first) if it.text == "Next"))

    assert "Page 1 of 2" in text(first)
    assert [it.text for it in anchors(first) if it.text.startswith("m")][-1] == "m0998.py"
    assert [it.text for it in anchors(second) if it.text.startswith("m")][-1] == "m1099.py"
    browse(app, f"{WHEEL}/+contents/demo/?page=x", 400)


def test_the_short_cut_leads_to_the_source_archive_or_a_wheel(app):
    publish(app, wheel("demo"))

    address = browse(app, "/demo/1.0/+contents", 303).headers["Location"]
    assert address == f"{WHEEL}/+contents/"

    publish(app, in_a_source_archive({}))
    address = browse(app, "/demo/1.0/+contents", 303).headers["Location"]
    assert address == "/demo/1.0/demo-1.0.tar.gz/+contents/"


@KINDS
def test_raw_bytes_are_an_attachment_that_nothing_runs(app, make, page, top):
    publish(app, make({"page.html": b"<script>alert(1)</script>"}))

    answer = app.get(f"{page}/+raw/{top}demo/page.html")

    assert answer.body == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''page.html"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    again = {"If-None-Match": answer.headers["ETag"]}
    assert app.get(f"{page}/+raw/{top}demo/page.html", headers=again).status_int == 304


def test_a_picture_is_shown(app):
    publish(app, wheel("demo", files={"logo.png": PNG}))

    shown = browse(app, f"{WHEEL}/+contents/demo/logo.png")
    picture = shown.html.select_one("main img")
    answer = app.get(picture["src"])

    assert picture["alt"] == "demo/logo.png"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_what_only_calls_itself_a_picture_is_not_shown(app):
    publish(
        app, wheel("demo", files={"logo.png": b"<script>alert(1)</script>", "a.svg": b"<svg/>"})
    )

    for name in ("logo.png", "a.svg"):
        assert browse(app, f"{WHEEL}/+contents/demo/{name}").html.select_one("main img") is None
        raw = app.get(f"{WHEEL}/+raw/demo/{name}")
        assert raw.headers["Content-Type"] == "application/octet-stream"


def test_bytes_are_told_by_size_and_digest(app):
    publish(app, wheel("demo", files={"lib.so": b"\x7fELF\0\1\2"}))

    shown = text(browse(app, f"{WHEEL}/+contents/demo/lib.so"))

    assert "It is not text: 7 bytes." in shown
    assert "SHA-256" in shown


@pytest.mark.parametrize("name", sorted(HOSTILE))
@KINDS
def test_hostile_names_and_texts_are_shown_and_run_nowhere(app, make, page, top, name):
    publish(app, make(HOSTILE))
    listed = browse(app, f"{page}/+contents/{top}demo/")

    address = next(
        it.href for it in anchors(listed) if it.text.rstrip("/") == name.partition("/")[0]
    )
    shown = browse(app, address)
    if "/" in name:
        address = next(it.href for it in anchors(shown) if it.text == name.rpartition("/")[2])
        shown = browse(app, address)

    for answer in (listed, shown):
        assert not answer.html.main.find_all(["iframe", "form", "b", "body onload"])
        assert not answer.html.select("main img, main script, main svg[onload]")
        assert all(script.get("src") for script in answer.html.find_all("script"))
        assert not [
            it for it in answer.html.find_all(True) if any(k.startswith("on") for k in it.attrs)
        ]
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    content = HOSTILE[name].decode().removesuffix("\n")
    assert shown.html.select_one("#L1").get_text() == "1" + content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped({"../up.py": b"x"}), "not a plain path"),
        (zipped({"a\x1b.py": b"x"}), "control character"),
        (zipped({"a/" * 10_000 + "b": b"x"}), "more than 1024 bytes"),
        (zipped({"a/b": b"x", "a": b"x"}), "a file and a folder at once"),
        (b"MZ no zip", "this is a Windows program"),
        (zipped({"a": b"x" * 1000})[:-30], "cut off"),
    ],
    ids=["up", "control", "levels", "ambiguous", "program", "cut off"],
)
def test_an_archive_that_came_past_the_checks_says_why_it_is_not_shown(app, wsgi, content, says):
    publish(app, wheel("demo"))
    overwrite(wsgi, "demo", "demo-1.0-py3-none-any.whl", content)

    assert says in text(browse(app, f"{WHEEL}/+contents/"))
    browse(app, f"{WHEEL}/+contents/a", 404)
    app.get(f"{WHEEL}/+raw/a", status=404)


def test_a_damaged_member_says_so(app, wsgi):
    publish(app, wheel("demo"))
    content = bytearray(zipped(wheel_files("demo", "1.0"), compression=0))
    content[content.index(b"__version__")] ^= 1
    overwrite(wsgi, "demo", "demo-1.0-py3-none-any.whl", bytes(content))

    assert browse(app, f"{WHEEL}/+contents/").status_int == 200
    assert "is damaged" in browse(app, f"{WHEEL}/+contents/demo/__init__.py", 400).text
    assert "is damaged" in app.get(f"{WHEEL}/+raw/demo/__init__.py", status=400).text


@pytest.mark.on_files
def test_bytes_that_are_missing_are_told(app, wsgi, data):
    publish(app, wheel("demo"))
    for blob in (data / "blobs").rglob("*.blob"):
        blob.unlink()

    assert "missing on the server" in text(browse(app, f"{WHEEL}/+contents/"))


def test_a_bomb_is_a_member_of_its_size_and_no_more(app, wsgi):
    publish(app, wheel("demo"))
    overwrite(wsgi, "demo", "demo-1.0-py3-none-any.whl", zipped({"bomb.txt": b"a" * 2**26}))

    shown = text(browse(app, f"{WHEEL}/+contents/bomb.txt"))

    assert "Only the first 1 MiB are shown." in shown
    app.get(f"{WHEEL}/+raw/bomb.txt", status=413)


def test_long_texts_are_cut_and_that_is_told(app, monkeypatch):
    monkeypatch.setattr(member, "MAX_LINES", 10)
    publish(app, wheel("demo", files={"long.txt": b"line\n" * 50}))

    page = browse(app, f"{WHEEL}/+contents/demo/long.txt")

    assert "Only the first 10 of 50 lines are shown." in text(page)
    assert len(page.html.select(".lines code > span")) == 10


def test_source_that_reads_other_than_it_runs_is_marked(app):
    publish(app, wheel("demo", files={"a.py": "x = '\u202e'\n".encode()}))

    page = browse(app, f"{WHEEL}/+contents/demo/a.py")

    assert "change the direction" in text(page)
    assert page.html.select_one("#L1").get_text() == "1x = '<U+202E>'"


def test_while_others_are_coloured_the_source_is_plain_and_not_kept(app):
    publish(app, wheel("demo", files={"a.py": b"def f(): pass\n"}))

    with colouring.CHILD._lock:
        plain = browse(app, f"{WHEEL}/+contents/demo/a.py")
    later = browse(app, f"{WHEEL}/+contents/demo/a.py")

    assert plain.html.select(".k") == []
    assert plain.headers["Cache-Control"] == "no-store"
    assert later.html.select(".k") != []


def test_while_too_many_archives_are_read_the_reader_is_asked_to_wait(app, monkeypatch):
    publish(app, wheel("demo"))
    monkeypatch.setattr(contents, "PATIENCE", 0.0)

    for _turn in range(contents.AT_ONCE):
        contents._TURNS.acquire()
    try:
        browse(app, f"{WHEEL}/+contents/", 503)
        assert "Other archives are being read" in text(browse(app, WHEEL))
    finally:
        for _turn in range(contents.AT_ONCE):
            contents._TURNS.release()
    assert "RECORD lists" in text(browse(app, WHEEL))


@pytest.mark.parametrize(
    "path",
    ["no.py", "demo/../../../etc/passwd", "%00", "%ff", "demo%2f__init__.py%2fx", "a" * 5000],
)
@pytest.mark.parametrize("word", ["+contents", "+raw"])
def test_what_is_not_in_it_is_not_there(app, word, path):
    publish(app, wheel("demo"))

    answer = ask(app, f"{WHEEL}/{word}/{path}", HTTP_ACCEPT=BROWSER)

    assert answer.status_int in (400, 404)
    assert b"root:" not in answer.body


def test_pages_are_the_same_until_the_file_is_replaced(app):
    publish(app, wheel("demo", files={"a.py": b"one\n"}), root="/+incubator/")
    address = f"/+incubator{WHEEL}/+contents/demo/a.py"
    first = browse(app, address)
    tag = first.headers["ETag"]
    assert app.get(address, headers={**PAGE, "If-None-Match": tag}).status_int == 304

    publish(app, wheel("demo", files={"a.py": b"two\n"}), root="/+incubator/")

    assert "two" in app.get(address, headers={**PAGE, "If-None-Match": tag}).text
