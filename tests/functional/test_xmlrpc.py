"""XML-RPC: each method as the public index has, or had, it; nothing is ever written."""

import gzip
import time
import xmlrpc.client
from xmlrpc.client import Fault

import pytest
from webob import Request

from mypi.model import Journal
from mypi.services.actor import Actor
from tests.factories import sdist, wheel
from tests.inside import database, index, site
from tests.people import add_users, basic, set_policy
from tests.reading import mark, publish, publish_signed, register, yank
from tests.xmlrpc import XML, call, post

ADDRESSES = ["/", "/pypi", "/pypi/", "/RPC2", "/simple/", "/simple", "/legacy/", "/+simple/"]
WORDS = ["Author: Ada Łukasz", "Author-email: ada@example.org", "License: MIT", "Platform: any"]
WORDS += ["Classifier: Programming Language :: Python", "Classifier: Topic :: Software Development"]
WORDS += ["Project-URL: Source, https://example.org/src", "Keywords: one,two"]
WORDS += ["Home-page: https://example.org/"]


@pytest.fixture
def filled(app, wsgi):
    """My.Pkg with four releases, of which 2.0 is yanked, and six."""
    publish(
        app,
        wheel("My.Pkg", "1.0", summary="Smørrebrød", headers=WORDS, description="Long\nstory"),
        sdist("My.Pkg", "1.0"),
        wheel("My.Pkg", "2.0"),
        wheel("My.Pkg", "3.0rc1"),
        wheel("six", "1.17.0", summary="Python 2 and 3 & more", headers=WORDS[4:5]),
    )
    yank(wsgi, "my-pkg", "My_Pkg-2.0-py3-none-any.whl", "broken")
    register(app, "My.Pkg", "0.1")
    wsgi.registry.background.run_once()
    return app


def fault(app, method, *arguments, **more):
    with pytest.raises(Fault) as caught:
        call(app, method, *arguments, **more)
    return caught.value.faultCode, caught.value.faultString


@pytest.mark.parametrize("root", ["", "/+incubator"], ids=["default", "incubator"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_calls_are_taken_wherever_uploads_are(filled, root, address):
    for kind in ("text/xml", "text/xml; charset=utf-8", "TEXT/XML", "application/xml"):
        headers = {"Content-Type": kind}
        assert call(filled, "list_packages", address=root + address, **headers) == ["my-pkg", "six"]


def test_an_upload_to_the_same_address_is_one(app):
    publish(app, wheel("six", "1.0"), root="/pypi")

    assert call(app, "list_packages") == ["six"]


def test_nothing_is_written(filled, wsgi):
    before = database(wsgi).lastTransaction()

    for name, arguments in EVERY_METHOD:
        call(filled, name, *arguments)
    post(filled, b"nonsense")

    assert database(wsgi).lastTransaction() == before


EVERY_METHOD = [
    ("changelog_last_serial", ()),
    ("changelog_since_serial", (0,)),
    ("changelog", (0, True)),
    ("updated_releases", (0,)),
    ("changed_packages", (0,)),
    ("list_packages", ()),
    ("list_packages_with_serial", ()),
    ("package_roles", ("six",)),
    ("user_packages", ("ada",)),
    ("package_hosting_mode", ("six",)),
    ("package_releases", ("six", True)),
    ("release_urls", ("six", "1.17.0")),
    ("release_data", ("six", "1.17.0")),
    ("search", ({"name": "six"},)),
    ("browse", (["Programming Language :: Python"],)),
    ("system.listMethods", ()),
    ("system.methodHelp", ("search",)),
]


def test_all_methods_are_listed_and_explained(filled):
    names = call(filled, "system.listMethods")

    assert sorted(names) == sorted(name for name, _arguments in EVERY_METHOD)
    for name in names:
        assert call(filled, "system.methodHelp", name).startswith(f"{name}(")


# Changes


def test_changelog_last_serial(filled, wsgi):
    with index(wsgi) as it:
        assert call(filled, "changelog_last_serial") == len(it.journal)


def test_changelog_since_serial(filled):
    lines = call(filled, "changelog_since_serial", 0)

    name, version, when, action, serial = lines[0]
    assert (name, version, action, serial) == ("My.Pkg", None, "create", 1)
    assert abs(when - time.time()) < 3600
    assert [line[3] for line in lines[:4]] == [
        "create",
        "new release",
        "add py3 file My_Pkg-1.0-py3-none-any.whl",
        "add source file My_Pkg-1.0.tar.gz",
    ]
    assert [line[4] for line in lines] == list(range(1, len(lines) + 1))
    assert call(filled, "changelog_since_serial", 3) == lines[3:]
    assert call(filled, "changelog_since_serial", len(lines)) == []
    assert call(filled, "changelog_since_serial", -5) == lines
    assert call(filled, "changelog_since_serial", 2**31 - 1) == []


def test_changelog_of_a_time_with_and_without_ids(filled):
    everything = call(filled, "changelog_since_serial", 0)

    assert call(filled, "changelog", 0, True) == everything
    assert call(filled, "changelog", 0) == [line[:4] for line in everything]
    assert call(filled, "changelog", 0.0, 1) == everything
    assert call(filled, "changelog", int(time.time()) + 3600) == []
    assert call(filled, "changelog", -1e15) == call(filled, "changelog", 0)
    assert call(filled, "changelog", 1e15) == []


def test_changelog_finds_its_place_in_a_long_journal(app, wsgi):
    with index(wsgi) as it:
        for number in range(1000):
            it.journal.append(Actor("", 1e6 + number * 3600).entry("act", f"p{number}"))

    lines = call(app, "changelog", int(1e6 + 500 * 3600), True)

    assert [line[4] for line in lines] == list(range(502, 1001))


def test_lines_about_no_project_are_for_no_mirror(filled, wsgi):
    last = call(filled, "changelog_last_serial")
    with index(wsgi) as it:
        it.journal.append(Actor("ada", time.time()).entry("change policy", detail="bases"))

    assert call(filled, "changelog_since_serial", last) == []
    assert call(filled, "changelog_last_serial") == last + 1


def test_no_answer_is_without_end(app, wsgi, monkeypatch):
    monkeypatch.setattr("mypi.web.xmlrpc.changes.MAX_LINES", 10)
    with index(wsgi) as it:
        for number in range(25):
            it.journal.append(Actor("", 1.0).entry("act", f"p{number}"))

    pages = [call(app, "changelog_since_serial", 0)]
    while pages[-1]:
        pages.append(call(app, "changelog_since_serial", pages[-1][-1][4]))

    assert [len(page) for page in pages] == [10, 10, 5, 0]


def test_actions_are_in_public_words(app, operator, wsgi):
    for content in ("first", "second"):
        publish(app, wheel("six", "1.0", summary=content), root="/+incubator/")
    operator.post("/indexes/stable/promotions", {"from": "incubator", "releases": ["six==1.0"]})

    there = call(app, "changelog_since_serial", 0, address="/+incubator/pypi")
    here = call(app, "changelog_since_serial", 0)

    added = "add py3 file six-1.0-py3-none-any.whl"
    assert [line[3] for line in there][:4] == ["create", "new release", added, added]
    assert [line[3] for line in here] == ["create", "new release", added]


def test_updated_releases_and_changed_packages(filled, wsgi):
    assert call(filled, "updated_releases", 0) == [
        ["My.Pkg", "0.1"],
        ["six", "1.17.0"],
        ["My.Pkg", "3.0rc1"],
        ["My.Pkg", "2.0"],
        ["My.Pkg", "1.0"],
    ]
    assert call(filled, "changed_packages", 0) == ["My.Pkg", "six"]
    later = int(time.time()) + 3600
    assert call(filled, "updated_releases", later) == call(filled, "changed_packages", later) == []


# Projects


def test_list_packages_with_serial(filled):
    serials = call(filled, "list_packages_with_serial")

    lines = call(filled, "changelog_since_serial", 0)
    assert serials == {"my-pkg": lines[-1][4], "six": max(s for n, *_, s in lines if n == "six")}


def test_a_later_change_has_a_greater_serial_and_what_is_gone_is_not_listed(filled, operator):
    before = call(filled, "list_packages_with_serial")
    publish(filled, wheel("six", "1.18.0"))
    between = call(filled, "list_packages_with_serial")
    operator.delete("/indexes/stable/projects/six")
    after = call(filled, "list_packages_with_serial")

    assert between["six"] > before["six"]
    assert set(after) == {"my-pkg"}
    assert call(filled, "changelog_since_serial", between["six"])[-1][3] == "remove project"


def test_roles(filled, wsgi):
    with site(wsgi) as it:
        stable = it.indexes["stable"]
        for name, owners in (("six", ("ada", "bob")), ("my-pkg", ("ada",))):
            stable.project(name).owners = owners
            stable.journal.append(Actor("", 1.0).entry("add Owner ada", name))

    assert call(filled, "package_roles", "SIX") == [["Owner", "ada"], ["Owner", "bob"]]
    assert call(filled, "package_roles", "absent") == []
    assert call(filled, "user_packages", "ada") == [["Owner", "My.Pkg"], ["Owner", "six"]]
    assert call(filled, "user_packages", "bob") == [["Owner", "six"]]
    assert call(filled, "user_packages", "nobody") == []


def test_a_shadowed_project_is_not_its_owners_there(filled, wsgi):
    publish(filled, wheel("six", "2.0.dev1"), root="/+incubator/")
    with site(wsgi) as it:
        it.indexes["stable"].project("six").owners = ("ada",)
        it.indexes["stable"].journal.append(Actor("", 1.0).entry("add Owner ada", "six"))

    assert call(filled, "user_packages", "ada") == [["Owner", "six"]]
    assert call(filled, "user_packages", "ada", address="/+incubator/pypi") == []


def test_package_hosting_mode(filled):
    assert call(filled, "package_hosting_mode", "six") == "pypi-only"


# Releases


def test_package_releases(filled):
    assert call(filled, "package_releases", "my_PKG") == ["1.0"]
    assert call(filled, "package_releases", "My.Pkg", True) == ["3.0rc1", "2.0", "1.0", "0.1"]
    assert call(filled, "package_releases", "My.Pkg", 1) == ["3.0rc1", "2.0", "1.0", "0.1"]
    assert call(filled, "package_releases", "absent") == []


def test_release_urls(filled):
    publish_signed(filled, wheel("six", "1.18.0"), b"signature")
    files = call(filled, "release_urls", "my.pkg", "1.0.0")

    whl, tar = sorted(files, key=lambda file: file["packagetype"])
    assert whl["filename"] == "My_Pkg-1.0-py3-none-any.whl"
    assert (whl["packagetype"], whl["python_version"]) == ("bdist_wheel", "py3")
    assert (tar["packagetype"], tar["python_version"]) == ("sdist", "source")
    assert whl["path"] == "stable/my-pkg/My_Pkg-1.0-py3-none-any.whl"
    assert whl["url"] == f"http://localhost:6543/packages/{whl['path']}"
    assert whl["digests"]["sha256"] == whl["sha256_digest"]
    assert whl["digests"]["md5"] == whl["md5_digest"]
    body = filled.get(whl["url"].removeprefix("http://localhost:6543")).body
    assert whl["size"] == len(body)
    assert (whl["has_sig"], whl["downloads"], whl["comment_text"]) == (False, -1, "")
    assert isinstance(whl["upload_time"], xmlrpc.client.DateTime)
    assert whl["upload_time_iso_8601"].endswith("Z")
    assert call(filled, "release_urls", "six", "1.18.0")[0]["has_sig"] is True
    (yanked,) = call(filled, "release_urls", "my-pkg", "2.0")
    assert (yanked["yanked"], yanked["yanked_reason"]) == (True, "broken")


@pytest.mark.parametrize("version", ["9.9", "nonsense", "", "1" * 5000])
def test_a_release_that_is_not_there_has_nothing(filled, version):
    for name in ("six", "absent", "not a name"):
        assert call(filled, "release_urls", name, version) == []
        assert call(filled, "release_data", name, version) == {}


def test_release_data(filled):
    data = call(filled, "release_data", "my-pkg", "1.0")

    assert (data["name"], data["version"], data["summary"]) == ("My.Pkg", "1.0", "Smørrebrød")
    assert (data["author"], data["author_email"]) == ("Ada Łukasz", "ada@example.org")
    assert (data["license"], data["platform"], data["keywords"]) == ("MIT", "any", "one,two")
    assert data["classifiers"] == [word.partition(": ")[2] for word in WORDS[4:6]]
    assert data["project_url"] == ["Source, https://example.org/src"]
    assert data["description"].strip() == "Long\nstory"
    assert data["package_url"] == "http://localhost:6543/my-pkg/"
    assert data["release_url"] == "http://localhost:6543/my-pkg/1.0/"
    assert data["requires_dist"] == data["provides"] == []
    assert data["stable_version"] is data["bugtrack_url"] is data["docs_url"] is None
    assert set(data["downloads"].values()) == {-1}
    orders = [
        call(filled, "release_data", "my-pkg", version)["_pypi_ordering"]
        for version in ("0.1", "1.0", "2.0", "3.0rc1")
    ]
    assert orders == [0, 1, 2, 3]


def test_a_quarantined_project_offers_no_files(filled, wsgi):
    mark(wsgi, "six", "quarantined")

    assert call(filled, "release_urls", "six", "1.17.0") == []


def test_what_xml_cannot_carry_is_left_out(filled, wsgi):
    with index(wsgi) as it:
        release = it.project("six").release("1.17.0")
        release.fields = {"summary": "a\x00\x1b\ufffe\ud800b <&]]>", "license": "x\ty"}

    data = call(filled, "release_data", "six", "1.17.0")

    assert (data["summary"], data["license"]) == ("ab <&]]>", "x\ty")


def test_a_file_of_more_than_two_gigabytes_has_its_size(filled, wsgi):
    with index(wsgi) as it:
        project = it.project("six")
        (filename, link), *_ = project.pages()
        project.links[filename] = tuple(link._replace(size=5 * 2**30))

    assert call(filled, "release_urls", "six", "1.17.0")[0]["size"] == 5 * 2**30


# Finding


def test_search_as_pip_does(filled):
    hits = call(filled, "search", {"name": ["six"], "summary": ["six"]}, "or", address="/")

    assert [(it["name"], it["version"]) for it in hits] == [("six", "1.17.0")]
    assert hits[0]["summary"] == "Python 2 and 3 & more"
    assert isinstance(hits[0]["_pypi_ordering"], int)


def test_search_for_text_or_any_of_a_list_in_some_or_all_fields(filled):
    def names(spec, *operator):
        return sorted(hit["name"] for hit in call(filled, "search", spec, *operator))

    assert names({"name": "six"}) == ["six"]
    assert names({"name": ["six", "pkg"]}) == ["My.Pkg", "six"]
    assert names({"name": "six", "summary": "python"}) == ["six"]
    assert names({"name": "six", "summary": "smørrebrød"}, "and") == []
    assert names({"name": "six", "summary": "smørrebrød"}, "or") == ["My.Pkg", "six"]
    assert names({"name": "six", "colour": {"not": ["a", "field"]}}) == ["six"]
    assert names({}) == names({"colour": "red"}) == names({"name": []}) == []


@pytest.mark.parametrize(
    ("spec", "operator", "expected"),
    [
        ({"version": "1.17.0"}, "and", [("six", "1.17.0")]),
        ({"version": "1.17.0.0"}, "and", []),
        ({"version": "v1.0"}, "and", [("My.Pkg", "1.0")]),
        (
            {"version": ["1.0", "3.0rc1"]},
            "and",
            [("My.Pkg", "1.0"), ("My.Pkg", "3.0rc1")],
        ),
        ({"name": "six", "version": "1.0"}, "and", []),
        ({"name": "six", "version": "1.0"}, "or", [("My.Pkg", "1.0"), ("six", "1.17.0")]),
        ({"home_page": "https://example.org/"}, "and", [("My.Pkg", "1.0")]),
        ({"home_page": "example.com"}, "and", []),
        ({"home_page": ["example.com", "EXAMPLE.org"]}, "and", [("My.Pkg", "1.0")]),
        ({"home_page": "example.org", "name": "six"}, "and", []),
        ({"platform": "any"}, "or", [("My.Pkg", "1.0")]),
        ({"platform": "any", "version": "9"}, "and", []),
        ({"download_url": "example.org"}, "or", []),
        ({"download_url": "/", "version": ""}, "or", []),
        ({"version": "1" * 5_000}, "and", []),
    ],
)
def test_search_by_version_and_addresses(filled, spec, operator, expected):
    hits = call(filled, "search", spec, operator)

    assert sorted((hit["name"], hit["version"]) for hit in hits) == expected


def test_browse(filled):
    python, topic = "Programming Language :: Python", "Topic :: Software Development"

    assert sorted(call(filled, "browse", [python])) == [["My.Pkg", "1.0"], ["six", "1.17.0"]]
    assert call(filled, "browse", [python, topic]) == [["My.Pkg", "1.0"]]
    assert call(filled, "browse", ["No :: Such"]) == call(filled, "browse", []) == []


# Faults


@pytest.mark.parametrize(
    "name",
    ["package_urls", "package_data", "top_packages", "release_downloads", "system.multicall"],
)
def test_methods_of_the_past(app, name):
    code, text = fault(app, name)

    assert code == -32500
    assert text.startswith(f"RuntimeError: {name} is not offered here; ")


@pytest.mark.parametrize("name", ["no_such", "", "_release", "__class__", "a\x7fb" * 99])
def test_methods_that_there_never_were(app, name):
    code, _text = fault(app, name)

    assert code in (-32601, -32700)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("package_roles", ()),
        ("package_roles", ("six", "more")),
        ("package_roles", (6,)),
        ("package_roles", (None,)),
        ("changelog_since_serial", ("0",)),
        ("changelog_since_serial", (1.5,)),
        ("changelog_since_serial", (True,)),
        ("changelog", ("yesterday",)),
        ("changelog", (float("nan"),)),
        ("changelog", (float("inf"),)),
        ("browse", ("Topic",)),
        ("browse", ([1],)),
        ("search", ("six",)),
        ("search", ({"name": 6},)),
        ("search", ({"name": [["six"]]},)),
        ("search", ({"name": "six"}, 1)),
        ("package_releases", ("six", "yes")),
        ("release_urls", ("six", 1.17)),
        ("release_urls", ("six", xmlrpc.client.Binary(b"1"))),
        ("release_urls", ("six", xmlrpc.client.DateTime(0))),
        ("changelog_last_serial", (1,)),
        ("system.methodHelp", ([],)),
    ],
    ids=lambda it: it if isinstance(it, str) else " ".join(type(one).__name__ for one in it),
)
def test_wrong_arguments_are_the_clients_error(filled, method, arguments):
    code, text = fault(filled, method, *arguments)

    assert code == -32602
    assert text.startswith("client error; ")
    assert f"{method}(" in text or (method == "search" and "of the search" in text)


def test_an_operator_that_is_none(filled):
    code, text = fault(filled, "search", {"name": "six"}, "xor")

    assert (code, text.partition(":")[0]) == (-32500, "ValueError")


def test_too_many_words(filled):
    assert call(filled, "search", {"name": ["six"] * 16, "summary": ["six"] * 16})
    assert fault(filled, "search", {"name": ["six"] * 17})[0] == -32500


def test_too_many_classifiers(filled):
    assert fault(filled, "browse", ["Topic :: Software Development"] * 101)[0] == -32500


# Hostile bodies


def nested(depth, inner="<string>x</string>"):
    head = "<array><data><value>" * depth
    tail = "</value></data></array>" * depth
    return f"<param><value>{head}{inner}{tail}</value></param>"


def body(params="", name="list_packages", head="<?xml version='1.0'?>"):
    method = f"<methodName>{name}</methodName>"
    return f"{head}<methodCall>{method}<params>{params}</params></methodCall>".encode()


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'>]>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"
BROKEN = {
    "nothing": b"",
    "no xml": b"list_packages",
    "half": body()[:-8],
    "more": body() + body(),
    "another element": b"<a/>",
    "no method": b"<methodCall><params/></methodCall>",
    "a response": b"<methodResponse><params/></methodResponse>",
    "a fault": b"<methodResponse><fault><value>x</value></fault></methodResponse>",
    "entities": body(name="&b;", head=LAUGHS),
    "outside": body(name="&a;", head=OUTSIDE),
    "doctype": body(head="<!DOCTYPE methodCall>"),
    "remote doctype": body(head="<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'>"),
    "bytes": b"\xff\xfe\x00\x01\x02",
    "encoding": body(head="<?xml version='1.0' encoding='nonsense'?>"),
    "utf-16": body(head="<?xml version='1.0' encoding='utf-16'?>"),
    "nul": body(name="a\x00b"),
    "unknown type": body("<param><value><set/></value></param>"),
    "empty int": body("<param><value><int></int></value></param>"),
    "long int": body(f"<param><value><int>{'1' * 5000}</int></value></param>"),
    "boolean": body("<param><value><boolean>7</boolean></value></param>"),
    "crossed": body("<param><value></array></value></param>"),
    "half a member": body("<param><value><struct><member><name>a</name></member></struct></value>"),
    "list as key": body(
        "<param><value><struct><member><name>a</name><value><array><data/></array></value>"
        "<value>1</value></member></struct></value></param>"
    ),
    "deep": body(nested(17)),
    "very deep": body(nested(15_000)),
    "deep elements": b"<a>" * 300_000,
    "many": body("<param><value><int>1</int></value></param>" * 10_001),
    "many of one": body(f"<param><value><array><data>{'<value/>' * 50_000}</data></array></value>"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_call_is_a_fault(app, name):
    answer = post(app, BROKEN[name])

    assert answer.status_int == 200
    with pytest.raises(Fault) as caught:
        xmlrpc.client.loads(answer.body)
    assert caught.value.faultCode in (-32700, -32602)
    assert "hostname" not in answer.text


def test_as_deep_and_as_many_as_may_be(filled):
    answer = post(filled, body(nested(16), "search"))

    assert b"-32602" in answer.body
    assert call(filled, "search", {"name": "six", "more": list(range(9_000))})


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br"])
def test_packed_calls_are_refused(app, coding):
    answer = post(app, b"\x1f\x8b\x08", **{"Content-Encoding": coding})

    assert answer.status_int == 415


def test_a_call_may_have_a_mebibyte(app):
    fits = body(f"<!--{'x' * (2**20 - len(body()) - 7)}-->")
    assert len(fits) == 2**20

    assert post(app, fits).status_int == 200
    assert post(app, fits + b" ").status_int == 413


def test_answers_are_packed_for_who_takes_it(filled, wsgi):
    def answer(method, **headers):
        request = Request.blank("/pypi", method="POST", headers={**XML, **headers})
        request.body = xmlrpc.client.dumps((), method).encode()
        return request.get_response(wsgi)

    packed = {"Accept-Encoding": "gzip"}
    short = answer("changelog_last_serial", **packed)
    plain, long = answer("system.listMethods"), answer("system.listMethods", **packed)

    assert "Content-Encoding" not in short.headers
    assert "Content-Encoding" not in plain.headers
    assert long.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(long.body) == plain.body
    assert long.headers["Vary"] == "Accept-Encoding"
    assert long.headers["Cache-Control"] == "no-store"


# Permissions


def test_who_may_not_read_is_asked_to_log_in(filled, wsgi):
    add_users(wsgi, "root", "ada", "bob")
    set_policy(wsgi, "stable", grants={"read": ("ada",)})

    for address in ADDRESSES:
        answer = post(filled, body(), address)
        assert answer.status_int == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="pypi"'
    assert post(filled, body(), **basic("bob")).status_int == 404
    assert call(filled, "list_packages", **basic("ada")) == ["my-pkg", "six"]
    assert call(filled, "list_packages", address="/+incubator/pypi") == []


def test_who_reads_may_call_and_need_not_be_allowed_to_upload(filled, wsgi):
    add_users(wsgi, "root", "ada")
    set_policy(wsgi, "stable", grants={"upload": ("root",)})

    assert call(filled, "list_packages") == ["my-pkg", "six"]


def test_an_empty_index_answers_all(app):
    assert len(Journal()) == 0
    for name, arguments in EVERY_METHOD[:-2]:
        assert call(app, name, *arguments) in ([], {}, 0, "pypi-only")
