"""The HTML form of the Simple API (spec/index-api.md 2.1, 2.3, 2.6, 2.7, 12)."""

import re

import html5lib
import pytest

from tests.factories import sdist, wheel
from tests.inside import index
from tests.reading import (
    anchors,
    ask,
    follow,
    headers,
    mark,
    metas,
    publish,
    publish_signed,
    register,
    yank,
)
from tests.wire import digest

TEXT = {"Accept": "text/html"}
SIX, SIX_WHEEL = wheel("six", "1.0", requires_python=">=3.8,<4,!=3.9.*")
PROJECT_PAGES = ["/simple/six/", "/+simple/six/", "/six/", "/six/1.0/", "/+stable/simple/six/"]
LISTS = ["/", "/simple/", "/+simple/", "/+stable/", "/+incubator/simple/", "/legacy/+simple/"]


@pytest.mark.parametrize("root", LISTS)
def test_s1_every_base_lists_projects_and_leads_to_their_pages(app, root):
    publish(app, (SIX, SIX_WHEEL))

    [anchor] = anchors(app.get(root, headers=TEXT))

    assert anchor.text == "six"
    assert [link.text for link in anchors(follow(app, root, anchor.href))] == [SIX]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "address", ["/simple", "/simple/six", "/six", "/six/1.0", "/+incubator", "/+incubator/six"]
)
def test_s2_an_address_without_its_slash_is_redirected_permanently(app, address, method):
    publish(app, (SIX, SIX_WHEEL))

    answer = ask(app, address, method)

    assert answer.status_int in (301, 308)
    assert answer.headers["Location"] == address + "/"


@pytest.mark.parametrize("name", ["Six", "SIX", "six.", "s_i-x"])
def test_s3_only_names_that_are_the_same_project_are_redirected(app, name):
    publish(app, (SIX, SIX_WHEEL))

    answer = ask(app, f"/simple/{name}/")

    if name.lower() == "six":
        assert (answer.status_int, answer.headers["Location"]) == (301, "/simple/six/")
    else:
        assert answer.status_int == 404


@pytest.mark.parametrize(
    "spelling",
    ["Friendly-Bard", "FRIENDLY-BARD", "friendly.bard", "friendly_bard", "friendly--bard"],
)
@pytest.mark.parametrize("root", ["/", "/simple/", "/+incubator/", "/+incubator/simple/"])
def test_s3_a_spelling_is_redirected_once_to_the_normal_name_and_keeps_the_query(
    app, root, spelling
):
    publish(app, wheel("Friendly.Bard", "1.0"))

    answer = ask(app, f"{root}{spelling}?format=text/html&x=%20")

    assert answer.status_int == 301
    assert answer.headers["Location"] == f"{root}friendly-bard/?format=text/html&x=%20"


def test_s3_a_missing_slash_keeps_the_query(app):
    assert ask(app, "/simple?a=1&b=2").headers["Location"] == "/simple/?a=1&b=2"


def test_s4_a_project_that_does_not_exist_is_404(app):
    assert ask(app, "/simple/nothing/").status_int == 404


def test_s4_a_project_without_files_is_an_empty_page(app):
    register(app, "six")

    page = app.get("/simple/six/", headers=TEXT)

    assert anchors(page) == []


@pytest.mark.parametrize("page", [*PROJECT_PAGES, "/+incubator/six/", "/legacy/+simple/six/"])
def test_s5_file_links_are_relative_and_lead_to_the_file(app, page):
    publish(app, (SIX, SIX_WHEEL))

    [anchor] = anchors(app.get(page, headers=TEXT))

    assert anchor.href.startswith("../")
    assert follow(app, page, anchor.href).body == SIX_WHEEL


@pytest.mark.parametrize("page", ["/", "/simple/", *PROJECT_PAGES])
def test_s6_head_answers_as_get_but_without_the_body(app, page):
    publish(app, (SIX, SIX_WHEEL))

    get = ask(app, page)
    head = ask(app, page, "HEAD")

    assert head.status == get.status
    assert headers(head) == headers(get)
    assert head.body == b""


@pytest.mark.parametrize("page", ["/", "/simple/", *PROJECT_PAGES])
def test_s30_a_page_is_valid_html5_and_begins_with_the_doctype(app, wsgi, page):
    publish(app, (SIX, SIX_WHEEL), sdist("six", "1.0"))
    yank(wsgi, "six", SIX, 'broken "<b>" & bad')
    mark(wsgi, "six", "deprecated", 'use "<seven>" & more')

    answer = app.get(page, headers=TEXT)

    assert answer.text.startswith("<!DOCTYPE html>")
    html5lib.HTMLParser(strict=True).parse(answer.text)


@pytest.mark.parametrize("page", ["/simple/", "/simple/six/"])
def test_s31_the_repository_version_is_1_4(app, page):
    publish(app, (SIX, SIX_WHEEL))

    answer = app.get(page, headers=TEXT)

    assert metas(answer)["pypi:repository-version"] == "1.4"
    assert answer.text.index("pypi:repository-version") < answer.text.index("</head>")


def test_s32_the_list_has_exactly_one_anchor_a_project_and_no_other(app):
    publish(app, wheel("six", "1.0"), wheel("six", "2.0"), wheel("Foo.Bar", "1.0"))
    register(app, "empty")

    listed = anchors(app.get("/simple/", headers=TEXT))

    assert [(link.text, link.href) for link in listed] == [
        ("empty", "empty/"),
        ("foo-bar", "foo-bar/"),
        ("six", "six/"),
    ]


def test_s33_an_anchor_is_a_file_its_text_the_name_and_its_fragment_the_sha256(app):
    local, local_wheel = wheel("six", "1.0+local.1")
    publish(app, (SIX, SIX_WHEEL), (local, local_wheel), sdist("six", "1.0"))

    page = app.get("/simple/six/", headers=TEXT)

    links = {link.text: link.href for link in anchors(page)}
    assert set(links) == {SIX, local, "six-1.0.tar.gz"}
    assert links[SIX].rpartition("/")[2] == f"{SIX}#sha256={digest('sha256', SIX_WHEEL)}"
    assert follow(app, "/simple/six/", links[local]).body == local_wheel


def test_s34_requires_python_is_escaped(app):
    publish(app, (SIX, SIX_WHEEL))

    page = app.get("/simple/six/", headers=TEXT)

    [written] = re.findall(r' data-requires-python="([^"]*)"', page.text)
    assert "&lt;4" in written
    assert "&gt;=3.8" in written
    [anchor] = anchors(page)
    said = (anchor.attributes["data-requires-python"] or "").split(",")
    assert {part.strip() for part in said} == {">=3.8", "<4", "!=3.9.*"}


def test_s34_requires_python_is_left_out_when_there_is_none(app):
    publish(app, wheel("six", "1.0"))

    assert "data-requires-python" not in app.get("/simple/six/", headers=TEXT)


@pytest.mark.parametrize("reason", ["", "broken", 'says "<b>" & more'])
def test_s35_a_yanked_file_carries_its_reason(app, wsgi, reason):
    publish(app, (SIX, SIX_WHEEL), sdist("six", "1.0"))
    yank(wsgi, "six", SIX, reason)

    links = {link.text: link for link in anchors(app.get("/simple/six/", headers=TEXT))}

    assert links[SIX].attributes["data-yanked"] == reason
    assert "data-yanked" not in links["six-1.0.tar.gz"].attributes


def test_s36_metadata_is_announced_under_both_names(app):
    publish(app, (SIX, SIX_WHEEL))

    [anchor] = anchors(app.get("/simple/six/", headers=TEXT))

    told = anchor.attributes["data-core-metadata"]
    raw = follow(app, "/simple/six/", anchor.href.partition("#")[0] + ".metadata").body
    assert told == f"sha256={digest('sha256', raw)}"
    assert anchor.attributes["data-dist-info-metadata"] == told


def test_s36_a_file_without_metadata_says_nothing_of_it(app):
    publish(app, sdist("six", "1.0", metadata_version="1.1"))

    page = app.get("/simple/six/", headers=TEXT)

    assert "core-metadata" not in page.text
    assert "dist-info-metadata" not in page.text


def test_s37_signatures_are_told_of_every_file_or_of_none(app):
    publish(app, (SIX, SIX_WHEEL))
    assert "gpg-sig" not in app.get("/simple/six/", headers=TEXT)

    publish_signed(app, sdist("six", "1.0"), b"-----BEGIN PGP SIGNATURE-----\n")

    links = anchors(app.get("/simple/six/", headers=TEXT))
    assert {link.text: link.attributes["data-gpg-sig"] for link in links} == {
        SIX: "false",
        "six-1.0.tar.gz": "true",
    }


@pytest.mark.parametrize("status", ["active", "archived", "deprecated", "quarantined"])
def test_s39_the_projects_status_and_its_reason_are_in_the_head(app, wsgi, status):
    publish(app, (SIX, SIX_WHEEL))
    mark(wsgi, "six", status, 'see "<seven>" & co')

    page = app.get("/simple/six/", headers=TEXT)

    assert metas(page)["pypi:project-status"] == status
    assert metas(page)["pypi:project-status-reason"] == 'see "<seven>" & co'
    assert len(anchors(page)) == (0 if status == "quarantined" else 1)


def test_s39_without_a_reason_none_is_given(app):
    publish(app, (SIX, SIX_WHEEL))

    page = app.get("/simple/six/", headers=TEXT)

    assert metas(page)["pypi:project-status"] == "active"
    assert "pypi:project-status-reason" not in metas(page)


@pytest.mark.parametrize("page", ["/simple/", "/simple/six/"])
def test_s40_the_rejected_tags_of_pep_708_are_never_written(app, page):
    publish(app, (SIX, SIX_WHEEL))

    text = app.get(page, headers=TEXT).text

    assert "tracks" not in text
    assert "alternate-locations" not in text


def test_s42_attributes_are_double_quoted_and_links_have_no_spaces(app):
    publish(app, (SIX, SIX_WHEEL))

    text = app.get("/simple/six/", headers=TEXT).text

    # How pip 1.0 and setuptools find links.
    found = re.findall(r"""href\s*=\s*['"]?([^'"> ]+)""", text)
    assert found == [link.href for link in anchors(app.get("/simple/six/", headers=TEXT))]
    assert "='" not in text


def test_s43_no_page_for_installers_has_links_to_other_places(app):
    publish(app, wheel("six", "1.0", headers=["Home-page: https://six.example/six-9.9.tar.gz"]))

    for page in PROJECT_PAGES:
        text = app.get(page, headers=TEXT).text
        assert "six.example" not in text
        assert "rel=" not in text
        assert "<th" not in text


def test_s70_a_yanked_file_stays_downloadable(app, wsgi):
    publish(app, (SIX, SIX_WHEEL))
    yank(wsgi, "six", SIX)

    [anchor] = anchors(app.get("/simple/six/", headers=TEXT))

    assert follow(app, "/simple/six/", anchor.href).body == SIX_WHEEL


def test_s70_yanking_changes_the_page_at_once_and_can_be_taken_back(app, wsgi):
    publish(app, (SIX, SIX_WHEEL))
    before = app.get("/simple/six/", headers=TEXT)
    yank(wsgi, "six", SIX)
    assert app.get("/simple/six/", headers=TEXT).headers["ETag"] != before.headers["ETag"]

    with index(wsgi) as it:
        project = it.projects["six"]
        project.links[SIX] = (*project.links[SIX][:6], None, False)
        project.changes.change(1)

    assert app.get("/simple/six/", headers=TEXT).text == before.text


def test_c21_an_error_page_for_easy_install_is_not_html(app):
    answer = ask(app, "/simple/six-1.0.tar.gz/")

    assert answer.status_int == 404
    assert "html" not in answer.content_type


def test_a_page_is_never_run_nor_framed_and_its_files_may_be_saved(app):
    """A ``sandbox`` without allow-downloads lets browsers refuse the click on a file."""
    answer = app.get("/simple/", headers=TEXT)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-downloads" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
