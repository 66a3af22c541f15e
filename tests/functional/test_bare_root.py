"""The bare host as an index, and every other address people and tools ask (client-traps.md)."""

import pytest

from tests.factories import sdist, wheel
from tests.inside import index
from tests.reading import BROWSER, JSON, anchors, ask, follow, mark, publish, register

SIX, SIX_WHEEL = wheel("six", "1.0")
TEXT = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def _six(app):
    publish(app, (SIX, SIX_WHEEL))


def linked(app, page):
    """File names and bytes behind the links of a page, as an old installer finds them."""
    answer = app.get(page)
    while answer.status_int == 301:
        page = answer.headers["Location"]
        answer = app.get(page)
    return {link.text: follow(app, page, link.href).body for link in anchors(answer)}


# Projects at the root


@pytest.mark.parametrize("address", ["/Foo_Bar", "/Foo_Bar/", "/Foo-Bar/", "/foo-bar/", "/FOO.BAR"])
@pytest.mark.parametrize("root", ["", "/simple", "/+simple", "/+incubator", "/legacy/+simple"])
def test_c1_and_c20_a_name_as_typed_leads_to_the_files_in_one_step(app, root, address):
    name, content = wheel("Foo.Bar", "1.0")
    publish(app, (name, content))

    answer = app.get(root + address)
    target = answer.headers.get("Location", root + address)

    assert target == root + "/foo-bar/"
    assert linked(app, target) == {name: content}


@pytest.mark.parametrize(
    "address", ["/six/1.0", "/six/1.0/", "/six/1/", "/six/v1.0.0/", "/Six/1.0"]
)
@pytest.mark.parametrize("root", ["", "/+stable", "/+incubator"])
def test_c2_a_pinned_version_has_the_files_of_that_release_alone(app, root, address):
    publish(app, wheel("six", "2.0"))

    assert linked(app, root + address) == {SIX: SIX_WHEEL}


def test_c2_the_links_of_a_pinned_version_carry_the_hash(app):
    [anchor] = anchors(app.get("/six/1.0/", headers=TEXT))

    assert "#sha256=" in anchor.href


@pytest.mark.parametrize(
    "address", ["/six/2.0/", "/six/nothing/", "/six/1.0/nothing", "/six/1.0/x/y"]
)
def test_c2_a_version_that_does_not_exist_is_404(app, address):
    assert ask(app, address).status_int == 404


def test_a_release_without_files_is_an_empty_page(app):
    register(app, "six", "2.0")

    assert anchors(app.get("/six/2.0/", headers=TEXT)) == []


def test_c22_a_version_page_is_not_cached_as_the_page_of_the_project(app):
    publish(app, wheel("six", "2.0"))

    pages = [
        app.get(page, headers={"Accept": JSON}) for page in ("/six/1.0/", "/six/2.0/", "/six/")
    ]

    assert [len(page.json["files"]) for page in pages] == [1, 1, 2]
    assert len({page.headers["ETag"] for page in pages}) == 3


@pytest.mark.parametrize("word", ["simple", "pypi", "legacy", "packages", "docs", "package"])
def test_n10_a_project_named_as_an_address_of_ours_is_found_below_simple(app, word):
    name, content = wheel(word, "1.0")
    publish(app, (name, content))

    assert linked(app, f"/simple/{word}/") == {name: content}
    assert linked(app, f"/+simple/{word}/") == {name: content}


@pytest.mark.parametrize("word", ["simple", "pypi", "legacy", "packages"])
def test_n10_our_own_addresses_go_on_when_a_project_has_their_name(app, word):
    publish(app, wheel(word, "1.0"))

    assert linked(app, "/simple/six/") == {SIX: SIX_WHEEL}
    assert ask(app, f"/packages/stable/six/{SIX}").body == SIX_WHEEL


# What upload tools ask and print


@pytest.mark.parametrize(
    "upload", ["/legacy", "/pypi", "", "/+stable", "/simple/..", "/+incubator"]
)
def test_hatch_finds_what_is_there_before_it_uploads(app, upload):
    answer = ask(app, f"{upload}/%2Bsimple/six/", HTTP_AUTHORIZATION="Basic Og==")

    assert answer.status_int == 200
    assert [link.text for link in anchors(answer)] == [SIX]


def test_hatch_gets_404_for_a_new_project(app):
    assert ask(app, "/legacy/%2Bsimple/new/").status_int == 404


@pytest.mark.parametrize(
    ("printed", "target"),
    [
        ("/legacy/six/1.0/", "/six/1.0/"),
        ("/legacy/six", "/six/"),
        ("/pypi/six", "/six/"),
        ("/pypi/six/1.0", "/six/1.0/"),
        ("/+incubator/legacy/six/1.0/", "/+incubator/six/1.0/"),
    ],
)
@pytest.mark.parametrize("accept", [BROWSER, "*/*"])
def test_the_address_that_a_tool_prints_after_publishing_leads_to_the_release(
    app, printed, target, accept
):
    answer = ask(app, printed, HTTP_ACCEPT=accept)

    assert (answer.status_int, answer.headers["Location"]) == (301, target)
    assert ask(app, target, HTTP_ACCEPT=accept).status_int == 200


@pytest.mark.parametrize(
    "address",
    [
        "/legacy/nothing/",
        "/pypi/six/9.9/",
        "/pypi/six/a/json",
        "/pypi/six/1.0/x/json",
        "/legacy/six/a/b",
    ],
)
def test_what_is_nowhere_is_404_at_once_and_not_redirected(app, address):
    assert ask(app, address).status_int == 404


# Addresses of the first mypi


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/package", "/"),
        ("/package/", "/"),
        ("/package/six", "/six/"),
        ("/package/Six/", "/six/"),
        ("/package/six/1.0/", "/six/1.0/"),
        (f"/download/six/{SIX}/", f"/packages/stable/six/{SIX}"),
        (f"/download/SIX/{SIX}", f"/packages/stable/six/{SIX}"),
        (f"/download/six/{SIX}/?x=1", f"/packages/stable/six/{SIX}?x=1"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_former_address_redirects_to_ours(app, old, new, method):
    answer = ask(app, old, method)

    assert (answer.status_int, answer.headers["Location"]) == (301, new)
    assert ask(app, new, method).status_int == 200


@pytest.mark.parametrize(
    "old",
    [
        "/package/nothing/",
        "/download/six/nothing.tar.gz/",
        "/download/nothing/x.tar.gz",
        "/package/six/9.9/",
        "/package/six/1.0/x/",
        "/+incubator/package/six/",
    ],
)
def test_a_former_address_of_what_is_not_here_is_404(app, old):
    assert ask(app, old).status_int == 404


@pytest.mark.parametrize("word", ["package", "download"])
def test_a_project_of_that_very_name_has_the_address(app, word):
    name, content = wheel(word, "1.0")
    publish(app, (name, content))

    assert linked(app, f"/{word}/") == {name: content}
    assert linked(app, f"/{word}/1.0/") == {name: content}
    assert ask(app, f"/{word}/six/").status_int == 404


@pytest.mark.parametrize("old", ["/package/", "/package/six/", f"/download/six/{SIX}/"])
def test_a_former_address_is_never_redirected_for_a_post(app, old):
    assert ask(app, old, "POST").status_int == 405


# Inheritance


@pytest.mark.parametrize(
    "page", ["/+incubator/six/", "/+incubator/simple/six/", "/+incubator/six/1.0/"]
)
def test_an_index_shows_what_only_its_base_has(app, page):
    assert linked(app, page) == {SIX: SIX_WHEEL}


def test_the_list_of_an_index_has_the_projects_of_its_base_too(app):
    publish(app, wheel("seven", "1.0"), root="/+incubator/")
    publish(app, wheel("six", "2.0"), root="/+incubator/")

    lists = {
        root: [link.text for link in anchors(app.get(root, headers=TEXT))]
        for root in ("/", "/+incubator/")
    }

    assert lists == {"/": ["six"], "/+incubator/": ["seven", "six"]}


def test_a_project_in_an_index_hides_the_one_of_its_base(app):
    name, content = wheel("six", "2.0")
    publish(app, (name, content), root="/+incubator/")

    assert linked(app, "/+incubator/six/") == {name: content}
    assert linked(app, "/six/") == {SIX: SIX_WHEEL}


def test_a_project_that_is_only_registered_hides_nothing(app):
    register(app, "six", "2.0", root="/+incubator/")

    assert linked(app, "/+incubator/six/") == {SIX: SIX_WHEEL}


@pytest.mark.parametrize("page", ["/+incubator/six/", "/+incubator/simple/six/"])
def test_an_index_sees_what_its_base_gets_at_once(app, page):
    before = app.get(page, headers=TEXT)
    publish(app, wheel("six", "2.0"))

    after = app.get(page, headers={**TEXT, "If-None-Match": before.headers["ETag"]})

    assert len(anchors(after)) == 2


def test_an_index_sees_at_once_that_a_project_now_hides_that_of_its_base(app):
    before = app.get("/+incubator/six/", headers=TEXT)
    publish(app, wheel("six", "2.0"), root="/+incubator/")

    after = app.get("/+incubator/six/", headers={**TEXT, "If-None-Match": before.headers["ETag"]})

    assert [link.text for link in anchors(after)] == ["six-2.0-py3-none-any.whl"]


def test_an_index_sees_at_once_that_its_bases_were_changed(app, wsgi):
    before = app.get("/+incubator/", headers=TEXT)
    with index(wsgi, "incubator") as it:
        it.policy.bases = ()

    after = app.get("/+incubator/", headers={**TEXT, "If-None-Match": before.headers["ETag"]})

    assert anchors(after) == []
    assert ask(app, "/+incubator/six/").status_int == 404


def test_a_quarantined_project_is_not_replaced_by_that_of_a_base(app, wsgi):
    publish(app, wheel("six", "2.0"), root="/+incubator/")
    with index(wsgi, "incubator") as it:
        it.projects["six"].status = "quarantined"

    assert linked(app, "/+incubator/six/") == {}


def test_a_project_quarantined_in_the_base_is_so_for_every_index_on_it(app, wsgi):
    mark(wsgi, "six", "quarantined")

    assert linked(app, "/+incubator/six/") == {}


@pytest.mark.parametrize(
    "address", ["/+incubator/+stable/", "/+nothing/", "/+/", "/+six/", "/+simple/+simple/"]
)
def test_an_index_is_reached_from_the_root_alone(app, address):
    assert ask(app, address).status_int == 404


@pytest.mark.parametrize("page", ["/six/", "/six/1.0/", "/+incubator/simple/six/"])
def test_behind_a_prefix_links_and_redirects_stay_below_it(app, page):
    mounted = {"SCRIPT_NAME": "/py pi"}

    [anchor] = anchors(ask(app, page, **mounted))
    moved = ask(app, page.rstrip("/"), **mounted)

    assert anchor.href.count("../") == page.count("/") - 1
    assert moved.headers["Location"] == "/py%20pi" + page


def test_a_redirect_is_a_path_whatever_host_is_asked_for(app):
    answer = ask(app, "/six", HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")

    assert answer.headers["Location"] == "/six/"


def test_an_sdist_of_old_with_dots_and_capitals_is_found(app):
    name, content = sdist("My.Old_Pkg", "1.0")
    publish(app, (name, content))

    assert linked(app, "/My.Old_Pkg/") == {name: content}


@pytest.mark.parametrize("word", ["docs", "rss", "integrity", "packages"])
def test_a_project_whose_name_is_a_kept_word_is_found_below_simple_alone(app, word):
    publish(app, wheel(word, "1.0"))

    app.get(f"/{word}/", status=404)
    assert f"{word}-1.0-py3-none-any.whl" in app.get(f"/simple/{word}/").text
