"""uv publishes and installs, an early release that knows ``publish`` and the newest."""

import re

import pytest

from tests.clients import environments, projects
from tests.clients.server import digests_of

UVS = ("uv-0.5", "uv")
NEWEST = "uv"
LOGIN = ("--username", "anyone", "--password", "anything")


@pytest.fixture
def project(name, tmp_path):
    return projects.with_pyproject(tmp_path / "project", name, "1.0", "hatch")


@pytest.fixture
def archives(project, client):
    """Built as today; the newest uv does not publish file names that old tools made."""
    return _build(project, client)


@pytest.mark.parametrize("environment", UVS)
@pytest.mark.parametrize(
    "path", ["", "/", "/simple", "/simple/", "/+incubator/", "/+incubator/simple/"]
)
def test_uv_installs_a_wheel(environment, path, client, server, published, target):
    uv = client(environment)

    uv.run(
        "uv", "pip", "install", "--target", target, "--index-url", server.url + path, published.name
    )

    assert uv.version(published.module, target) == "1.0"


@pytest.mark.parametrize("environment", UVS)
def test_uv_installs_from_the_incubator(
    environment, client, server, publish, published, name, target
):
    project = publish(name, "2.0.dev1", index="+incubator")
    uv = client(environment)
    index = f"{server.url}/+incubator/"

    uv.run(
        "uv", "pip", "install", "--target", target, "-i", index, f"{name}==2.0.dev1", published.name
    )

    assert uv.version(project.module, target) == "2.0.dev1"
    assert uv.version(published.module, target) == "1.0"


@pytest.mark.parametrize("environment", UVS)
def test_an_old_name_may_be_spelt_in_any_way(environment, client, server, my_old_pkg, target):
    uv = client(environment)

    uv.run("uv", "pip", "install", "--target", target, "-i", server.url, "my-OLD.pkg")

    assert uv.version(my_old_pkg.module, target) == "1.0"


@pytest.mark.parametrize("environment", UVS)
def test_uv_builds_a_source_distribution_with_requirements_from_our_index(
    environment, client, server, publish, name, target
):
    project = publish(name, build=["sdist"])
    server.publish(*environments.real_wheels())
    uv = client(environment)

    uv.run("uv", "pip", "install", "--target", target, "-i", server.url, name)

    assert uv.version(project.module, target) == "1.0"


@pytest.mark.parametrize("environment", UVS)
def test_exclude_newer_takes_the_release_of_that_time(
    environment, client, server, publish, name, target
):
    publish(name, "1.0")
    project = publish(name, "2.0")
    [time_of_2] = [file["upload-time"] for key, file in server.files(name).items() if "2.0" in key]
    uv = client(environment)

    uv.run(
        *("uv", "pip", "install", "--target", target, "-i", server.url),
        *("--exclude-newer", time_of_2, name),
    )

    assert uv.version(project.module, target) == "1.0"


def test_a_lock_file_has_size_and_time_and_can_be_synced(client, server, published, tmp_path):
    uv = client(NEWEST)
    project = projects.with_pyproject(tmp_path / "app", "app", "1.0", "hatch")
    with (project.folder / "pyproject.toml").open("a") as settings:
        settings.write(f'\n[[tool.uv.index]]\nurl = "{server.url}/simple/"\ndefault = true\n')
    settings = {"UV_PROJECT_ENVIRONMENT": str(tmp_path / "environment")}

    uv.run("uv", "add", "--no-sync", published.name, cwd=project.folder, **settings)
    uv.run("uv", "sync", "--locked", "--no-install-project", cwd=project.folder, **settings)

    lock = (project.folder / "uv.lock").read_text()
    assert re.search(r"size = \d+, upload-time = ", lock)
    [site] = (tmp_path / "environment").glob("lib/python*/site-packages")
    assert uv.version(published.module, site) == "1.0"


def test_uv_compiles_and_installs_with_hashes(client, server, published, home, target):
    uv = client(NEWEST)
    wanted = home.write("requirements.in", published.name)
    index = ("-i", server.url)

    uv.run("uv", "pip", "compile", "--generate-hashes", *index, wanted, "-o", "requirements.txt")
    uv.run(
        *("uv", "pip", "install", "--require-hashes", "--target", target),
        *(*index, "-r", "requirements.txt"),
    )

    assert "--hash=sha256:" in (home.home / "requirements.txt").read_text()
    assert uv.version(published.module, target) == "1.0"


@pytest.mark.parametrize("environment", UVS)
@pytest.mark.parametrize("path", ["", "/", "/legacy/", "/simple/", "/pypi"])
def test_uv_publishes_twice_and_the_second_time_changes_nothing(
    environment, path, client, server, project, archives
):
    uv = client(environment)
    publish = ("uv", "publish", "--publish-url", server.url + path, *LOGIN, *archives)

    uv.run(*publish)
    first = server.files(project.name)
    uv.run(*publish)

    assert server.digests(project.name) == digests_of(archives)
    assert server.files(project.name) == first


@pytest.mark.parametrize("environment", UVS)
@pytest.mark.parametrize("path", ["", "/simple/"])
def test_check_url_finds_what_was_published_before(
    environment, path, client, server, project, archives
):
    uv = client(environment)
    addresses = ("--publish-url", f"{server.url}/legacy/", "--check-url", server.url + path)
    publish = ("uv", "publish", *addresses, *LOGIN)

    uv.run(*publish, archives[0])
    answer = uv.run(*publish, *archives)

    assert "already exists, skipping" in answer
    assert server.digests(project.name) == digests_of(archives)


@pytest.mark.parametrize("environment", UVS)
def test_uv_publishes_with_a_token(environment, client, server, project, archives):
    client(environment).run(
        *("uv", "publish", "--publish-url", server.url, "--token", "mypi-anything", *archives)
    )

    assert server.digests(project.name) == digests_of(archives)


def test_uv_publishes_to_the_incubator(client, server, project, archives):
    target = f"{server.url}/+incubator/"

    client(NEWEST).run("uv", "publish", "--publish-url", target, *LOGIN, *archives)

    assert server.digests(project.name, "+incubator") == digests_of(archives)
    assert server.digests(project.name) == {}


def test_uv_shows_why_other_bytes_are_refused(client, server, project, archives):
    server.publish(*archives)
    (project.folder / f"{project.module}.py").write_text("__version__ = 'another'\n")
    changed = _build(project, client)
    before = server.files(project.name)

    answer = client(NEWEST).fail("uv", "publish", "--publish-url", server.url, *LOGIN, *changed)

    assert "File already exists" in answer
    assert server.files(project.name) == before


def test_uv_publishes_what_is_in_dist(client, server, project, archives):
    client(NEWEST).run("uv", "publish", "--publish-url", server.url, *LOGIN, cwd=project.folder)

    assert server.digests(project.name) == digests_of(archives)


def _build(project, client):
    client("hatch").run("python", "-m", "hatchling", "build", cwd=project.folder)
    return project.archives()
