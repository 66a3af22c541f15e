"""Addresses that the public index has or had (U-46, C-60): they lead to ours."""

import pytest
from trove_classifiers import sorted_classifiers

from tests.factories import sdist, wheel
from tests.reading import BROWSER, ask, publish

SDIST = sdist("six", "1.0")[0]
WHEEL = wheel("six", "1.0")[0]
ACTIONS = [
    ("?:action=rss", "rss/updates.xml"),
    ("?:action=packages_rss", "rss/packages.xml"),
    ("?:action=display&name=six&version=1.0", "six/1.0/"),
    ("?:action=display&name=six", "six/"),
    ("?:action=files&name=six&version=1.0", "six/1.0/"),
    ("?:action=search&term=a+b%26c", "+search?q=a%20b%26c"),
    ("?:action=browse&c=Framework+%3A%3A+Pyramid", None),
]


@pytest.fixture
def six(app):
    publish(app, sdist("six", "1.0"), wheel("six", "1.0"))
    return app


@pytest.mark.parametrize("accept", ["*/*", BROWSER], ids=["tool", "browser"])
@pytest.mark.parametrize("address", ["", "pypi", "pypi/", "legacy/", "simple/"])
@pytest.mark.parametrize("root", ["/", "/+incubator/"])
@pytest.mark.parametrize(("query", "target"), ACTIONS)
def test_u46_an_action_of_old_is_redirected(six, root, address, query, target, accept):
    browse = "+search?q=classifier%3A%22Framework%20%3A%3A%20Pyramid%22"

    answer = ask(six, f"{root}{address}{query}", HTTP_ACCEPT=accept)

    assert answer.status_int == 301
    assert answer.headers["Location"] == root + (target or browse)


@pytest.mark.parametrize("target", [target for _query, target in ACTIONS if target])
def test_u46_where_it_leads_something_is(six, target):
    for root in ("/", "/+incubator/"):
        assert ask(six, root + target, HTTP_ACCEPT=BROWSER).status_int == 200


@pytest.mark.parametrize("address", ["/", "/pypi", "/+incubator/"])
def test_u46_doap_is_gone(six, address):
    answer = ask(six, f"{address}?:action=doap&name=six")

    assert answer.status_int == 410
    assert "JSON" in answer.text


@pytest.mark.parametrize("name", ["//evil.example", "..", "\\\\evil.example", "a\r\nb", "ä"])
def test_a_hostile_name_stays_on_this_host(six, name):
    answer = six.get("/pypi", {":action": "display", "name": name}, expect_errors=True)

    assert answer.status_int == 301
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/project/six/", "/six/"),
        ("/project/Six", "/six/"),
        ("/project/six/1.0/", "/six/1.0/"),
        ("/p/six/", "/six/"),
        ("/search/?q=six", "/+search?q=six"),
        (f"/packages/source/s/six/{SDIST}", f"/packages/stable/six/{SDIST}"),
        (f"/packages/source/s/Six/{SDIST}", f"/packages/stable/six/{SDIST}"),
        (f"/+incubator/packages/source/s/six/{SDIST}", f"/packages/stable/six/{SDIST}"),
    ],
)
def test_an_address_of_the_public_index_leads_to_ours(six, old, new):
    answer = ask(six, old)

    assert (answer.status_int, answer.headers["Location"]) == (301, new)
    assert ask(six, new, HTTP_ACCEPT=BROWSER).status_int == 200


@pytest.mark.parametrize(
    "old",
    [
        *(
            "/project/nothing/",
            "/project/six/9.9/",
            "/search/x",
            "/classifiers/x",
            "/stats/x",
            "/p/nothing/",
        ),
        *("/packages/source/s/six/", "/packages/source/s/six/no-1.0.tar.gz"),
        f"/packages/source/s/nothing/{SDIST}",
        f"/+incubator/packages/stable/six/{SDIST}",
    ],
)
def test_what_is_not_here_is_404(six, old):
    assert ask(six, old).status_int == 404


def test_the_classifiers_are_a_list_of_text(app):
    answer = app.get("/classifiers/")

    assert answer.content_type == "text/plain"
    assert answer.text.splitlines() == list(sorted_classifiers)


@pytest.mark.parametrize("accept", ["*/*", BROWSER], ids=["tool", "browser"])
def test_statistics_lead_to_ours(six, accept):
    answer = ask(six, "/stats/", HTTP_ACCEPT=accept)

    assert (answer.status_int, answer.headers["Location"]) == (301, "/+stats")
    assert ask(six, "/+stats", HTTP_ACCEPT=BROWSER).status_int == 200


def test_programs_get_the_largest_projects(six):
    name, content = wheel("attrs", "1.0")
    publish(six, (name, content))
    sizes = [len(archive) for _name, archive in (sdist("six", "1.0"), wheel("six", "1.0"))]

    answer = six.get("/stats/", headers={"Accept": "application/json"})

    assert answer.content_type == "application/json"
    assert answer.json == {
        "top_packages": {"six": {"size": sum(sizes)}, "attrs": {"size": len(content)}},
        "total_packages_size": sum(sizes) + len(content),
    }
    assert list(answer.json["top_packages"]) == ["six", "attrs"]


@pytest.mark.parametrize("word", ["project", "p", "search", "classifiers", "stats"])
def test_a_project_of_that_very_name_has_the_address(app, word):
    publish(app, wheel(word, "1.0"))

    assert f"{word}-1.0" in ask(app, f"/{word}/").text
    assert ask(app, f"/{word}/six/").status_int == 404
