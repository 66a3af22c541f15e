"""Hosted documentation: right types, right versions, and no way out of the sandbox."""

import gzip
import io
import re
import stat
import warnings
import zipfile

import pytest
from webtest import TestApp, TestRequest

from mypi import make_app
from mypi.services import lifecycle, trash
from mypi.services.actor import Actor
from tests.factories import wheel, zipped
from tests.inside import check_wording, index, refused, send, site
from tests.people import add_users, basic, set_policy
from tests.reading import BROWSER, publish
from tests.structure import check
from tests.wire import Fields, upload_docs

LONG = b"<p>" + b"long and longer " * 400
PAGES = {
    "index.html": b"<h1>six</h1>",
    "guide/index.html": b"<h1>guide</h1>",
    "guide/deep.html": LONG,
    "_static/style.css": b"b { color: red }",
    "_static/app.js": b"alert(1)",
    "_static/font.woff2": bytes(range(256)),
    "objects.inv": b"# Sphinx inventory version 2\n",
    "_sources/index.rst.txt": "žluť".encode(),
    "_static/data.csv": b"a,b",
    "_static/app.wasm": b"\0asm",
    "_downloads/six.tar.gz": b"\x1f\x8b",
    "_static/odd.strange": b"?",
    "LICENSE": b"MIT",
    "žluť.html": b"yellow",
    "pic.svg": b"<svg onload='alert(1)'></svg>",
}


def docs(pages=None, version: str = "", name: str = "six", content: bytes | None = None) -> Fields:
    archive = zipped(pages or PAGES) if content is None else content
    return [
        (":action", "doc_upload"),
        ("name", name),
        *([("version", version)] if version else []),
        ("content", (f"{name}.zip", archive)),
    ]


@pytest.fixture
def six(app):
    for version in ("1.0", "2.0", "3.0rc1"):
        publish(app, wheel("six", version))
    return app


def keep(app, pages=None, version: str = "", address: str = "/", content: bytes | None = None):
    answer = send(app, upload_docs(docs(pages, version, content=content)), address)
    assert answer.status_int == 200, answer.status
    return answer


def raw(app, address, **headers):
    """The answer as it travels: WebTest's own client unpacks it."""
    return TestRequest.blank(address, headers=headers).get_response(app.app)


def own(body: bytes) -> bytes:
    """What was uploaded, of a page of HTML: mypi's script comes first."""
    found = re.fullmatch(
        rb'<!DOCTYPE html><script src="/\+static/[0-9a-f]+/docs\.js"></script>\n(.*)',
        body,
        re.DOTALL,
    )
    assert found, body[:200]
    return found[1]


def text(app, address) -> str:
    return own(get(app, address).body).decode()


def page(text: str) -> dict[str, bytes]:
    return {"index.html": text.encode()}


def get(app, address, status=200, **headers):
    return app.get(address, headers=headers, status=status)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("guide/", "text/html; charset=utf-8"),
        ("guide/deep.html", "text/html; charset=utf-8"),
        ("_static/style.css", "text/css; charset=utf-8"),
        ("_static/app.js", "text/javascript; charset=utf-8"),
        ("_static/font.woff2", "font/woff2"),
        ("_sources/index.rst.txt", "text/plain; charset=utf-8"),
        ("_static/data.csv", "text/csv; charset=utf-8"),
        ("_static/app.wasm", "application/wasm"),
        ("_downloads/six.tar.gz", "application/gzip"),
        ("_static/odd.strange", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
        ("objects.inv", "application/octet-stream"),
        ("%C5%BElu%C5%A5.html", "text/html; charset=utf-8"),
        ("pic.svg", "image/svg+xml"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_pages_come_as_they_were_packed(six, path, content_type, packed):
    keep(six, version="1.0")

    answer = raw(six, f"/docs/six/1.0/{path}", **{"Accept-Encoding": "gzip"} if packed else {})

    assert answer.headers["Content-Type"] == content_type
    body = answer.body
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    names = {"": "index.html", "guide/": "guide/index.html", "%C5%BElu%C5%A5.html": "žluť.html"}
    if "html" in content_type:
        body = own(body)
    assert body == PAGES[names.get(path, path)]
    assert len(answer.body) == int(answer.headers["Content-Length"])


def test_other_packings_are_sent_as_they_are_asked_for(six):
    keep(six, content=zipped(PAGES, compression=zipfile.ZIP_STORED))

    answer = raw(six, "/docs/six/guide/deep.html", **{"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers
    assert own(answer.body) == LONG


def test_a_page_travels_as_it_lies_in_the_archive(six):
    keep(six)

    answer = raw(six, "/docs/six/guide/deep.html", **{"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < len(LONG) / 10


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_head_tells_the_same_and_opens_nothing(six, encoding):
    keep(six)
    address, headers = "/docs/six/guide/deep.html", {"Accept-Encoding": encoding}

    head = TestRequest.blank(address, method="HEAD", headers=headers).get_response(six.app)

    assert head.body == b""
    got = raw(six, address, **headers)
    assert len(got.body) == int(got.headers["Content-Length"])
    for name in ("Content-Type", "Content-Length", "ETag", "Content-Encoding", "Vary"):
        assert head.headers.get(name) == got.headers.get(name)


def test_a_page_that_packs_very_well_is_sent_piece_by_piece(six, wsgi):
    keep(six, {"index.html": b"x" * 60_000_000})
    with index(wsgi) as stable:
        docs = stable.project("six").docs
        pieces = [len(piece) for piece in docs.read(docs.page("index.html"), packed=False)]

    assert sum(pieces) == 60_000_000
    assert max(pieces) <= 2**16


def test_every_page_is_in_a_sandbox(six):
    keep(six)
    for path in ("", "_static/app.js", "pic.svg", "guide/deep.html"):
        headers = get(six, f"/docs/six/{path or 'index.html'}").headers
        policy = headers["Content-Security-Policy"]

        assert policy.startswith("sandbox ")
        assert "allow-same-origin" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_an_unchanged_page_is_not_sent_again_and_a_new_one_is(six):
    keep(six)
    tag = get(six, "/docs/six/index.html").headers["ETag"]

    assert get(six, "/docs/six/index.html", 304, **{"If-None-Match": tag}).body == b""
    keep(six, page("new"))
    assert own(get(six, "/docs/six/index.html", **{"If-None-Match": tag}).body) == b"new"


def test_versions_have_their_own_and_latest_is_what_installers_take(six):
    keep(six, page("one"), "1.0")
    keep(six, page("two"), "2.0")
    keep(six, page("three"), "3.0rc1")

    assert text(six, "/docs/six/1.0/") == "one"
    assert text(six, "/docs/six/latest/") == "two"
    assert text(six, "/docs/six/3.0rc1/") == "three"
    assert text(six, "/docs/six/1.0.0/") == "one"
    first = get(six, "/docs/six/", 303)
    assert first.headers["Location"] == "/docs/six/latest/"


def test_what_is_in_quarantine_is_not_shown(six, wsgi):
    keep(six, page("one"), "1.0")
    keep(six, page("whole"))
    with index(wsgi) as stable:
        lifecycle.set_status(stable, "six", "quarantined", "malware", Actor("ada", 1.0))

    for path in ("", "1.0/", "latest/", "index.html"):
        get(six, f"/docs/six/{path}", 404)


def test_a_yanked_release_is_not_the_latest(six, wsgi):
    keep(six, page("one"), "1.0")
    keep(six, page("two"), "2.0")
    with index(wsgi) as stable:
        lifecycle.yank(stable, "six", "2.0", "bad", Actor("ada", 1.0))

    assert text(six, "/docs/six/latest/") == "one"


def test_documentation_of_the_project_serves_where_no_release_has_any(six):
    keep(six, page("whole"))

    assert get(six, "/docs/six/", 303).headers["Location"] == "/docs/six/index.html"
    assert text(six, "/docs/six/index.html") == "whole"
    assert text(six, "/docs/six/latest/") == "whole"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/docs/Six/1.0/", "/docs/six/1.0/"),
        ("/docs/six/1.0", "/docs/six/1.0/"),
        ("/docs/six/1.0/guide", "/docs/six/1.0/guide/"),
        ("/docs/six", "/docs/six/latest/"),
    ],
)
def test_addresses_lead_to_the_right_spelling(six, address, target):
    keep(six, version="1.0")

    answer = six.get(address)

    assert answer.status_int in (301, 303)
    assert answer.headers["Location"] == target


@pytest.mark.parametrize(
    "path",
    ["absent.html", "9.9/", "guide/absent/", "latest/no", "_static/"],
)
def test_what_is_not_there_says_where_it_begins(six, path):
    keep(six, version="1.0")

    answer = six.get(f"/docs/six/{path}", expect_errors=True)

    assert answer.status_int == 404
    assert "begins at /docs/six/" in answer.text


@pytest.mark.parametrize("path", ["../../Data.fs", "%2e%2e/x", "1.0/%2e%2e/%2e%2e/x", "1.0/..%2fx"])
def test_there_is_no_way_out(six, path):
    keep(six, version="1.0")

    assert six.get(f"/docs/six/{path}", expect_errors=True).status_int == 404


def bar(app, address, status=200):
    page = get(app, address, status, Accept=BROWSER)
    if status == 200:
        check(page)
    return page


def test_a_bar_leads_to_the_same_page_of_other_versions(six):
    keep(six, page("one"), "1.0")
    keep(six, page("two"), "2.0")
    keep(six, page("whole"))

    shown = bar(six, "/docs/six/+read/1.0/guide/deep.html")

    assert shown.html.iframe["src"] == "/docs/six/1.0/guide/deep.html"
    assert {it.text: it["href"] for it in shown.html.select(".menu a")} == {
        "latest": "/docs/six/+read/latest/guide/deep.html",
        "2.0": "/docs/six/+read/2.0/guide/deep.html",
        "1.0": "/docs/six/+read/1.0/guide/deep.html",
        "all versions": "/docs/six/+read/-/guide/deep.html",
    }
    assert [it.text for it in shown.html.select(".menu [aria-current]")] == ["1.0"]
    policy = shown.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert bar(six, "/docs/six/+read/-/").html.iframe["src"] == "/docs/six/index.html"
    framed = get(six, bar(six, "/docs/six/+read/latest/").html.iframe["src"])
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    assert "sandbox" in framed.headers["Content-Security-Policy"]
    assert "allow-same-origin" not in framed.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/docs/six/+read/", "/docs/six/+read/latest/"),
        ("/docs/six/+read", "/docs/six/+read/latest/"),
        ("/docs/Six/+read/1.0/a.html", "/docs/six/+read/1.0/a.html"),
    ],
)
def test_the_bar_has_one_address(six, address, target):
    keep(six, version="1.0")

    assert get(six, address, 303).headers["Location"] == target


def test_there_is_no_bar_over_nothing(six):
    bar(six, "/docs/six/+read/", 404)
    keep(six, version="1.0")
    bar(six, "/docs/six/+read/7.0/", 404)
    bar(six, "/docs/six/+read/%3Cscript%3E/", 404)
    hostile = bar(six, "/docs/six/+read/1.0/%22%3E%3Cscript%3E")
    assert hostile.html.iframe["src"] == "/docs/six/1.0/%22%3E%3Cscript%3E"
    bar(six, "/docs/six/+read/1.0/" + '"' * 1000, 404)  # it would be in the link to each version


def test_the_bar_leads_to_documentation_of_the_project_alone(six):
    keep(six, page("whole"))

    assert get(six, "/docs/six/+read/", 303).headers["Location"] == "/docs/six/+read/-/"
    assert bar(six, "/docs/six/+read/-/").html.iframe["src"] == "/docs/six/index.html"


def test_people_get_links_to_go_on_by(six):
    keep(six, version="1.0")

    page = get(six, "/docs/six/latest/%3Cb%3E.html", 404, Accept=BROWSER)

    assert page.html.h1.text == "No such page"
    assert "<b>.html" in page.html.find(class_="lead").text
    links = [link["href"] for link in page.html.main.find_all("a")]
    assert links == ["/docs/six/1.0/", "/docs/six/", "/six/", "/"]
    page = get(six, "/docs/six/2.0/", 404, Accept=BROWSER)
    assert "/docs/six/1.0/" in [link["href"] for link in page.html.main.find_all("a")]


@pytest.mark.parametrize("address", ["/docs/", "/docs/absent/", "/docs/six/", "/docs/six/latest/"])
def test_projects_without_documentation_have_no_pages(six, address):
    get(six, address, 404)


def test_a_folder_around_it_all_is_taken_off(six):
    keep(six, {f"html/{path}": content for path, content in PAGES.items()})

    assert own(get(six, "/docs/six/guide/").body) == PAGES["guide/index.html"]


def linked() -> bytes:
    """A symbolic link, as Info-ZIP packs one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", b"x")
        link = zipfile.ZipInfo("passwd.html")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return packed.getvalue()


def doubled() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("index.html", b"one")
        archive.writestr("index.html", b"two")
    return packed.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped(PAGES, compression=zipfile.ZIP_STORED))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        content[place + at] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"start.html": b"x"}), "it has no index.html"),
        (zipped({"a/index.html": b"x", "b/x": b""}), "it has no index.html"),
        (zipped({"index.html": b"x", "../evil": b"x"}), "not a plain path"),
        (zipped({"index.html": b"x", "/etc/passwd": b"x"}), "not a plain path"),
        (zipped({"index.html": b"x", "C:evil": b"x"}), "drive letter"),
        (zipped({"index.html": b"\0" * 80_000_000}), "unpack"),
        (zipped({"index.html": b"x", "a\\b": b"x"}), "backslash"),
        (zipped(PAGES).replace(b"guide/deep.html", b"guide/deep\0html"), "control character"),
        (zipped({"index.html": b"x", "index.html/a": b"x"}), "a file and a folder"),
        (linked(), "symbolic link"),
        (doubled(), "occurs twice"),
        (encrypted(), "encrypted"),
        (b"PK\x03\x04 no zip", ""),
        (b"", ""),
    ],
    ids="no-start two-folders climbing absolute drive bomb backslash nul file-and-folder symlink "
    "twice encrypted broken empty".split(),
)
def test_hostile_archives_are_refused_and_leave_nothing(six, wsgi, data, content, words):
    answer = refused(six, wsgi, data, upload_docs(docs(content=content)))

    check_wording(answer, 400, words)


def test_an_archive_of_too_many_members_is_refused(tmp_path):
    wsgi = make_app({"mypi.data": str(tmp_path), "mypi.min_free": "0", "mypi.max_members": "8"})
    app = TestApp(wsgi)
    publish(app, wheel("six", "1.0"))

    answer = send(app, upload_docs(docs()))

    check_wording(answer, 400, "more than 8 members")
    get(app, "/docs/six/", 404)
    wsgi.registry.database.close()


def test_the_answer_tells_the_address(six):
    assert "/docs/six/1.0/" in keep(six, version="1.0").text
    assert "/docs/six/" in keep(six).text


def test_deleting_a_release_takes_its_documentation_along_and_restoring_brings_it_back(six, wsgi):
    keep(six, page("one"), "1.0")
    with index(wsgi) as stable:
        trashed = trash.delete(stable, "six", Actor("ada", 1.0), version="1.0")
    get(six, "/docs/six/1.0/", 404)

    with index(wsgi) as stable:
        trash.restore(stable, trashed.id, Actor("ada", 2.0))
    assert text(six, "/docs/six/1.0/") == "one"
    assert text(six, "/docs/six/latest/") == "one"


def test_deleting_a_project_takes_its_documentation_along(six, wsgi):
    keep(six, page("whole"))
    keep(six, page("one"), "1.0")
    with index(wsgi) as stable:
        trashed = trash.delete(stable, "six", Actor("ada", 1.0))
    get(six, "/docs/six/index.html", 404)

    with index(wsgi) as stable:
        trash.restore(stable, trashed.id, Actor("ada", 2.0))
    assert text(six, "/docs/six/index.html") == "whole"
    assert text(six, "/docs/six/1.0/") == "one"


def test_a_promotion_that_is_undone_takes_its_documentation_back(app):
    publish(app, wheel("demo", "1.0"), root="/+incubator/")
    send(app, upload_docs(docs(page("demo"), "1.0", "demo")), "/+incubator/")
    asked = {"from": "incubator", "releases": ["demo==1.0"]}
    operator = {"mypi.operator": True}
    where = "/+api/v1/indexes/stable/promotions"
    number = app.post_json(where, asked, extra_environ=operator).json["id"]
    get(app, "/docs/demo/1.0/")

    app.delete(f"{where}/{number}", extra_environ=operator)

    get(app, "/docs/demo/1.0/", 404)
    get(app, "/+incubator/docs/demo/1.0/")


def test_documentation_is_promoted_with_its_release_and_seen_through_bases(app, wsgi):
    publish(app, wheel("demo", "1.0"), root="/+incubator/")
    send(app, upload_docs(docs(page("demo"), "1.0", "demo")), "/+incubator/")
    get(app, "/docs/demo/1.0/", 404)

    app.post_json(
        "/+api/v1/indexes/stable/promotions",
        {"from": "incubator", "releases": ["demo==1.0"]},
        extra_environ={"mypi.operator": True},
    )

    for root in ("/", "/+incubator/"):
        assert text(app, f"{root}docs/demo/latest/") == "demo"


def test_private_documentation_is_private(six, wsgi):
    keep(six, version="1.0")
    add_users(wsgi, "root", "ada")
    assert get(six, "/docs/six/1.0/").headers["Cache-Control"] == "no-cache"
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    get(six, "/docs/six/1.0/", 401)
    answer = get(six, "/docs/six/1.0/", **basic("ada"))
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.body == PAGES["index.html"]


def test_where_a_login_is_needed_nothing_runs(six, wsgi):
    keep(six, version="1.0")
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    for path in ("", "_static/app.js", "pic.svg"):
        headers = get(six, f"/docs/six/1.0/{path}", **basic("ada")).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'none'" in policy
        assert "allow-scripts" not in policy
        assert "allow-forms" not in policy
        assert "connect-src 'none'" in policy


def test_public_documentation_seen_through_a_private_index_needs_a_login_too(six, wsgi):
    keep(six, page("one"), "1.0")
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "incubator", grants={"read": ("ada",)})

    get(six, "/+incubator/docs/six/1.0/", 401)
    headers = get(six, "/+incubator/docs/six/1.0/", **basic("ada")).headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert "allow-scripts" not in headers["Content-Security-Policy"]
    assert "allow-scripts" in get(six, "/docs/six/1.0/").headers["Content-Security-Policy"]


def test_keeping_documentation_changes_the_projects_stamp(six, wsgi):
    with site(wsgi) as it:
        before = it.indexes["stable"].project("six").changes()
    keep(six, version="1.0")

    with site(wsgi) as it:
        assert it.indexes["stable"].project("six").changes() > before
