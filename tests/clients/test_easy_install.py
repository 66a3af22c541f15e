"""easy_install from setuptools 0.6 to 79, and what setuptools fetches for ``setup_requires``."""

from pathlib import Path

import pytest

from tests.clients import projects

EASY_INSTALLS = (
    "easy_install-0.6-py2.7",
    "easy_install-0.9-py2.7",
    "easy_install-36-py2.7",
    "easy_install-44-py2.7",
    "easy_install-51-py3.8",
    "easy_install-79",
)
# setuptools 38 was the first to install wheels.
TAKES_WHEELS = ("easy_install-44-py2.7", "easy_install-51-py3.8", "easy_install-79")
# setuptools 52 took the program away; until 80 disabled it, the command is there for a setup.py.
COMMAND = ("-c", "import setuptools; setuptools.setup()", "easy_install")


@pytest.fixture
def easy_install(client, target):
    """``easy_install("easy_install-44-py2.7", "-i", ...)`` into the target folder."""

    def easy_install(environment, *arguments):
        python = client(environment)
        program = ("easy_install",) if environment != "easy_install-79" else ("python", *COMMAND)
        return python.run(*program, "--multi-version", "--install-dir", target, *arguments)

    return easy_install


def _installed(target: Path) -> Path:
    """The only egg in the folder, what ``--multi-version`` leaves to be put on the path."""
    [egg] = target.glob("*.egg")
    return egg


@pytest.mark.parametrize("environment", EASY_INSTALLS)
@pytest.mark.parametrize("path", ["", "/", "/simple", "/simple/", "/+incubator/simple/"])
def test_easy_install_installs_a_source_distribution(
    environment, path, easy_install, client, server, publish, name, target
):
    project = publish(name, build=["sdist"])

    easy_install(environment, "-i", server.url + path, name)

    assert client(environment).version(project.module, _installed(target)) == "1.0"


@pytest.mark.parametrize("environment", TAKES_WHEELS)
@pytest.mark.parametrize("path", ["", "/simple/"])
def test_easy_install_installs_a_wheel(
    environment, path, easy_install, client, server, publish, name, target
):
    project = publish(name, build=["bdist_wheel"])

    easy_install(environment, "-i", server.url + path, name)

    assert client(environment).version(project.module, _installed(target)) == "1.0"


@pytest.mark.parametrize("environment", EASY_INSTALLS)
def test_easy_install_installs_an_egg_that_its_python_built(
    environment, easy_install, client, server, pypirc, project, target
):
    pypirc("username = ada", "password = secret")
    uploader = client("setuptools-44-py2.7" if "py2.7" in environment else _uploader(environment))
    uploader.run(
        "python", "setup.py", "-q", "bdist_egg", "upload", "-r", "mypi", cwd=project.folder
    )

    answer = easy_install(environment, "-i", server.url, project.name)

    assert "-py" in answer
    assert client(environment).version(project.module, _installed(target)) == "1.0"


@pytest.mark.parametrize("environment", EASY_INSTALLS)
def test_a_pinned_version_is_found_among_several(
    environment, easy_install, client, server, publish, name, target
):
    project = publish(name, "1.0", build=["sdist"])
    publish(name, "2.0", build=["sdist"])

    easy_install(environment, "-i", server.url, f"{name}==1.0")

    assert client(environment).version(project.module, _installed(target)) == "1.0"


@pytest.mark.parametrize("environment", EASY_INSTALLS)
@pytest.mark.parametrize("spelling", ["Old_Style.Thing", "old_style.thing"])
def test_a_name_is_found_as_typed(
    environment, spelling, easy_install, client, server, old_style_thing, target
):
    easy_install(environment, "-i", server.url, spelling)

    assert client(environment).version(old_style_thing.module, _installed(target)) == "1.0"


@pytest.mark.parametrize("environment", ["easy_install-36-py2.7", "easy_install-44-py2.7"])
def test_setup_requires_are_fetched_from_the_index_in_pydistutils_cfg(
    environment, client, server, publish, name, home, tmp_path
):
    needed = publish(f"{name}-needed", build=["sdist"])
    home.write(".pydistutils.cfg", f"[easy_install]\nindex_url = {server.url}\n")
    extra = f'setup_requires=["{needed.name}"],'
    project = projects.with_setup_py(tmp_path / "project", name, "1.0", extra=extra)

    client(environment).run("python", "setup.py", "sdist", cwd=project.folder)

    assert len(list(project.folder.glob(".eggs/*.egg"))) == 1


@pytest.fixture(scope="session")
def old_style_thing(server, builder, tmp_path_factory):
    """A project whose name and source distribution are spelt in the old way."""
    folder = tmp_path_factory.mktemp("old_style_thing") / "project"
    project = projects.with_setup_py(folder, "Old_Style.Thing", "1.0")
    server.publish(*project.build(builder, "sdist"))
    return project


def _uploader(environment: str) -> str:
    """setuptools that still uploads, for the same Python."""
    return "setuptools-41-py3.8" if environment.endswith("py3.8") else "setuptools-41-py3.11"
