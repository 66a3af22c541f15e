"""The page about a file: what it is, where it comes from, what it holds."""

import hashlib

import pytest

from mypi.services.telling import of_archive
from tests.factories import egg, metadata, record, sdist, tarred, wheel, wheel_files, zipped
from tests.inside import index
from tests.reading import BROWSER, anchors, publish, publish_signed, yank

PAGE = {"Accept": BROWSER}
WHEEL = "/demo/1.0/demo-1.0-py3-none-any.whl"


def browse(app, address, status=200):
    return app.get(address, headers=PAGE, status=status)


def text(page):
    return " ".join(page.html.find("main").get_text(" ").split())


def with_info(**members):
    """A wheel with more members in its .dist-info folder."""
    files = wheel_files("demo", "1.0", requires_dist=["helper>=1"], requires_python=">=3.8")
    files.pop("demo-1.0.dist-info/RECORD")
    files |= {f"demo-1.0.dist-info/{name}": content for name, content in members.items()}
    files["demo-1.0.dist-info/RECORD"] = record(files, "demo-1.0.dist-info")
    return "demo-1.0-py3-none-any.whl", zipped(files)


def overwrite(wsgi, project, filename, content):
    """Put other bytes in the place of a stored archive, as an import without checks might."""
    with index(wsgi) as it:
        artifact = it.projects[project].file(filename).artifact
        path = artifact.path
        artifact.size = len(content)
        artifact.sha256 = hashlib.sha256(content).hexdigest()
    import os

    os.chmod(path, 0o600)
    with open(path, "wb") as file:
        file.write(content)


def test_it_tells_digests_size_tags_and_commands(app):
    archive = wheel("demo")
    publish(app, archive)

    page = browse(app, WHEEL)

    shown = text(page)
    assert "Wheel any Python 3" in shown
    for digest in (
        hashlib.sha256(archive[1]).hexdigest(),
        hashlib.md5(archive[1]).hexdigest(),
        hashlib.blake2b(archive[1], digest_size=32).hexdigest(),
    ):
        assert digest in shown
    assert f"{len(archive[1])} bytes" in shown
    assert "http://localhost:6543/packages/stable/demo/demo-1.0-py3-none-any.whl" in shown
    assert f"--hash=sha256:{hashlib.sha256(archive[1]).hexdigest()}" in shown
    links = {it.text: it.href for it in anchors(page)}
    assert app.get(links["Download"]).body == archive[1]
    assert browse(app, links["Look inside"]).status_int == 200


def test_it_tells_what_the_wheel_says_of_itself(app):
    scripts = b"[console_scripts]\ndemo = demo:main\n[demo.plugins]\none = demo.one:One\n"
    publish(app, with_info(**{"entry_points.txt": scripts, "top_level.txt": b"demo\n"}))

    shown = text(browse(app, WHEEL))

    assert "console_scripts demo = demo:main" in shown
    assert "demo.plugins one = demo.one:One" in shown
    assert "Can be imported demo" in shown
    assert "RECORD lists the 6 members that the wheel holds" in shown
    assert "Requires Dist" not in shown
    assert "Requires-Dist helper>=1" in shown
    assert "Requires-Python >=3.8" in shown


def test_an_egg_and_a_source_archive_have_a_page_too(app):
    publish(app, egg("demo"), sdist("demo", summary="Of the source"))

    assert "Egg 0." not in text(browse(app, "/demo/1.0/demo-1.0-py2.7.egg"))
    assert "Can be imported demo" in text(browse(app, "/demo/1.0/demo-1.0-py2.7.egg"))
    assert "Summary Of the source" in text(browse(app, "/demo/1.0/demo-1.0.tar.gz"))


def test_it_tells_a_yank_and_a_signature(app, wsgi):
    publish_signed(app, wheel("demo"), b"-----BEGIN PGP SIGNATURE-----\nx\n")
    yank(wsgi, "demo", "demo-1.0-py3-none-any.whl", "broken on <b>Windows</b>")

    page = browse(app, WHEEL)

    assert "Reason: broken on <b>Windows</b>" in text(page)
    assert "<b>Windows" not in page.text
    signature = next(it.href for it in anchors(page) if it.text == "GPG signature")
    assert app.get(signature).body.startswith(b"-----BEGIN PGP")


def test_it_tells_where_a_promoted_file_was_published_first(app, operator):
    publish(app, wheel("demo"), root="/+incubator/")
    operator.post(
        "/indexes/stable/promotions", {"from": "incubator", "releases": ["demo==1.0"], "note": "ok"}
    )

    shown = text(browse(app, WHEEL))

    assert "Promoted from incubator, today" in shown
    assert "UTC in incubator" in shown


def test_a_tool_is_sent_to_the_file(app):
    archive = wheel("demo")
    publish(app, archive)

    answer = app.get(WHEEL)

    assert answer.status_int == 303
    assert answer.headers["Vary"] == "Accept"
    assert answer.follow().body == archive[1]


def test_another_spelling_is_redirected(app):
    publish(app, wheel("demo"))

    assert browse(app, WHEEL + "/", 301).headers["Location"] == WHEEL
    assert browse(app, "/Demo/1.0.0/demo-1.0-py3-none-any.whl", 301).headers["Location"] == WHEEL


@pytest.mark.parametrize(
    "address",
    ["/demo/1.0/other-1.0.tar.gz", "/demo/2.0/demo-1.0-py3-none-any.whl", f"{WHEEL}/+else"],
)
def test_what_is_not_there_is_404(app, address):
    publish(app, wheel("demo"), wheel("demo", "2.0"))

    browse(app, address, 404)


def test_a_record_that_does_not_agree_is_told(app, wsgi):
    publish(app, wheel("demo"))
    files = wheel_files("demo", "1.0")
    files["demo/<script>alert(1)<!--.py"] = b"not listed"
    overwrite(wsgi, "demo", "demo-1.0-py3-none-any.whl", zipped(files))

    page = browse(app, WHEEL)

    assert "RECORD does not agree with the wheel: 1 member" in text(page)
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 broken", zipped({"../up.py": b"x"}), tarred({"a": b"b"})],
    ids=["empty", "broken", "up", "tar"],
)
def test_a_hostile_archive_has_a_page_that_says_why_it_is_not_shown(app, wsgi, content):
    publish(app, wheel("demo"))
    overwrite(wsgi, "demo", "demo-1.0-py3-none-any.whl", content)

    assert "demo-1.0-py3-none-any.whl:" in text(browse(app, WHEEL))


def test_metadata_is_shown_as_text(app):
    hostile = [
        "Author: <script>alert(1)</script>",
        'License: "><img src=x onerror=alert(2)>',
        "Project-URL: evil, javascript:alert(3)",
        "Keywords: ${structure: 1},<b>",
    ]
    publish(app, wheel("demo", summary="<svg onload=alert(4)>", headers=hostile))

    page = browse(app, WHEEL)

    assert not page.html.find_all(["img", "b"])
    assert not [it for it in anchors(page) if it.href.startswith("javascript:")]
    assert "<svg onload" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_broken_entry_points_are_left_out(app, wsgi):
    publish(app, wheel("demo"))
    files = wheel_files("demo", "1.0")
    files["demo-1.0.dist-info/entry_points.txt"] = b"no group = before\n"
    overwrite(wsgi, "demo", "demo-1.0-py3-none-any.whl", zipped(files))

    assert browse(app, WHEEL).status_int == 200


def test_of_an_installer_of_old_only_the_outside_is_told(app, wsgi):
    from mypi.archives.reading import Directory

    publish(app, wheel("demo"))
    with index(wsgi) as it:
        file = it.projects["demo"].file("demo-1.0-py3-none-any.whl")
        file.filename = "demo-1.0.win32.exe"
        told = of_archive(file, Directory([]))
        file.filename = "demo-1.0-py3-none-any.whl"

    assert told == ([], [], None)


def test_the_metadata_of_this_very_file_is_shown(app):
    publish(app, wheel("demo", summary="Of the wheel"), sdist("demo", summary="Of the source"))

    assert "Summary Of the wheel" in text(browse(app, WHEEL))
    assert "Summary Of the source" in text(browse(app, "/demo/1.0/demo-1.0.tar.gz"))


def test_long_values_are_cut_and_that_is_told(app):
    headers = [f"Classifier: Topic :: {n}" for n in range(70)]
    named = metadata("demo", "1.0", headers=headers)
    assert b"Topic :: 69" in named
    publish(app, wheel("demo", headers=headers))

    assert "… and 10 more" in text(browse(app, WHEEL))
