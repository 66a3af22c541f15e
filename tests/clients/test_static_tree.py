"""A static tree behind a plain web server: pip and uv install from it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.commandline import Keeper
from tests.factories import sdist, wheel
from tests.serving import free_port, wait_for


@pytest.fixture
def url(tmp_path) -> Iterator[str]:
    """Where ``python -m http.server`` serves a tree of the indexes stable and incubator."""
    mypi = Keeper(tmp_path / "mypi")
    mypi.publish("stable", wheel("hello", "1.0"), wheel("hello", "1.1"), sdist("hello", "1.1"))
    mypi.publish("stable", wheel("needs", "1.0", requires_dist=["hello>=1.0"]))
    mypi.publish("incubator", wheel("hello", "2.0"), wheel("wip", "1.0"))
    mypi("yank hello==1.1 --reason broken")
    mypi(f"export static {tmp_path}/tree -i stable -i incubator")
    port = free_port()
    words = ["-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", f"{tmp_path}/tree"]
    with (tmp_path / "http.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *words], stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "target"


@pytest.mark.parametrize("environment", ["pip-21-py3.6", "pip-22.3-py3.7", "pip"])
@pytest.mark.parametrize(
    ("top", "version"),
    [("/simple/", "1.0"), ("/+incubator/simple/", "2.0")],  # what an index has hides its base's
    ids=["base", "index"],
)
def test_pip_installs_with_what_is_required(environment, top, version, client, url, target):
    pip = client(environment)

    pip.run("python", "-m", "pip", "install", "--target", target, "-i", url + top, "needs")

    assert pip.version("hello", target) == version
    assert pip.version("needs", target) == "1.0"


@pytest.mark.parametrize("environment", ["uv-0.5", "uv"])
def test_uv_installs_with_what_is_required(environment, client, url, target):
    uv = client(environment)

    uv.run("uv", "pip", "install", "--target", target, "-i", f"{url}/simple/", "needs")

    assert uv.version("hello", target) == "1.0"
    assert uv.version("needs", target) == "1.0"


def test_an_index_of_its_own_has_what_its_base_has_not(client, url, target):
    pip = client("pip")
    index = f"{url}/+incubator/simple/"

    pip.run("python", "-m", "pip", "install", "--target", target, "-i", index, "wip")

    assert pip.version("wip", target) == "1.0"
