"""hatch publishes what it built, 1.7 and the newest; it looks for duplicates before it does."""

import pytest

from tests.clients import projects
from tests.clients.server import digests_of

HATCHES = ("hatch-1.7", "hatch")
LOGIN = ("-u", "anyone", "-a", "anything")


@pytest.fixture
def project(name, tmp_path, client):
    """A project that hatch's own backend has built."""
    project = projects.with_pyproject(tmp_path / "project", name, "1.0", "hatch")
    client("hatch-1.7").run("python", "-m", "hatchling", "build", cwd=project.folder)
    return project


@pytest.fixture
def publish(client, project):
    """``publish("hatch", "http://...")`` from the project's folder."""

    def publish(environment, repository, *options, **settings):
        hatch = client(environment)
        options = ("-n", "-r", repository, *options)
        return hatch.run("hatch", "publish", *options, cwd=project.folder, **settings)

    return publish


@pytest.mark.parametrize("environment", HATCHES)
@pytest.mark.parametrize("path", ["", "/", "/legacy/", "/simple/", "/pypi"])
def test_hatch_publishes_to_every_usual_address(environment, path, publish, server, project):
    publish(environment, server.url + path, *LOGIN)

    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", HATCHES)
@pytest.mark.parametrize("path", ["", "/", "/+incubator/"])
def test_hatch_finds_its_duplicates_and_skips_them(environment, path, publish, server, project):
    index = path.strip("/")
    publish(environment, server.url + path, *LOGIN)
    before = server.files(project.name, index)

    answer = publish(environment, server.url + path, *LOGIN)

    assert answer.count("already exists") == 2
    assert server.files(project.name, index) == before


@pytest.mark.parametrize("environment", HATCHES)
def test_hatch_publishes_to_the_address_in_its_variables(environment, client, server, project):
    settings = {"HATCH_INDEX_REPO": server.url, "HATCH_INDEX_USER": "ada", "HATCH_INDEX_AUTH": "x"}

    client(environment).run("hatch", "publish", "-n", cwd=project.folder, **settings)

    assert server.digests(project.name) == digests_of(project.archives())


def test_the_newest_hatch_takes_its_login_from_pypirc(publish, home, pypirc, server, project):
    pypirc("username = ada", "password = secret")
    repository = f'[publish.index.repos.mypi]\nurl = "{server.url}"\n'
    config = home.write("config.toml", repository)

    publish("hatch", "mypi", HATCH_CONFIG=str(config))

    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", HATCHES)
def test_what_hatch_published_installs(environment, publish, client, server, project, target):
    publish(environment, server.url, *LOGIN)
    pip = client("pip")

    pip.run("pip", "install", "--target", target, "-i", server.url, project.name)

    assert pip.version(project.module, target) == "1.0"
