"""What the set-up page gives to save works as it is saved: installed from, published with."""

import urllib.request
from collections.abc import Callable

import pytest

from tests.clients.server import digests_of

PIPS = ("pip-9-py2.7", "pip")


@pytest.fixture
def save(home, server) -> Callable[..., str]:
    """``save("pip.conf")``: the file as it is downloaded, in the home folder; its path."""

    def save(filename: str, index: str = "", **replaced: str) -> str:
        address = f"{server.url}{index}/+setup?file={filename}"
        with urllib.request.urlopen(address) as answer:
            text = answer.read().decode()
        for old, new in replaced.items():
            text = text.replace(old, new)
        return str(home.write(filename, text))

    return save


@pytest.mark.parametrize("environment", PIPS)
@pytest.mark.parametrize("filename", ["pip.conf", "pip.ini"])
def test_pip_reads_its_configuration(environment, filename, client, save, published, target):
    pip = client(environment)

    pip.run("pip", "install", "-t", target, published.name, PIP_CONFIG_FILE=save(filename))

    assert pip.version(published.module, target) == "1.0"


@pytest.mark.parametrize("environment", [*PIPS, "uv"])
def test_a_requirements_file_says_where_everything_comes_from(
    environment, client, save, published, target
):
    file = save("requirements.txt", YOURPACKAGE=published.name)
    program = ("uv", "pip") if environment == "uv" else ("pip",)
    it = client(environment)

    it.run(*program, "install", "--target", target, "-r", file)

    assert it.version(published.module, target) == "1.0"


def test_uv_reads_its_configuration(client, save, published, target):
    uv = client("uv")

    uv.run(
        "uv", "pip", "install", "--target", target, published.name, UV_CONFIG_FILE=save("uv.toml")
    )

    assert uv.version(published.module, target) == "1.0"


@pytest.mark.parametrize("environment", ["twine-1-py2.7", "twine"])
def test_twine_reads_its_configuration(environment, client, save, server, project, archives):
    save(".pypirc")

    client(environment).run("twine", "upload", "--disable-progress-bar", "-r", "mypi", *archives)

    assert server.digests(project.name) == digests_of(archives)
