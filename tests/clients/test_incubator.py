"""The incubator beside the stable index: try a release, then promote it."""

import json

import pytest

from tests.clients.server import digests_of


@pytest.fixture
def mypi(server):
    """``mypi("promote", ...)``: the command line beside the running server."""
    return server.mypi


def blob_bytes(server) -> int:
    return sum(path.stat().st_size for path in (server.data / "blobs").rglob("*.blob"))


@pytest.mark.parametrize("environment", ["pip-9-py2.7", "pip-22.3-py3.7", "pip"])
def test_two_pips_see_stable_and_incubator_and_then_the_same(
    environment, client, server, publish, mypi, name, tmp_path
):
    old = publish(name, "1.0")
    publish(name, "2.0", index="+incubator")
    pip = client(environment)

    def installed(index: str, target: str) -> str:
        folder = tmp_path / target
        arguments = ("install", "--no-deps", "--target", folder, "-i", index, name)
        pip.run("python", "-m", "pip", *arguments)
        return pip.version(old.module, folder)

    assert installed(server.url, "stable") == "1.0"
    assert installed(f"{server.url}/+incubator", "incubator") == "2.0"
    before = blob_bytes(server)

    mypi("promote", f"{name}==2.0", "incubator", "stable")

    assert installed(server.url, "promoted") == "2.0"
    assert blob_bytes(server) == before
    assert server.digests(name).items() >= server.digests(name, "+incubator").items()


def test_a_deleted_release_is_gone_for_pip_and_comes_back(
    client, server, publish, mypi, name, target
):
    project = publish(name, "1.0")
    before = server.digests(name)
    pip = client("pip")
    install = ("install", "--target", target, "-i", server.url, name)

    deleted = json.loads(mypi("--yes", "--json", "delete", f"{name}==1.0"))
    assert "No matching distribution" in pip.fail("python", "-m", "pip", *install)

    mypi("restore", deleted["id"])
    pip.run("python", "-m", "pip", *install)
    assert pip.version(project.module, target) == "1.0"
    assert server.digests(name) == before


@pytest.mark.parametrize("environment", ["pip-20-py2.7", "pip"])
def test_pip_passes_a_yanked_release_over_unless_it_is_pinned(
    environment, client, server, publish, mypi, name, tmp_path
):
    project = publish(name, "1.0")
    publish(name, "2.0")
    pip = client(environment)
    mypi("yank", f"{name}==2.0", "--reason", "breaks on Mondays")

    def installed(what: str, target: str) -> str:
        arguments = ("install", "--target", tmp_path / target, "-i", server.url, what)
        pip.run("python", "-m", "pip", *arguments)
        return pip.version(project.module, tmp_path / target)

    assert installed(name, "free") == "1.0"
    assert installed(f"{name}==2.0", "pinned") == "2.0"


def test_a_quarantined_project_cannot_be_installed(client, server, publish, mypi, name, target):
    publish(name, "1.0")
    mypi("status", name, "quarantined", "--reason", "we are looking into it")

    output = client("pip").fail(
        "python", "-m", "pip", "install", "--target", target, "-i", server.url, name
    )

    assert "No matching distribution" in output


def test_uploading_a_name_that_was_deleted_is_refused_by_twine(
    client, server, project, archives, mypi
):
    server.publish(*archives)
    mypi("--yes", "delete", project.name)

    output = client("twine").fail(
        *("twine", "upload", "--repository-url", server.url, "-u", "", "-p", "", *archives)
    )

    assert "400" in output
    assert digests_of(archives).keys() - server.digests(project.name).keys()
