"""pip-tools 6 and the newest pin with hashes of ours, and what is pinned installs."""

import pytest

from tests.clients.server import digests_of

PIP_TOOLS = ("pip-tools-6", "pip-tools")


@pytest.mark.parametrize("environment", PIP_TOOLS)
@pytest.mark.parametrize("path", ["", "/simple/", "/+incubator/simple/"])
def test_pip_compile_pins_with_hashes_that_pip_accepts(
    environment, path, client, server, publish, name, home, target
):
    needed = publish(f"{name}-needed", build=["sdist", "bdist_wheel"])
    project = publish(name, extra=f'install_requires=["{needed.name}"],')
    wanted = home.write("requirements.in", name)
    tools = client(environment)
    index = ("-i", server.url + path)

    tools.run("pip-compile", "--generate-hashes", *index, wanted)
    tools.run(
        "pip", "install", "--require-hashes", *index, "--target", target, "-r", "requirements.txt"
    )

    pins = (home.home / "requirements.txt").read_text()
    digests = digests_of([*needed.archives(), *project.archives()]).values()
    assert all(f"--hash=sha256:{digest}" in pins for digest in digests)
    assert tools.version(needed.module, target) == "1.0"


@pytest.mark.parametrize("environment", PIP_TOOLS)
def test_pip_sync_brings_an_environment_to_what_is_pinned(
    environment, client, server, published, home, tmp_path
):
    tools = client(environment)
    tools.run("python", "-m", "venv", tmp_path / "environment")
    python = tmp_path / "environment/bin/python"
    home.write("requirements.in", published.name)
    index = ("-i", server.url)
    tools.run("pip-compile", "--generate-hashes", *index, "requirements.in")

    tools.run("pip-sync", *index, "--python-executable", python, "requirements.txt")

    [site] = tmp_path.glob("environment/lib/python*/site-packages")
    assert tools.version(published.module, site) == "1.0"
