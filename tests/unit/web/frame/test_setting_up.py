"""The table of the set-up page."""

import configparser
import re
import tomllib

import pytest

from mypi.web.frame.addresses import Addresses
from mypi.web.frame.setting_up import TOKEN, files, rows

HTTPS = Addresses("", "https://pypi.example", "/+incubator")
HTTP = Addresses("", "http://pypi.corp:8080")
KINDS = {
    "open": (HTTPS, {}),
    "plain http": (HTTP, {}),
    "closed": (HTTPS, {"is_open": False}),
    "private": (HTTPS, {"is_open": False, "is_public": False}),
}


@pytest.fixture(params=KINDS)
def table(request):
    here, said = KINDS[request.param]
    return here, rows(here, **said)


def test_every_tool_is_there_once():
    tools = [row.tool for row in rows(HTTPS)]

    wanted = "pip uv poetry pdm pipenv twine hatch tox Docker CI".split()
    assert set(wanted) <= set(tools)
    assert len({row.id for row in rows(HTTPS)}) == len(tools)


def test_every_row_carries_the_address_or_relies_on_one_that_does(table):
    here, shown = table
    for row in shown:
        texts = " ".join(it.text for it in row.snippets)
        host = here.url.partition("://")[2].rstrip("/").partition("/")[0].partition(":")[0]
        assert host in texts or row.tool in ("setup.py upload", "Docker"), row.tool


def test_no_text_asks_two_indexes(table):
    for row in table[1]:
        for it in row.snippets:
            assert "extra-index" not in it.text


def test_files_are_what_their_names_say(table):
    known = files(table[1])
    for name in ("pip.conf", "pip.ini", "setup.cfg", ".pypirc", "tox.ini"):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(known[name])
        assert parser.sections()
    for name in ("uv.toml", "Pipfile"):
        assert tomllib.loads(known[name])
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in known)


def test_pip_is_told_to_trust_plain_http_only():
    assert "trusted-host = pypi.corp" in files(rows(HTTP))["pip.conf"]
    assert "trusted-host" not in files(rows(HTTPS))["pip.conf"]


def test_a_login_is_asked_for_only_where_one_is_needed():
    assert TOKEN not in str(rows(HTTPS))
    assert TOKEN in files(rows(HTTPS, is_open=False))[".pypirc"]
    assert TOKEN not in files(rows(HTTPS, is_open=False))["pip.conf"]
    private = files(rows(HTTPS, is_open=False, is_public=False))
    assert f"https://__token__:{TOKEN}@pypi.example/+incubator/" in private["pip.conf"]
    assert "machine pypi.example" in private["netrc"]
