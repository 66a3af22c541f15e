"""``mypi export static``: pages as the server has them, for any web server, kept up to date."""

import hashlib
import json
import re
import stat
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from tests.commandline import Keeper
from tests.factories import wheel
from tests.furnished import GITHUB, furnish

URL = "https://static.example/tree"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """A keeper of an index that has one of everything; nobody changes it."""
    mypi = Keeper(tmp_path_factory.mktemp("furnished") / "var")
    furnish(mypi)
    return mypi


@pytest.fixture
def mypi(tmp_path):
    keeper = Keeper(tmp_path / "var")
    keeper.publish("stable", wheel("six", "1.0"), wheel("demo", "1.0"))
    keeper.publish("incubator", wheel("wip", "1.0"))
    return keeper


@pytest.fixture
def tree(tmp_path):
    return tmp_path / "tree"


def page(folder):
    return json.loads((folder / "index.v1_json").read_text())


def at(tree, folder, address):
    """The file that a link on the page of ``folder`` leads to."""
    base = "http://host/" + str(folder.relative_to(tree)) + "/"
    return tree / unquote(urldefrag(urljoin(base, address)).url.removeprefix("http://host/"))


def test_every_link_leads_to_the_bytes_it_tells_of(furnished, tree):
    furnished(f"export static {tree} -i stable -i incubator -i private")

    pages = sorted(path.parent for path in tree.rglob("simple/*/index.v1_json"))
    assert len(pages) > 8
    for folder in pages:
        html = (folder / "index.html").read_text()
        addresses = [it.replace("&amp;", "&") for it in re.findall('href="([^"]+)"', html)]
        files = page(folder)["files"]
        assert [it.partition("#")[0] for it in addresses] == [it["url"] for it in files]
        for file in files:
            path = at(tree, folder, file["url"])
            assert hashlib.sha256(path.read_bytes()).hexdigest() == file["hashes"]["sha256"]
            if told := file.get("core-metadata"):
                beside = path.with_name(path.name + ".metadata").read_bytes()
                assert hashlib.sha256(beside).hexdigest() == told["sha256"]


def test_lists_name_the_projects_that_have_pages(furnished, tree):
    furnished(f"export static {tree} -i stable -i incubator")

    for top in (tree / "simple", tree / "+incubator" / "simple"):
        names = [it["name"] for it in page(top)["projects"]]
        folders = sorted(path.name for path in top.iterdir() if path.is_dir())
        assert sorted(names) == folders
        assert sorted(re.findall('href="([^"]+)/"', (top / "index.html").read_text())) == folders


def test_an_index_with_a_base_offers_what_the_base_has(mypi, tree):
    mypi(f"export static {tree} -i incubator")

    assert [it["name"] for it in page(tree / "+incubator/simple")["projects"]] == [
        "demo",
        "six",
        "wip",
    ]
    assert not (tree / "simple").exists()


def test_only_what_is_asked_for_is_exported(furnished, tree):
    furnished(f"export static {tree}")

    names = {path.name for path in tree.rglob("*.whl")}
    assert "secret-1.0-py3-none-any.whl" not in names
    assert "wip-1.0-py3-none-any.whl" not in names
    assert not list(tree.glob("+*"))


def test_yanks_stay_marked(furnished, tree):
    furnished(f"export static {tree}")

    (yanked,) = [it for it in page(tree / "simple/six")["files"] if it["yanked"]]
    assert yanked["yanked"] == "eats <data> & more: \u00e4"
    assert "eats &lt;data&gt;" in (tree / "simple/six/index.html").read_text()


def test_attestations_are_named_where_the_tree_will_be(furnished, tree):
    furnished(f"export static {tree} --url {URL}")

    (file,) = page(tree / "simple/pypi-attestations")["files"]
    assert file["provenance"].startswith(URL + "/integrity/")
    told = json.loads((tree / file["provenance"].removeprefix(URL + "/")).read_text())
    assert set(told) == {"version", "attestation_bundles"}
    assert GITHUB in file["provenance"]

    furnished(f"export static {tree}")
    assert "provenance" not in page(tree / "simple/pypi-attestations")["files"][0]
    assert not list(tree.rglob("provenance"))


def test_the_next_export_writes_what_is_new_and_removes_what_is_gone(mypi, tree):
    mypi(f"export static {tree}")
    inode = (tree / "simple/six/index.html").stat().st_ino
    mypi.publish("stable", wheel("demo", "2.0"))
    mypi("delete demo==1.0 --yes")

    done = mypi(f"--json export static {tree}").json

    assert (done["files"], done["removed"]) == (1, 2)
    assert (tree / "simple/six/index.html").stat().st_ino == inode
    assert {path.name for path in tree.rglob("demo*.whl")} == {"demo-2.0-py3-none-any.whl"}

    mypi("delete demo --yes")
    mypi(f"export static {tree}")

    assert not (tree / "simple/demo").exists()
    assert not (tree / "packages/stable/demo").exists()


def test_an_index_that_is_not_asked_for_any_more_goes(mypi, tree):
    mypi(f"export static {tree} -i stable -i incubator")
    (tree / "robots.txt").write_text("of somebody else")

    mypi(f"export static {tree}")

    assert not (tree / "+incubator").exists()
    assert not (tree / "packages/incubator/wip").exists()
    assert (tree / "robots.txt").exists()


def test_a_web_server_may_read_it(mypi, tree):
    mypi(f"export static {tree}")

    assert all(stat.S_IMODE(it.stat().st_mode) & 0o004 for it in tree.rglob("*.*"))
    assert stat.S_IMODE(tree.stat().st_mode) == 0o755


def test_an_index_that_is_not_there_is_refused(mypi, tree):
    assert "no index nowhere" in mypi.refused(4, f"export static {tree} -i nowhere")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "no address", "//host/", "http://"])
def test_an_address_that_is_none_is_refused(mypi, tree, url):
    assert "url:" in mypi.refused(5, f"export static {tree} --url '{url}'")
