"""A private index leaks nothing: every address answers as if it did not exist.

Each address is asked twice: for something private, and for something that does not exist.  The
answers must be equal byte for byte but for the echoed path, dates and request ids.
"""

import itertools
import xmlrpc.client

import pytest
from webtest import TestApp

from mypi.permissions import Scope
from tests.factories import sdist, wheel
from tests.inside import send, site
from tests.people import add_token, add_users, basic, bearer, set_policy
from tests.reading import BROWSER, JSON, served
from tests.wire import fields_of, requests_upload

PRIVATE = {
    "index": "vault",
    "project": "hidden",
    "version": "1.0",
    "file": "hidden-1.0-py3-none-any.whl",
}
ABSENT_PROJECT = {**PRIVATE, "project": "absent", "file": "absent-1.0-py3-none-any.whl"}
ABSENT_VERSION = {**PRIVATE, "version": "9.9", "file": "hidden-9.9-py3-none-any.whl"}
ABSENT_INDEX = {**ABSENT_PROJECT, "index": "nowhere"}

VARYING = ("Date", "X-Request-ID")

AT_AN_INDEX = [
    "{root}+stats",
    "{root}{project}/+stats",
    "{root}{project}/+stats?format=csv",
    "{root}",
    "{root}simple/",
    "{root}+simple/",
    "{root}simple/{project}/",
    "{root}simple/{project}",
    "{root}+simple/{project}/",
    "{root}{project}/",
    "{root}{project}",
    "{root}{project}/{version}/",
    "{root}{project}/{version}",
    "{root}+search",
    "{root}+search?q=words",
    "{root}+search?q=words&format=json",
    "{root}+search?q=words&page=2",
    "{root}+search/suggest?q=words",
    "{root}+search/suggest?q=words&format=opensearch",
    "{root}+opensearch",
    "{root}+projects",
    "{root}+projects?sort=newest&letter=h",
    "{root}{project}/+manage",
    "{root}{project}/+history",
    "{root}{project}/+history?page=2",
    "{root}{project}/+used-by",
    "{root}{project}/{version}/+dependencies",
    "{root}+setup",
    "{root}+setup?file=pip.conf",
    "{root}+import",
    "{root}+upload",
    "{root}+upload?filename={file}",
    "{root}{project}/{version}/+manage",
    "{root}{project}/{version}/{file}",
    "{root}{project}/{version}/{file}/+contents/",
    "{root}{project}/{version}/{file}/+contents/{project}/__init__.py",
    "{root}{project}/{version}/{file}/+contents/?page=2",
    "{root}{project}/{version}/{file}/+raw/{project}/__init__.py",
    "{root}{project}/{version}/+contents",
    "{root}{project}/{version}/+diff",
    "{root}{project}/{version}/+diff?with={version}&of={version}",
    "{root}{project}/{version}/+diff/{version}",
    "{root}pypi/{project}/",
    "{root}pypi/{project}/{version}/",
    "{root}pypi/{project}/json",
    "{root}pypi/{project}/json/",
    "{root}pypi/{project}/{version}/json",
    "{root}pypi?:action=display&name={project}&version={version}",
    "{root}?:action=files&name={project}&version={version}",
    "{root}simple/?:action=doap&name={project}",
    "{root}packages/source/h/{project}/{file}",
    "{root}+status",
    "{root}+metrics",
    "{root}pypi",
    "{root}legacy/",
    "{root}RPC2",
    "{root}docs/",
    "{root}docs/{project}/",
    "{root}docs/{project}/latest/",
    "{root}docs/{project}/{version}/index.html",
    "{root}integrity/{project}/{version}/{file}/provenance",
    "{root}integrity/{project}/",
    "{root}+manage",
    "{root}+feeds",
    "{root}+feeds/",
    "{root}+feeds/releases.atom",
    "{root}+feeds/projects.rss",
    "{root}+feeds/search.rss?q=words",
    "{root}{project}/+feeds/",
    "{root}{project}/+feeds/releases.atom",
    "{root}rss/updates.xml",
    "{root}rss/packages.xml",
    "{root}rss/project/{project}/releases.xml",
]
AT_THE_SITE = [
    "/packages/{index}/",
    "/packages/{index}/{project}/",
    "/packages/{index}/{project}/{file}",
    "/packages/{index}/{project}/{file}.metadata",
    "/packages/{index}/{project}/{file}.asc",
    "/packages/source/h/{project}/{file}",
    "/project/{project}/",
    "/project/{project}/{version}/",
    "/p/{project}/",
    "/search/?q={project}",
    "/+admin/indexes/{index}/",
    "/+admin/indexes/{index}",
    "/+admin/webhooks/",
    "/+admin/webhooks/log?id={project}",
    "/+admin/webhooks/test",
    "/+admin/webhooks/remove",
]
API = [
    "/+api/v1/indexes/{index}",
    "/+api/v1/indexes/{index}/projects",
    "/+api/v1/indexes/{index}/projects/{project}",
    "/+api/v1/indexes/{index}/projects/{project}/owners/ada",
    "/+api/v1/indexes/{index}/projects/{project}/releases/{version}",
    "/+api/v1/indexes/{index}/projects/{project}/releases/{version}/yank",
    "/+api/v1/indexes/{index}/projects/{project}/releases/{version}/unyank",
    "/+api/v1/indexes/{index}/projects/{project}/releases/{version}/files/{file}",
    "/+api/v1/indexes/{index}/projects/{project}/releases/{version}/files/{file}/yank",
    "/+api/v1/indexes/{index}/promotions",
    "/+api/v1/indexes/{index}/trash",
    "/+api/v1/indexes/{index}/retention",
    "/+api/v1/indexes/{index}/search?q={project}",
    "/+api/v1/indexes/{index}/downloads",
    "/+api/v1/indexes/{index}/soundness",
    "/+api/v1/indexes/{index}/space",
    "/+api/v1/indexes/{index}/projects/{project}/downloads",
    "/+api/v1/indexes/{index}/log",
    "/+api/v1/indexes/{index}/check?filename={file}",
    "/+api/v1/space",
    "/+api/v1/webhooks",
    "/+api/v1/webhooks/{project}",
    "/+api/v1/webhooks/{project}/log",
    "/+api/v1/webhooks/{project}/test",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ACCEPTS = ["*/*", JSON, BROWSER]


@pytest.fixture(scope="module")
def wsgi(tmp_path_factory):
    """vault is ada's alone, and a base of the public incubator; bob is a user like others."""
    with served(tmp_path_factory.mktemp("private")) as application:
        app = TestApp(application)
        operator = {"mypi.operator": True}
        app.post_json(
            "/+api/v1/indexes",
            {"name": "vault", "policy": {"grants": {"read": ["ada"], "upload": ["ada"]}}},
            extra_environ=operator,
        )
        add_users(application, "root", "ada", "bob")
        set_policy(application, "incubator", bases=("vault", "stable"))
        for address, name in (("/+vault/", "hidden"), ("/", "seen"), ("/+incubator/", "fresh")):
            for make in (wheel, sdist):
                body = requests_upload(fields_of(*make(name, "1.0")))
                assert send(app, body, address, **basic("ada")).status_int == 200
        with site(application) as it:
            it.indexes["vault"].project("hidden").owners = ("ada",)
        body = requests_upload(fields_of(*wheel("declassified", "1.0")))
        assert send(app, body, "/+vault/", **basic("ada")).status_int == 200
        app.post_json(
            "/+api/v1/indexes/stable/promotions",
            {"from": "vault", "releases": ["declassified==1.0"], "note": "for vault's readers"},
            extra_environ=operator,
        )
        yield application


@pytest.fixture(scope="module")
def askers(wsgi):
    return {
        "a stranger": {},
        "bob": basic("bob"),
        "a token of bob": bearer(add_token(wsgi, "bob")),
        "a token of ada for another index": bearer(add_token(wsgi, "ada", Scope(("stable",)))),
    }


def methods(accept):
    """All of them as a tool; how an answer is dressed differs for reading and for posting."""
    return METHODS if accept == "*/*" else ["GET", "POST"]


def ask(wsgi, method, template, names, headers):
    root = f"/+{names['index']}/"
    address = template.format(root=root, **names)
    body = {"body": b"{}"} if method in ("POST", "PUT", "PATCH") else {}
    app = TestApp(wsgi, extra_environ={"HTTP_HOST": "localhost:6543"})
    answer = app.request(address, method=method, headers=headers, expect_errors=True, **body)
    return (
        told(answer.status, names),
        sorted((k, told(v, names)) for k, v in answer.headerlist if k not in VARYING),
        told(answer.text, names),
    )


def told(text, names):
    """``text`` without what it echoes of the address, and without lengths that follow from it."""
    if text.isdigit():
        return "a length"
    for what, word in sorted(names.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(word, what)
    return text


@pytest.mark.parametrize("who", ["a stranger", "bob", "a token of bob"])
@pytest.mark.parametrize("accept", ACCEPTS, ids=["tool", "json", "browser"])
def test_every_address_of_a_private_index_answers_as_if_it_were_not_there(
    wsgi, askers, who, accept
):
    headers = {**askers[who], "Accept": accept, "Content-Type": "application/json"}
    for method, template in itertools.product(methods(accept), AT_AN_INDEX + AT_THE_SITE + API):
        asked = [
            ask(wsgi, method, template, names, headers)
            for names in (PRIVATE, ABSENT_PROJECT, ABSENT_VERSION, ABSENT_INDEX)
        ]

        assert asked[0] == asked[1] == asked[2] == asked[3], (method, template)
        assert not asked[0][0].startswith("2"), (method, template)
        assert not asked[0][0].startswith("5"), (method, template)


@pytest.mark.parametrize("who", ["a stranger", "bob", "a token of bob"])
@pytest.mark.parametrize("accept", ACCEPTS, ids=["tool", "json", "browser"])
def test_an_index_that_stands_on_a_private_one_does_not_show_it(wsgi, askers, who, accept):
    """incubator is public; its base vault is not."""
    headers = {**askers[who], "Accept": accept, "Content-Type": "application/json"}
    hidden = {**PRIVATE, "index": "incubator"}
    absent = {**ABSENT_PROJECT, "index": "incubator"}
    for method, template in itertools.product(methods(accept), AT_AN_INDEX + AT_THE_SITE + API):
        if "{project}" in template:
            asked = [ask(wsgi, method, template, names, headers) for names in (hidden, absent)]
            assert asked[0] == asked[1], (method, template)


CALLS = [
    ("list_packages",),
    ("list_packages_with_serial",),
    ("changelog_last_serial",),
    ("changelog_since_serial", 0),
    ("changelog", 0),
    ("updated_releases", 0),
    ("changed_packages", 0),
    ("package_roles", "{project}"),
    ("user_packages", "ada"),
    ("package_releases", "{project}", True),
    ("release_urls", "{project}", "{version}"),
    ("release_data", "{project}", "{version}"),
    ("search", {"name": ["hidden"], "summary": ["hidden"]}, "or"),
    ("browse", ["Private :: Do Not Upload"]),
    ("package_hosting_mode", "{project}"),
    ("system.listMethods",),
    ("no_such_method",),
]
XML_RPC_ADDRESSES = ["", "pypi", "RPC2", "legacy/", "simple/", "+simple/"]


def ask_by_xml_rpc(wsgi, address, call, names, headers):
    name, *arguments = call
    filled = [it.format(**names) if isinstance(it, str) else it for it in arguments]
    body = xmlrpc.client.dumps(tuple(filled), name).encode()
    headers = {**headers, "Content-Type": "text/xml"}
    app = TestApp(wsgi, extra_environ={"HTTP_HOST": "localhost:6543"})
    answer = app.post(address, body, headers, expect_errors=True)
    return (
        told(answer.status, names),
        sorted((k, told(v, names)) for k, v in answer.headerlist if k not in VARYING),
        answer.text if answer.status_int == 200 else told(answer.text, names),
    )


@pytest.mark.parametrize("who", ["a stranger", "bob", "a token of bob"])
def test_xml_rpc_of_a_private_index_answers_as_if_it_were_not_there(wsgi, askers, who):
    for path, call in itertools.product(XML_RPC_ADDRESSES, CALLS):
        asked = [
            ask_by_xml_rpc(wsgi, f"/+{names['index']}/{path}", call, names, askers[who])
            for names in (PRIVATE, ABSENT_PROJECT, ABSENT_VERSION, ABSENT_INDEX)
        ]

        assert asked[0] == asked[1] == asked[2] == asked[3], (path, call)
        assert asked[0][0][:3] in ("401", "404"), (path, call)


@pytest.mark.parametrize("who", ["a stranger", "bob", "a token of bob"])
def test_xml_rpc_of_an_index_that_stands_on_a_private_one_does_not_show_it(wsgi, askers, who):
    """incubator is public; its base vault is not."""
    for call in CALLS:
        asked = [
            ask_by_xml_rpc(wsgi, "/+incubator/pypi", call, names, askers[who])
            for names in (PRIVATE, ABSENT_PROJECT, ABSENT_VERSION)
        ]

        assert asked[0] == asked[1] == asked[2], call
        assert asked[0][0] == "200 OK", call
        assert "hidden" not in asked[0][2], call
        assert "vault" not in asked[0][2], call


@pytest.mark.parametrize("who", ["a stranger", "bob", "a token of ada for another index"])
def test_no_page_list_or_answer_names_what_is_private(wsgi, askers, who):
    app = TestApp(wsgi)
    addresses = [
        *("/", "/simple/", "/+incubator/", "/+incubator/simple/", "/seen/", "/+incubator/fresh/"),
        *("/+api/v1/", "/+api/v1/indexes", "/+api/v1/indexes/incubator", "/+api/v1/whoami"),
        *("/+api/v1/indexes/stable/log", "/+api/v1/indexes/incubator/log", "/+login"),
        *("/declassified/", "/+incubator/declassified/", "/declassified/1.0/+manage"),
        "/declassified/1.0/declassified-1.0-py3-none-any.whl",
        "/declassified/1.0/declassified-1.0-py3-none-any.whl/+contents/",
        "/declassified/1.0/+diff/1.0",
        "/+api/v1/indexes/stable/projects/declassified",
        "/+api/v1/indexes/stable/promotions",
        "/+api/v1/indexes/incubator/projects",
        *("/+feeds/releases.atom", "/+incubator/+feeds/releases.atom", "/+incubator/+feeds/"),
        *("/+incubator/rss/packages.xml", "/rss/project/declassified/releases.xml"),
        *("/+search?q=one", "/+search?status=wheel&format=json", "/+incubator/+search?python=3.9"),
        *("/+search/suggest?q=e", "/+projects", "/+incubator/+projects", "/+opensearch"),
        *("/pypi/declassified/json", "/+incubator/pypi/declassified/1.0/json", "/+status"),
        "/stats/",
    ]
    for address, accept in itertools.product(addresses, ACCEPTS):
        headers = {**askers[who], "Accept": accept}
        answer = app.get(address, headers=headers, expect_errors=True)

        assert answer.status_int < 500
        assert "hidden" not in answer.text.replace('type="hidden"', ""), (address, accept)
        assert "vault" not in answer.text, (address, accept)


def test_who_may_read_it_sees_it_everywhere(wsgi):
    app = TestApp(wsgi)
    ada = basic("ada")

    for address in ("/+vault/simple/", "/+incubator/simple/"):
        assert "hidden" in app.get(address, headers=ada).text
    for address in ("/+vault/simple/hidden/", "/+incubator/simple/hidden/"):
        page = app.get(address, headers={**ada, "Accept": JSON}).json
        assert len(page["files"]) == 2
    file = f"/packages/vault/hidden/{PRIVATE['file']}"
    assert app.get(file, headers=ada).status_int == 200
    assert app.get(file + ".metadata", headers=ada).status_int == 200


@pytest.mark.parametrize("who", ["a stranger", "bob", "a token of bob"])
def test_nobody_else_publishes_there_or_learns_by_trying(wsgi, askers, who):
    app = TestApp(wsgi)
    forms = [requests_upload(fields_of(*wheel(name, "1.0"))) for name in ("hidden", "absent")]

    answers = [
        send(app, form, address, **{"Authorization": "", **askers[who]})
        for form in forms
        for address in ("/+vault/", "/+nowhere/")
    ]

    assert {it.status_int for it in answers} in ({401}, {404})
    echoed = {"index": "vault"}, {"index": "nowhere"}
    told_them = {told(told(it.status + it.text, echoed[0]), echoed[1]) for it in answers}
    assert len(told_them) == 1
