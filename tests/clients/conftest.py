"""Fixtures of the client tests: a running server, people's homes, projects, and the clients."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients import environments, projects
from tests.clients.behind import Pair
from tests.clients.projects import Project
from tests.clients.sandbox import Client, Sandbox
from tests.clients.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory, request) -> Iterator[Server]:
    """The server under test, shared by all tests of a run: each has projects of its own name.

    On another storage than files it is two of them, behind nginx.
    """
    data = tmp_path_factory.mktemp("server") / "data"
    storage = request.config.getoption("--storage")
    server = Server(data) if storage == "file" else Pair(data, storage=storage)
    server.start()
    yield server
    assert server.stop() == 0, server.log.read_text()


@pytest.fixture(autouse=True)
def _server_log(request) -> Iterator[None]:
    """Show what the server said during a test that fails."""
    if "server" not in request.fixturenames:
        yield
        return
    log = request.getfixturevalue("server").log
    before = log.stat().st_size
    yield
    with log.open("rb") as file:
        file.seek(before)
        print(f"server log:\n{file.read().decode(errors='replace')}")


@pytest.fixture
def home(tmp_path) -> Sandbox:
    """An empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Sandbox(folder)


@pytest.fixture
def client(home) -> Callable[[str], Client]:
    """``client("pip-9-py2.7").run("pip", ...)``: the programs of an environment."""

    def client(name: str) -> Client:
        return Client(_built(name), home)

    return client


@pytest.fixture(scope="session")
def builder(tmp_path_factory) -> Client:
    """setuptools that still builds for Python 2 as well."""
    return Client(_built("builder"), Sandbox(tmp_path_factory.mktemp("builder")))


def _built(name: str) -> Path:
    try:
        return environments.build(environments.ENVIRONMENTS[name])
    except environments.InterpreterMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def name(request) -> str:
    """A project name that no other test has."""
    words = re.findall("[a-z0-9]+", request.node.name.removeprefix("test_").lower())
    mark = zlib.crc32(request.node.nodeid.encode())  # parameters may differ in a slash only
    # In a file name, easy_install takes the first part that begins with a digit for the version.
    words = [*"-".join(words)[:60].strip("-").split("-"), f"{mark:08x}"]
    return "-".join(f"v{word}" if word[0].isdigit() else word for word in words)


@pytest.fixture
def project(name, tmp_path) -> Project:
    """A project with a setup.py, version 1.0."""
    return projects.with_setup_py(tmp_path / "project", name, "1.0")


@pytest.fixture
def archives(project, builder) -> list[Path]:
    """The project's wheel and source distribution, not published yet."""
    return project.build(builder, "sdist", "bdist_wheel")


@pytest.fixture
def pypirc(home, server) -> Callable[..., None]:
    """``pypirc("username = ada", path="/legacy/")``: a .pypirc that calls our server ``mypi``."""

    def pypirc(*login: str, path: str = "") -> None:
        lines = (
            "[distutils]",
            "index-servers = mypi",
            "",
            "[mypi]",
            f"repository: {server.url}{path}",
        )
        home.write(".pypirc", "\n".join([*lines, *login, ""]))

    return pypirc


@pytest.fixture
def target(tmp_path) -> Path:
    """An empty folder to install into."""
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def published(server, builder, tmp_path_factory) -> Project:
    """A project that everybody may install: 1.0 as sdist and wheel."""
    folder = tmp_path_factory.mktemp("published") / "project"
    project = projects.with_setup_py(folder, "Published_Thing", "1.0")
    server.publish(*project.build(builder, "sdist", "bdist_wheel"))
    return project


@pytest.fixture(scope="session")
def my_old_pkg(server, builder, tmp_path_factory) -> Project:
    """A project whose name is spelt as nobody would today."""
    folder = tmp_path_factory.mktemp("my_old_pkg") / "project"
    project = projects.with_setup_py(folder, "My.Old_Pkg", "1.0")
    server.publish(*project.build(builder))
    return project


@pytest.fixture
def publish(server, builder, tmp_path) -> Callable[..., Project]:
    """``publish("name", "1.0")``: make, build and publish a project without a client."""

    def publish(
        name: str, version: str = "1.0", *, build=("bdist_wheel",), index="", extra=""
    ) -> Project:
        project = projects.with_setup_py(tmp_path / f"{name}-{version}", name, version, extra=extra)
        server.publish(*project.build(builder, *build), index=index)
        return project

    return publish
