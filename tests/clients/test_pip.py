"""pip from 1.5 to the newest installs from every address that people give for an index."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients import environments
from tests.clients.sandbox import Client
from tests.clients.server import sha256

PIPS = (
    "pip-1.5-py2.7",
    "pip-7-py2.7",
    "pip-9-py2.7",
    "pip-20-py2.7",
    "pip-18-py3.6",
    "pip-21-py3.6",
    "pip-22.0-py3.7",
    "pip-22.3-py3.7",
    "pip-23-py3.8",
    "pip-24-py3.9",
    "pip-25-py3.10",
    "pip-26.0-py3.12",
    "pip-py3.13",
    "pip",
)
# pip up to 7 takes "." and "-" for different when it compares a name with that in a file name.
KNOWS_NORMAL_NAMES = tuple(pip for pip in PIPS if not pip.startswith(("pip-1.5", "pip-7")))
OLD_AND_NEW = ("pip-9-py2.7", "pip-22.3-py3.7", "pip")
WITH_SETUPTOOLS = ("pip-1.5-py2.7", "pip-9-py2.7", "pip-18-py3.6", "pip")
READS_UPLOAD_TIMES = ("pip-26.0-py3.12", "pip")


@dataclass
class Pip:
    """One pip, and the folder it installs into."""

    client: Client
    target: Path
    settings: dict[str, str]

    def install(self, *arguments: str | Path, **variables: str) -> str:
        return self("install", "--target", self.target, *arguments, **variables)

    def __call__(self, *arguments: str | Path, **variables: str) -> str:
        return self.client.run("python", "-m", "pip", *arguments, **self.settings, **variables)

    def installed(self, module: str) -> str:
        return self.client.version(module, self.target)


@pytest.fixture
def pip(client, target) -> Callable[[str], Pip]:
    def pip(environment: str) -> Pip:
        # pip 1.5 unpacks into its own environment, where another test may be doing the same.
        settings = {"PIP_BUILD": str(target.with_name("build"))} if "1.5" in environment else {}
        return Pip(client(environment), target, settings)

    return pip


@pytest.mark.parametrize("environment", PIPS)
@pytest.mark.parametrize("path", ["", "/simple/"], ids=["bare host", "simple"])
def test_pip_installs_a_wheel(environment, path, pip, server, published):
    pip = pip(environment)

    pip.install("-i", server.url + path, published.name)

    assert pip.installed(published.module) == "1.0"


@pytest.mark.parametrize("environment", OLD_AND_NEW)
@pytest.mark.parametrize("path", ["/", "/simple", "/+simple/", "/+simple"])
def test_the_last_slash_of_the_index_does_not_matter(environment, path, pip, server, published):
    pip = pip(environment)

    pip.install("-i", server.url + path, published.name)

    assert pip.installed(published.module) == "1.0"


@pytest.mark.parametrize("environment", WITH_SETUPTOOLS)
@pytest.mark.parametrize("path", ["", "/simple/"], ids=["bare host", "simple"])
def test_pip_builds_and_installs_a_source_distribution(
    environment, path, pip, server, publish, name
):
    project = publish(name, build=["sdist"])
    pip = pip(environment)
    isolation = () if environment in ("pip-1.5-py2.7", "pip-9-py2.7") else ("--no-build-isolation",)

    pip.install("-i", server.url + path, *isolation, project.name)

    assert pip.installed(project.module) == "1.0"


def test_the_build_requirements_of_a_source_distribution_come_from_our_index(
    pip, server, publish, name
):
    project = publish(name, build=["sdist"])
    server.publish(*environments.real_wheels())
    pip = pip("pip")

    pip.install("-i", server.url, project.name)

    assert pip.installed(project.module) == "1.0"
    assert pip("cache", "list").count("setuptools") == 0


@pytest.mark.parametrize("environment", KNOWS_NORMAL_NAMES)
@pytest.mark.parametrize("spelling", ["my-old-pkg", "MY_OLD.PKG"])
def test_a_name_may_be_spelt_in_any_way(environment, spelling, pip, server, my_old_pkg):
    pip = pip(environment)

    pip.install("-i", server.url, spelling)

    assert pip.installed(my_old_pkg.module) == "1.0"


@pytest.mark.parametrize("environment", PIPS)
@pytest.mark.parametrize("spelling", ["My.Old_Pkg", "my.old-pkg"])
def test_an_old_name_is_found_as_it_is_and_in_small_letters(
    environment, spelling, pip, server, my_old_pkg
):
    pip = pip(environment)

    pip.install("-i", server.url, spelling)

    assert pip.installed(my_old_pkg.module) == "1.0"


@pytest.mark.parametrize("environment", OLD_AND_NEW)
def test_an_extra_index_is_asked_too(environment, pip, server, publish, name):
    project = publish(name, index="+incubator")
    pip = pip(environment)

    pip.install("-i", server.url, "--extra-index-url", f"{server.url}/+incubator/simple/", name)

    assert pip.installed(project.module) == "1.0"


@pytest.mark.parametrize("environment", OLD_AND_NEW)
def test_our_index_may_be_the_extra_one(environment, pip, server, published):
    pip = pip(environment)

    pip.install(
        "-i", f"{server.url}/+incubator/simple", "--extra-index-url", server.url, published.name
    )

    assert pip.installed(published.module) == "1.0"


@pytest.mark.parametrize("environment", OLD_AND_NEW)
@pytest.mark.parametrize("path", ["/+incubator", "/+incubator/", "/+incubator/simple/"])
def test_the_incubator_gives_its_own_files_and_those_of_stable(
    environment, path, pip, server, publish, published, name
):
    project = publish(name, "2.0.dev1", index="+incubator")
    pip = pip(environment)

    pip.install("-i", server.url + path, f"{name}==2.0.dev1", published.name)

    assert pip.installed(project.module) == "2.0.dev1"
    assert pip.installed(published.module) == "1.0"


def test_stable_does_not_see_what_is_in_the_incubator(client, server, publish, name):
    publish(name, index="+incubator")

    answer = client("pip").fail("pip", "install", "--dry-run", "-i", server.url, name)

    assert "No matching distribution found" in answer


@pytest.mark.parametrize("environment", OLD_AND_NEW)
def test_dependencies_come_from_our_index(environment, pip, server, publish, name):
    needed = publish(f"{name}-needed")
    project = publish(name, extra=f'install_requires=["{needed.name}>=1.0"],')
    pip = pip(environment)

    pip.install("-i", server.url, project.name)

    assert pip.installed(needed.module) == "1.0"


@pytest.mark.parametrize("environment", ["pip-9-py2.7", "pip-22.0-py3.7", "pip-23-py3.8"])
def test_a_python_gets_the_newest_release_that_it_can_run(environment, pip, server, publish, name):
    publish(name, "1.0")
    project = publish(name, "2.0", extra='python_requires=">=3.9, <4",')
    pip = pip(environment)

    pip.install("-i", server.url, name)

    assert pip.installed(project.module) == "1.0"


@pytest.mark.parametrize("environment", PIPS)
def test_pip_downloads_the_very_bytes_that_were_published(
    environment, pip, server, published, target
):
    pip = pip(environment)
    download = (
        ("install", "--download")
        if environment.startswith(("pip-1.5", "pip-7"))
        else ("download", "-d")
    )

    pip(*download, target, "--no-deps", "-i", server.url, published.name)

    [archive] = target.iterdir()
    assert sha256(archive) == server.digests(published.name)[archive.name]


@pytest.mark.parametrize("environment", ["pip-9-py2.7", "pip"])
def test_pip_downloads_a_source_distribution(environment, pip, server, published, target):
    if environment == "pip":
        options = ["--no-binary=:all:", "--no-build-isolation"]
    else:
        options = ["--no-binary=:all:"]

    pip(environment)("download", "-d", target, *options, "-i", server.url, published.name)

    [archive] = target.iterdir()
    assert archive.name.endswith(".tar.gz")
    assert sha256(archive) == server.digests(published.name)[archive.name]


@pytest.mark.parametrize("environment", ["pip-21-py3.6", "pip-23-py3.8", "pip"])
def test_pip_index_versions_lists_all_versions(environment, pip, server, publish, name):
    publish(name, "1.0")
    publish(name, "1.10")
    publish(name, "2.0rc1")

    answer = pip(environment)("index", "versions", "-i", server.url, name)

    assert "Available versions: 1.10, 1.0" in answer


@pytest.mark.parametrize("environment", READS_UPLOAD_TIMES)
def test_uploaded_prior_to_takes_the_release_of_that_time(environment, pip, server, publish, name):
    publish(name, "1.0")
    project = publish(name, "2.0")
    [time_of_2] = [file["upload-time"] for key, file in server.files(name).items() if "2.0" in key]
    pip = pip(environment)

    pip.install("-i", server.url, "--uploaded-prior-to", time_of_2, name)

    assert pip.installed(project.module) == "1.0"


@pytest.mark.parametrize("environment", ["pip-9-py2.7", "pip-20-py2.7", "pip-23-py3.8", "pip"])
def test_required_hashes_are_met(environment, pip, server, published, home):
    hashes = " ".join(
        f"--hash=sha256:{digest}" for digest in server.digests(published.name).values()
    )
    requirements = home.write("requirements.txt", f"{published.name}==1.0 {hashes}\n")
    pip = pip(environment)

    pip.install("-i", server.url, "--require-hashes", "-r", requirements)

    assert pip.installed(published.module) == "1.0"


@pytest.mark.parametrize("environment", OLD_AND_NEW)
def test_credentials_in_the_address_do_no_harm(environment, pip, server, published):
    pip = pip(environment)
    address = server.url.replace("//", "//somebody:something@")

    pip.install("-i", address, published.name)

    assert pip.installed(published.module) == "1.0"


@pytest.mark.parametrize("environment", OLD_AND_NEW)
def test_the_index_may_stand_in_pip_conf(environment, pip, server, published, home):
    conf = home.write("pip.conf", f"[global]\nindex-url = {server.url}\n")
    pip = pip(environment)

    pip.install(published.name, PIP_CONFIG_FILE=str(conf))

    assert pip.installed(published.module) == "1.0"


def test_a_wheel_with_a_native_extension_runs_after_its_installation(client, pip, server):
    server.publish(*environments.real_wheels())
    pip = pip("pip")

    pip.install("-i", server.url, "MarkupSafe")

    ask = "import markupsafe._speedups; print(markupsafe._speedups.__file__)"
    assert str(pip.target) in pip.client.run("python", "-c", ask, PYTHONPATH=str(pip.target))


def test_a_trusted_wheel_is_downloaded_once_and_then_comes_from_the_cache(pip, server, published):
    pip = pip("pip")
    index = ("-i", server.url, "--trusted-host", "127.0.0.1")
    pip.install(*index, published.name)

    answer = pip.install(*index, "--upgrade", published.name)

    assert "Using cached" in answer


@pytest.mark.parametrize("environment", PIPS)
def test_a_project_that_we_do_not_have_is_simply_not_found(environment, client, server):
    answer = client(environment).fail(
        "python", "-m", "pip", "install", "-i", server.url, "no-such-thing"
    )

    assert "No " in answer
    assert "found for" in answer
    assert "Traceback" not in answer
