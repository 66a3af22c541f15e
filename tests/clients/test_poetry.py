"""poetry 1.8 and the newest publish to our index and add packages from it."""

import shutil

import pytest

from tests.clients import projects
from tests.clients.server import digests_of

POETRIES = ("poetry-1", "poetry")
LOGIN = ("-u", "anyone", "-p", "anything")
HERE = {"POETRY_VIRTUALENVS_IN_PROJECT": "true"}


@pytest.fixture
def project(name, tmp_path):
    return projects.with_poetry_section(tmp_path / "project", name, "1.0")


@pytest.fixture
def poetry(client, project):
    """``poetry("poetry-1", "build")`` in the project's folder."""

    def poetry(environment, *arguments):
        client_ = client(environment)
        return client_.run("poetry", "-n", *arguments, cwd=project.folder, **HERE)

    return poetry


@pytest.fixture
def poetry_publish(poetry, server):
    """``poetry_publish("poetry", path="/legacy/")``: name the repository, build and publish."""

    def publish(environment, *options, path=""):
        poetry(environment, "config", "repositories.mypi", server.url + path)
        return poetry(environment, "publish", "--build", "-r", "mypi", *(options or LOGIN))

    return publish


@pytest.mark.parametrize("environment", POETRIES)
@pytest.mark.parametrize("path", ["", "/", "/legacy/", "/simple/", "/pypi"])
def test_poetry_publishes_to_every_usual_address(
    environment, path, poetry_publish, server, project
):
    poetry_publish(environment, path=path)

    assert len(project.archives()) == 2
    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", POETRIES)
def test_publishing_again_succeeds_and_changes_nothing(
    environment, poetry_publish, poetry, server, project
):
    poetry_publish(environment)
    before = server.files(project.name)

    poetry(environment, "publish", "-r", "mypi", *LOGIN)

    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", POETRIES)
def test_skip_existing_skips_a_name_that_is_taken_by_other_bytes(
    environment, poetry_publish, server, project
):
    poetry_publish(environment)
    before = server.files(project.name)
    (project.folder / f"{project.module}.py").write_text("__version__ = 'another'\n")
    shutil.rmtree(project.dist)

    poetry_publish(environment, *LOGIN, "--skip-existing")

    assert server.digests(project.name) != digests_of(project.archives())
    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", POETRIES)
def test_poetry_publishes_to_the_incubator(environment, poetry_publish, server, project):
    poetry_publish(environment, path="/+incubator/")

    assert server.digests(project.name, "+incubator") == digests_of(project.archives())
    assert server.digests(project.name) == {}


@pytest.mark.parametrize("environment", POETRIES)
@pytest.mark.parametrize("path", ["", "/simple/", "/+incubator/simple/"])
def test_poetry_adds_a_package_from_our_source(
    environment, path, poetry, client, server, project, published
):
    poetry(environment, "source", "add", "--priority=primary", "mypi", server.url + path)

    poetry(environment, "add", published.name)

    assert "sha256:" in (project.folder / "poetry.lock").read_text()
    [site] = project.folder.glob(".venv/lib/python*/site-packages")
    assert client(environment).version(published.module, site) == "1.0"


@pytest.mark.parametrize("environment", POETRIES)
def test_poetry_resolves_dependencies_of_our_source(
    environment, poetry, client, server, project, publish
):
    needed = publish(f"{project.name}-needed")
    wanted = publish(f"{project.name}-wanted", extra=f'install_requires=["{needed.name}"],')
    poetry(environment, "source", "add", "--priority=primary", "mypi", server.url)

    poetry(environment, "add", wanted.name)

    [site] = project.folder.glob(".venv/lib/python*/site-packages")
    assert client(environment).version(needed.module, site) == "1.0"
