"""Two releases side by side."""

import pytest

from mypi.services import comparing
from tests.factories import sdist, wheel, zipped
from tests.functional.test_contents import in_a_source_archive
from tests.functional.test_file_page import overwrite
from tests.reading import BROWSER, anchors, ask, publish, register

PAGE = {"Accept": BROWSER}
ADDRESS = "/demo/2.0/+diff/1.0"


def browse(app, address, status=200):
    return app.get(address, headers=PAGE, status=status)


def text(page):
    return " ".join(page.html.find("main").get_text(" ").split())


@pytest.fixture
def two(app):
    """Two releases that differ in everything."""
    publish(
        app,
        wheel(
            "demo",
            "1.0",
            files={"api.py": b"def lost():\n    pass\n", "gone.py": b"x = 1\n"},
            requires_python=">=3.7",
            requires_dist=["a>=1", "b"],
            summary="Old",
            headers=["Classifier: Framework :: Old"],
            description="one",
        ),
        wheel(
            "demo",
            "2.0",
            files={"api.py": b"def found():\n    pass\n", "came.py": b"y = 2\n"},
            requires_python=">=3.8",
            requires_dist=["a>=2", "c"],
            summary="New",
            headers=["Classifier: Framework :: New"],
            description="more than one",
        ),
    )
    return app


def test_what_releases_say_differently_is_told(two):
    shown = text(browse(two, ADDRESS))

    assert "Requires Python >=3.7 >=3.8 narrowed" in shown
    assert "a a>=1 a>=2 narrowed" in shown
    assert "b b removed" in shown
    assert "c c added" in shown
    assert "Summary Old New" in shown
    assert "Framework :: Old Framework :: New" in shown
    assert "The description differs: 3 characters before, 13 characters now." in shown


def test_what_is_inside_is_compared(two):
    page = browse(two, ADDRESS)
    shown = text(page)

    assert "demo.api.found" in shown
    assert "demo.api.lost" in shown
    assert "4 changed, 1 added, 1 removed, 0 moved" in shown
    diff = next(it for it in page.html.select(".diff") if "api.py" in it.summary.get_text())
    assert [it.get_text() for it in diff.select(".gd, .gi")] == [
        "-def lost():",
        "+def found():",
    ]
    added = next(it.href for it in anchors(page) if it.text == "demo/came.py")
    removed = next(it.href for it in anchors(page) if it.text == "demo/gone.py")
    assert "y = 2" in text(browse(two, added))
    assert "x = 1" in text(browse(two, removed))


def test_source_archives_are_preferred(two):
    publish(two, sdist("demo", "1.0"), sdist("demo", "2.0"))

    assert "demo-1.0.tar.gz and demo-2.0.tar.gz, compared" in text(browse(two, ADDRESS))


def test_the_form_leads_to_the_comparison(two):
    form = browse(two, ADDRESS).forms[1]
    assert form["with"].value == "1.0"
    assert form["of"].value == "2.0"
    form["with"], form["of"] = "2.0", "1.0"

    answer = form.submit(headers=PAGE)

    assert answer.status_int == 303
    assert answer.headers["Location"] == "/demo/1.0/+diff/2.0"


def test_without_another_version_it_is_the_one_before(two):
    assert browse(two, "/demo/2.0/+diff", 303).headers["Location"] == ADDRESS
    assert browse(two, "/demo/1.0/+diff", 303).headers["Location"] == "/demo/1.0/+diff/1.0"


def test_another_spelling_is_redirected(two):
    assert browse(two, "/Demo/2.0.0/+diff/v1", 301).headers["Location"] == ADDRESS


def test_a_release_does_not_differ_from_itself(two):
    shown = text(browse(two, "/demo/2.0/+diff/2.0"))

    assert "Nothing differs." in shown
    assert "0 changed, 0 added, 0 removed" in shown


@pytest.mark.parametrize(
    "address",
    ["/demo/2.0/+diff/9", "/demo/2.0/+diff/1.0/x", "/demo/2.0/+diff?with=9", "/demo/9/+diff/1.0"],
)
def test_what_is_not_there_is_404(two, address):
    browse(two, address, 404)


@pytest.mark.parametrize(
    "address", [f"/demo/2.0/+diff/{'9' * 5000}", "/demo/2.0/+diff?with=%ff", "/demo/2.0/+diff/%00"]
)
def test_nonsense_is_no_error_of_ours(two, address):
    assert ask(two, address, HTTP_ACCEPT=BROWSER).status_int in (400, 404)


def test_releases_without_comparable_archives_are_compared_by_what_they_say(app):
    register(app, "demo", "1.0")
    publish(app, wheel("demo", "2.0", tags="cp311-cp311-win_amd64"))

    shown = text(browse(app, ADDRESS))

    assert "There is no source archive, nor wheel for every platform, of both releases." in shown


HOSTILE = b"</code></pre><script>alert(1)</script><img src=x onerror=alert(2)>\"'\n"


@pytest.mark.parametrize("name", ["<script>alert(1)<", '"><img src=x onerror=alert(2)>', "a.html"])
def test_hostile_diffs_and_names_run_nowhere(app, name):
    name = name.replace("/", "_") + ".txt"
    publish(
        app,
        wheel("demo", "1.0", files={name: b"before\n"}, summary="<script>alert(3)</script>"),
        wheel(
            "demo",
            "2.0",
            files={name: HOSTILE, "new" + name: b""},
            summary="<img src=x onerror=alert(4)>",
            requires_dist=["a; extra == '<b>'"],
        ),
    )

    page = browse(app, ADDRESS)

    assert HOSTILE.decode().strip() in page.html.find("main").get_text()
    assert not page.html.select("main img, main script, main b")
    assert not [it for it in page.html.find_all(True) if any(k.startswith("on") for k in it.attrs)]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_hostile_archive_says_why_it_is_not_compared(two, wsgi):
    overwrite(wsgi, "demo", "demo-2.0-py3-none-any.whl", zipped({"../up": b""}))

    assert "not a plain path" in text(browse(two, ADDRESS))


def test_while_others_are_compared_the_reader_is_told_and_nothing_is_kept(two):
    with comparing.CHILD._lock:
        waiting = browse(two, ADDRESS)
    later = browse(two, ADDRESS)

    assert "Other archives are being compared just now." in text(waiting)
    assert waiting.headers["Cache-Control"] == "no-store"
    assert "demo.api.found" in text(later)


def test_a_comparison_that_takes_too_long_is_given_up(two, monkeypatch):
    monkeypatch.setattr(comparing.CHILD, "seconds", 0)

    assert "took too long" in text(browse(two, ADDRESS))


def test_the_same_archive_on_both_sides_costs_nothing_to_tell(app):
    publish(app, in_a_source_archive({"a.py": b"x"}))

    assert "0 changed" in text(browse(app, "/demo/1.0/+diff/1.0"))
