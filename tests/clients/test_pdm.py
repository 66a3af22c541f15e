"""pdm 2.10 and the newest publish to our index and add packages from it."""

import pytest

from tests.clients import projects
from tests.clients.server import digests_of

PDMS = ("pdm-2.10", "pdm")
# `pdm build` fetches the backend for each project, or wants it in the project's environment.
BUILD = "from pdm import backend; backend.build_sdist('dist'); backend.build_wheel('dist')"
LOGIN = ("--username", "anyone", "--password", "anything")


@pytest.fixture
def project(name, tmp_path):
    return projects.with_pyproject(tmp_path / "project", name, "1.0", "pdm")


@pytest.fixture
def pdm(client, project):
    """``pdm("pdm-2.10", "build")`` in the project's folder."""

    def pdm(environment, *arguments):
        return client(environment).run("pdm", *arguments, cwd=project.folder)

    return pdm


@pytest.fixture
def pdm_publish(pdm, client, server, project):
    """``pdm_publish("pdm", path="/legacy/")``: build with pdm's own backend, and publish."""

    def publish(environment, *options, path=""):
        client(environment).run("python", "-c", BUILD, cwd=project.folder)
        address = ("--repository", server.url + path)
        return pdm(environment, "publish", "--no-build", *address, *(options or LOGIN))

    return publish


@pytest.mark.parametrize("environment", PDMS)
@pytest.mark.parametrize("path", ["", "/", "/legacy/", "/simple/", "/pypi"])
def test_pdm_publishes_to_every_usual_address(environment, path, pdm_publish, server, project):
    pdm_publish(environment, path=path)

    assert len(project.archives()) == 2
    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", PDMS)
def test_publishing_again_succeeds_and_changes_nothing(
    environment, pdm_publish, pdm, server, project
):
    pdm_publish(environment)
    before = server.files(project.name)

    pdm(environment, "publish", "--no-build", "--repository", server.url, *LOGIN)

    assert server.files(project.name) == before


def test_skip_existing_skips_a_name_that_is_taken_by_other_bytes(pdm_publish, server, project):
    pdm_publish("pdm")
    before = server.files(project.name)
    (project.folder / f"{project.module}.py").write_text("__version__ = 'another'\n")

    pdm_publish("pdm", *LOGIN, "--skip-existing")

    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", PDMS)
def test_pdm_publishes_to_the_incubator(environment, pdm_publish, server, project):
    pdm_publish(environment, path="/+incubator/")

    assert server.digests(project.name, "+incubator") == digests_of(project.archives())
    assert server.digests(project.name) == {}


@pytest.mark.parametrize("environment", PDMS)
@pytest.mark.parametrize("path", ["", "/simple/", "/+incubator/simple/"])
def test_pdm_adds_a_package_from_our_source(
    environment, path, pdm, client, server, project, published
):
    with (project.folder / "pyproject.toml").open("a") as settings:
        settings.write(f'\n[[tool.pdm.source]]\nname = "pypi"\nurl = "{server.url}{path}"\n')

    pdm(environment, "add", "--no-self", published.name)

    assert "sha256:" in (project.folder / "pdm.lock").read_text()
    [site] = project.folder.glob(".venv/lib/python*/site-packages")
    assert client(environment).version(published.module, site) == "1.0"
