"""``pip search`` of all ages, and scripts with the XML-RPC client of Python 2 and 3."""

import json
import xmlrpc.client

import pytest

from tests.clients.projects import SUMMARY
from tests.factories import wheel
from tests.waiting import until

OLDEST = ["pip-1.5-py2.7", "pip-7-py2.7"]
PIPS = [*OLDEST, "pip-9-py2.7", "pip-18-py3.6", "pip-20-py2.7", "pip-24-py3.9", "pip"]

SCRIPT = """\
# -*- coding: utf-8 -*-
import json
import sys

try:
    from xmlrpc.client import Fault, ProtocolError, ServerProxy
except ImportError:
    from xmlrpclib import Fault, ProtocolError, ServerProxy

url, name = sys.argv[1:]
index = ServerProxy(url)


def fault(call, *arguments):
    try:
        call(*arguments)
    except Fault as error:
        return error.faultCode


def status(url):
    try:
        ServerProxy(url).list_packages()
    except ProtocolError as error:
        return error.errcode


last = index.changelog_last_serial()
json.dump(
    {
        "methods": index.system.listMethods(),
        "last": last,
        "since": [line for line in index.changelog_since_serial(0) if line[0] == name],
        "changelog": [line for line in index.changelog(0) if line[0] == name],
        "with ids": [line for line in index.changelog(0, True) if line[0] == name],
        "packages": name in index.list_packages(),
        "serial": index.list_packages_with_serial()[name],
        "releases": index.package_releases(name),
        "hidden": index.package_releases(name, True),
        "urls": [(it["filename"], it["size"], it["url"], it["upload_time"].value)
                 for it in index.release_urls(name, "1.0")],
        "data": index.release_data(name, "1.0"),
        "roles": index.package_roles(name),
        "of user": index.user_packages("ada"),
        "browse": [name, "1.0"] in index.browse(["Programming Language :: Python"]),
        "search": [it for it in index.search({"name": [name]}, "or") if it["name"] == name],
        "updated": [name, "1.0"] in index.updated_releases(0),
        "changed": name in index.changed_packages(0),
        "mode": index.package_hosting_mode(name),
        "faults": [
            fault(index.package_urls, name, "1.0"),
            fault(index.no_such_method),
            fault(index.package_roles, 6),
            fault(index.search, {"name": name}, "xor"),
        ],
        "absent": status(url.replace("/pypi", "/absent/pypi")),
    },
    sys.stdout,
)
"""


@pytest.fixture
def findable(server):
    """``findable(name)``: wait until a search finds it."""

    def findable(name: str) -> None:
        with xmlrpc.client.ServerProxy(f"{server.url}/pypi") as index:
            until(lambda: name in [it["name"] for it in index.search({"name": [name]}, "or")])

    return findable


@pytest.fixture
def found(server, findable, name, tmp_path):
    """A project that searches find.  On Python 2 pip 20 ends in a traceback if it is not ASCII."""
    filename, content = wheel(name, "1.0", summary=f"Bread for {name}")
    archive = tmp_path / filename
    archive.write_bytes(content)
    server.publish(archive)
    findable(name)
    return name


@pytest.fixture
def foreign(publish, findable, name):
    """A project that searches find, with a summary that is not ASCII."""
    project = publish(name)
    findable(name)
    return project


def search(pip, url, words):
    # Python 2 writes ASCII alone to a pipe.
    arguments = ("-m", "pip", "search", "--index", url, words)
    return pip.run("python", *arguments, PYTHONIOENCODING="utf-8")


@pytest.mark.parametrize("environment", PIPS)
def test_pip_search_finds_a_project(environment, client, server, found):
    said = search(client(environment), server.url, found)

    # pip 1.5 and 7 show no version.
    (line,) = [line for line in said.splitlines() if line.startswith(found)]
    assert "Bread for" in said
    assert "1.0" in line or environment in OLDEST


@pytest.mark.parametrize("environment", ["pip-1.5-py2.7", "pip-20-py2.7", "pip"])
@pytest.mark.parametrize("path", ["/", "/pypi", "/pypi/", "/simple/", "/+incubator/"])
def test_whatever_address_of_the_index_was_given(environment, path, client, server, found):
    assert found in search(client(environment), server.url + path, found)


@pytest.mark.parametrize("environment", ["pip-1.5-py2.7", "pip-9-py2.7", "pip-20-py2.7", "pip"])
def test_pip_search_for_what_is_not_there_says_so_and_no_more(environment, client, server, found):
    pip = client(environment)

    said = pip.fail("python", "-m", "pip", "search", "--index", server.url, "qqqq-no-such-word")

    assert "Traceback" not in said
    assert found not in said


@pytest.mark.parametrize("environment", ["pip-1.5-py2.7", "pip-9-py2.7", "pip-18-py3.6", "pip"])
def test_pip_search_finds_words_of_the_summary(environment, client, server, foreign):
    assert foreign.name in search(client(environment), server.url, "smørrebrød")


@pytest.mark.parametrize("environment", ["pip-1.5-py2.7", "pip-20-py2.7", "pip-18-py3.6", "pip"])
def test_scripts_with_the_xml_rpc_client(environment, client, server, home, foreign):
    script = home.write("script.py", SCRIPT)

    said = json.loads(client(environment).run("python", script, server.url + "/pypi", foreign.name))

    name = foreign.name
    added = [line for line in said["since"] if line[3].startswith("add ")]
    assert [line[:2] + line[3:4] for line in said["since"][:2]] == [
        [name, None, "create"],
        [name, "1.0", "new release"],
    ]
    assert added[0][3].startswith("add py2.py3 file ")
    assert said["with ids"] == said["since"]
    assert said["changelog"] == [line[:4] for line in said["since"]]
    assert said["last"] >= said["serial"] == said["since"][-1][4]
    assert [said[it] for it in ("packages", "changed", "updated", "browse")] == [True] * 4
    assert said["releases"] == said["hidden"] == ["1.0"]
    ((filename, size, url, when),) = said["urls"]
    assert url == f"{server.url}/packages/stable/{name}/{filename}"
    assert size == server.files(name)[filename]["size"]
    assert len(when) == len("20260101T00:00:00")
    assert said["data"]["author"] == "Zoë Łukasz"
    assert (said["data"]["name"], said["data"]["summary"]) == (name, SUMMARY)
    assert said["roles"] == said["of user"] == []
    assert said["mode"] == "pypi-only"
    assert [(it["version"], it["summary"]) for it in said["search"]] == [("1.0", SUMMARY)]
    assert said["faults"] == [-32500, -32601, -32602, -32500]
    assert said["absent"] in (404, 405)
    assert "search" in said["methods"]


def test_the_bare_host_is_asked_at_rpc2_by_old_clients(client, server, found):
    ask = (
        "import sys, xmlrpclib; s = xmlrpclib.ServerProxy(sys.argv[1]); "
        "print(sys.argv[2] in s.list_packages())"
    )

    said = client("pip-20-py2.7").run("python", "-c", ask, server.url, found)

    assert said.strip() == "True"
