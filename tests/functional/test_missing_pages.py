"""What a person is told where there is nothing: names near it, other indexes, versions."""

import pytest
from webtest import TestApp

from tests import structure
from tests.factories import wheel
from tests.inside import send, site
from tests.people import add_users, basic, set_policy
from tests.reading import BROWSER, JSON, ask, publish, served
from tests.wire import fields_of, requests_upload


def fill(wsgi):
    """Some projects by default, one in the incubator alone, all in the catalogue."""
    app = TestApp(wsgi, extra_environ={"HTTP_HOST": "localhost:6543"})
    publish(app, wheel("requests", "2.0"), wheel("pyramid", "2.0"), wheel("six", "1.0"))
    publish(app, wheel("fresh", "1.0"), root="/+incubator/")
    wsgi.registry.background.run_once()
    return app


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """An application that nobody changes."""
    with served(tmp_path_factory.mktemp("missing")) as wsgi:
        app = fill(wsgi)
        publish(app, *(wheel("many", f"1.{minor}") for minor in range(12)))
        yield app


def missing(app, path, **headers):
    answer = app.get(path, headers={"Accept": BROWSER, **headers}, status=404)
    assert len(answer.body) <= 6_000
    structure.check(answer)
    return answer


def said(answer, section):
    return [(a.text, a["href"]) for a in answer.html.select(f"[aria-labelledby={section}] a")]


def ways(answer):
    return {a.text: a["href"] for a in answer.html.select("a.act")}


@pytest.mark.parametrize("path", ["/reqeusts/", "/reqeusts", "/reqeusts/1.0/", "/simple/reqeusts/"])
def test_a_misspelt_project_has_names_like_it(filled, path):
    answer = missing(filled, path)

    assert answer.html.h1.text == "No project reqeusts"
    assert answer.html.title.text.startswith("No project reqeusts ")
    assert said(answer, "near") == [("requests", "/requests/")]
    assert ways(answer) == {
        "Search for reqeusts": "/+search?q=reqeusts",
        "All projects": "/+projects",
        "Upload it": "/+upload",
    }


def test_a_project_that_another_index_has_is_told(filled):
    answer = missing(filled, "/fresh/")

    assert "Not in stable, but in" in answer.html.text
    assert said(answer, "elsewhere") == [("incubator", "/+incubator/fresh/")]


def test_from_another_index_the_links_stay_there(filled):
    answer = missing(filled, "/+incubator/reqeusts/")

    assert said(answer, "near") == [("requests", "/+incubator/requests/")]
    assert ways(answer)["All projects"] == "/+incubator/+projects"


@pytest.mark.parametrize("path", ["/many/9.9/", "/many/9.9", "/many/nonsense/", "/many/9.9/x/y"])
def test_an_unknown_version_has_those_there_are_newest_first(filled, path):
    answer = missing(filled, path)

    assert answer.html.h1.text == "No such release"
    assert said(answer, "versions")[:2] == [("1.11", "/many/1.11/"), ("1.10", "/many/1.10/")]
    assert len(said(answer, "versions")) == 10
    assert ways(answer) == {
        "many, latest release": "/many/",
        "All 12 releases": "/many/+history",
    }


def test_an_unknown_file_leads_to_its_release(filled):
    answer = missing(filled, "/six/1.0/six-1.0.tar.gz")

    assert answer.html.h1.text == "No such file"
    assert ways(answer)["six 1.0"] == "/six/1.0/"


@pytest.mark.parametrize("path", ["/+nonsense", "/six/+nonsense", "/not%20a%20name/", "/%C3%A4/"])
def test_where_there_is_nothing_to_say_the_page_is_plain(filled, path):
    answer = missing(filled, path)

    assert answer.html.h1.text.strip() == "Not found"
    assert ways(answer) == {}


def test_what_was_typed_is_text(filled):
    for target in ("/six/%3Cscript%3Ealert(1)%3C%2Fscript%3E/", "/six/1.0/%22%3E%3Cb%3E"):
        answer = ask(filled, target, HTTP_ACCEPT=BROWSER)
        assert answer.status_int == 404
        assert not answer.html.find("b")
        assert [it.get("src", "")[:9] for it in answer.html.find_all("script")] == ["/+static/"]


def test_long_names_and_many_versions_make_no_large_page(app, wsgi):
    name = "n" * 130
    publish(app, *(wheel(name, f"{'1' * 30}.{minor}") for minor in range(12)))
    wsgi.registry.background.run_once()

    missing(app, f"/{name}/9/")
    missing(app, f"/{name}x/")


def test_tools_get_no_help(filled):
    for accept in ("*/*", JSON, "application/json"):
        answer = filled.get("/reqeusts/", headers={"Accept": accept}, status=404)
        assert "requests" not in answer.text


def test_when_the_catalogue_is_broken_the_page_is_not(wsgi):
    app = fill(wsgi)
    with site(wsgi) as it:
        it.catalogue.cards.clear()
        it.catalogue.changes.change(1)
    answer = missing(app, "/reqeusts/")

    assert answer.html.h1.text.strip() == "Not found"


def test_who_may_not_upload_is_not_asked_to(wsgi):
    app = fill(wsgi)
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "stable", grants={"upload": ("root",)})

    assert "Upload it" not in ways(missing(app, "/reqeusts/"))
    assert "Upload it" not in ways(missing(app, "/reqeusts/", **basic("ada")))
    assert "Upload it" in ways(missing(app, "/reqeusts/", **basic("root")))


@pytest.fixture
def private(wsgi):
    """vault is ada's alone and a base of the incubator; what is in it is near a public name."""
    app = fill(wsgi)
    add_users(wsgi, "root", "ada", "bob")
    app.post_json(
        "/+api/v1/indexes",
        {"name": "vault", "policy": {"grants": {"read": ["ada"], "upload": ["ada"]}}},
        extra_environ={"mypi.operator": True},
    )
    set_policy(wsgi, "incubator", bases=("vault", "stable"))
    form = requests_upload(fields_of(*wheel("pyramids", "1.0")))
    assert send(app, form, "/+vault/", **basic("ada")).status_int == 200
    wsgi.registry.background.run_once()
    return app


@pytest.mark.parametrize("who", ["", "bob"])
def test_what_is_private_helps_nobody_else(private, who):
    headers = basic(who) if who else {}
    for root in ("/", "/+incubator/"):
        for name in ("pyramids", "pyramidz"):
            answer = missing(private, f"{root}{name}/", **headers)
            assert said(answer, "near") == [("pyramid", f"{root}pyramid/")]
            assert said(answer, "elsewhere") == []
            assert "vault" not in answer.text


def test_who_may_read_it_is_told(private):
    ada = basic("ada")
    answer = missing(private, "/pyramids/", **ada)

    assert said(answer, "elsewhere") == [
        ("incubator", "/+incubator/pyramids/"),
        ("vault", "/+vault/pyramids/"),
    ]
    near = dict(said(missing(private, "/+incubator/pyramidz/", **ada), "near"))
    assert near["pyramids"] == "/+incubator/pyramids/"
