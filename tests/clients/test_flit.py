"""flit builds and publishes in one step, 3.2 and the newest."""

import pytest

from tests.clients import projects
from tests.clients.server import digests_of

FLITS = ("flit-3", "flit")
LOGIN = {"FLIT_USERNAME": "anyone", "FLIT_PASSWORD": "anything"}


@pytest.fixture
def project(name, tmp_path):
    return projects.with_pyproject(tmp_path / "project", name.replace("-", "_"), "1.0", "flit")


@pytest.fixture
def flit(client, project):
    """``flit("flit-3", "publish")`` in the project's folder."""

    def flit(environment, *arguments, **settings):
        return client(environment).run("flit", *arguments, cwd=project.folder, **settings)

    return flit


@pytest.mark.parametrize("environment", FLITS)
@pytest.mark.parametrize("path", ["", "/", "/legacy/", "/simple/"])
def test_flit_publishes_to_the_address_in_its_variable(environment, path, flit, server, project):
    flit(environment, "publish", FLIT_INDEX_URL=server.url + path, **LOGIN)

    assert len(project.archives()) == 2
    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", FLITS)
def test_flit_publishes_to_a_repository_of_pypirc(environment, flit, pypirc, server, project):
    pypirc("username = ada", "password = secret")

    flit(environment, "publish", "--repository", "mypi")

    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", FLITS)
def test_the_login_may_be_missing_in_pypirc(environment, flit, pypirc, server, project):
    pypirc()

    flit(environment, "publish", "--repository", "mypi", **LOGIN)

    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", FLITS)
def test_publishing_again_succeeds_and_changes_nothing(environment, flit, server, project):
    publish = (environment, "publish")
    settings = {"FLIT_INDEX_URL": server.url, "SOURCE_DATE_EPOCH": "1000000000", **LOGIN}
    flit(*publish, **settings)
    before = server.files(project.name)

    flit(*publish, **settings)

    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", FLITS)
def test_flit_publishes_to_the_incubator(environment, flit, server, project):
    address = f"{server.url}/+incubator/"

    flit(environment, "publish", FLIT_INDEX_URL=address, **LOGIN)

    assert server.digests(project.name, "+incubator") == digests_of(project.archives())
    assert server.digests(project.name) == {}


@pytest.mark.parametrize("environment", FLITS)
def test_what_flit_published_installs(environment, flit, client, server, project, target):
    flit(environment, "publish", FLIT_INDEX_URL=server.url, **LOGIN)
    pip = client("pip")

    pip.run("pip", "install", "--target", target, "-i", server.url, project.name)

    assert pip.version(project.module, target) == "1.0"
