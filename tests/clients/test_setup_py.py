"""``python setup.py register/upload/upload_docs`` with Python 2.7 and 3.6 to 3.11.

setuptools up to 41 has ``register`` and ``upload`` of its own, after it only distutils; Python 3.12
has neither.
"""

import pytest

from tests.clients import environments, projects
from tests.clients.server import digests_of

SETUPTOOLS = (
    "setuptools-36-py2.7",
    "setuptools-44-py2.7",
    "setuptools-40-py3.6",
    *(f"setuptools-41-py{python}" for python in ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11")),
)
OLD_AND_NEW = ("setuptools-44-py2.7", "setuptools-41-py3.11")
DISTUTILS = (*SETUPTOOLS, "setuptools-65-py3.11")
LOGIN = ("username = ada", "password = secret")
EMPTY_LOGIN = ("username =", "password =")
# What is asked for on the terminal when .pypirc does not say it: user and password, twice.
ANSWERS = "anyone\nanything\n" * 2
UPLOAD_PATHS = ("/", "/pypi", "/pypi/", "/legacy", "/legacy/", "/simple/")
A_DAY = "1000000000"  # with it, bdist_wheel builds the same bytes each time
OK = "Server response (200): OK"


@pytest.fixture
def setup_py(client, project):
    """``setup_py("setuptools-44-py2.7", "sdist", "upload")`` in the project's folder."""

    def setup_py(environment, *commands, folder=project.folder, **settings):
        return client(environment).run("python", "setup.py", *commands, cwd=folder, **settings)

    return setup_py


@pytest.fixture
def distutils_project(name, tmp_path):
    """A project whose setup.py knows nothing of setuptools."""
    return projects.with_setup_py(tmp_path / "distutils", name, "1.0", setup="distutils.core")


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_register_and_upload_of_everything_that_setuptools_builds(
    environment, pypirc, setup_py, server, project
):
    pypirc(*LOGIN)

    build = ("sdist", "bdist_wheel", "bdist_egg")
    answer = setup_py(environment, "register", "-r", "mypi", *build, "upload", "-r", "mypi")

    assert answer.count(OK) == 4
    assert len(project.archives()) == 3
    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_what_setup_py_uploaded_installs(
    environment, pypirc, setup_py, client, server, project, target
):
    pypirc(*LOGIN)
    setup_py(environment, "-q", "sdist", "bdist_wheel", "upload", "-r", "mypi")
    pip = client("pip")

    pip.run("pip", "install", "--target", target, "-i", server.url, project.name)

    assert pip.version(project.module, target) == "1.0"


@pytest.mark.parametrize("environment", DISTUTILS)
def test_register_and_upload_of_plain_distutils(
    environment, pypirc, setup_py, server, distutils_project
):
    pypirc(*LOGIN)
    folder = distutils_project.folder

    answer = setup_py(
        *(environment, "register", "-r", "mypi", "sdist", "upload", "-r", "mypi"), folder=folder
    )

    assert answer.count(OK) == 2
    assert server.digests(distutils_project.name) == digests_of(distutils_project.archives())


@pytest.mark.parametrize("environment", DISTUTILS)
def test_plain_distutils_uploads_with_an_empty_login(
    environment, pypirc, setup_py, server, distutils_project
):
    pypirc(*EMPTY_LOGIN)

    setup_py(environment, "sdist", "upload", "-r", "mypi", folder=distutils_project.folder)

    assert server.digests(distutils_project.name) == digests_of(distutils_project.archives())


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_any_answers_will_do_where_setuptools_asks_for_a_login(
    environment, pypirc, setup_py, server, project
):
    pypirc(*EMPTY_LOGIN)

    answer = setup_py(
        *(environment, "register", "-r", "mypi", "sdist", "upload", "-r", "mypi"), stdin=ANSWERS
    )

    assert answer.count(OK) == 2
    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_no_pypirc_is_needed_for_an_upload(environment, setup_py, server, project):
    setup_py(environment, "sdist", "upload", "-r", server.url, stdin=ANSWERS, USER="ada")

    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", OLD_AND_NEW)
@pytest.mark.parametrize("path", UPLOAD_PATHS)
def test_every_usual_address_takes_registrations_and_files(
    environment, path, pypirc, setup_py, server, project
):
    pypirc(*LOGIN, path=path)

    answer = setup_py(environment, "register", "-r", "mypi", "sdist", "upload", "-r", "mypi")

    assert answer.count(OK) == 2
    assert server.digests(project.name) == digests_of(project.archives())


@pytest.mark.parametrize("environment", OLD_AND_NEW)
@pytest.mark.parametrize("path", ["/+incubator", "/+incubator/"])
def test_the_incubator_keeps_files_to_itself(environment, path, pypirc, setup_py, server, project):
    pypirc(*LOGIN, path=path)

    setup_py(environment, "register", "-r", "mypi", "sdist", "upload", "-r", "mypi")

    assert server.digests(project.name, "+incubator") == digests_of(project.archives())
    assert server.digests(project.name) == {}


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_uploading_the_same_file_again_succeeds_and_changes_nothing(
    environment, pypirc, setup_py, server, project
):
    pypirc(*LOGIN)
    upload = (environment, "bdist_wheel", "upload", "-r", "mypi")
    setup_py(*upload, SOURCE_DATE_EPOCH=A_DAY)
    before = server.files(project.name)

    answer = setup_py(*upload, SOURCE_DATE_EPOCH=A_DAY)

    assert OK in answer
    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_other_bytes_are_refused_and_the_reason_is_shown(
    environment, pypirc, setup_py, client, server, project
):
    pypirc(*LOGIN)
    setup_py(environment, "sdist", "upload", "-r", "mypi")
    before = server.files(project.name)
    (project.folder / f"{project.module}.py").write_text("__version__ = 'another'\n")

    answer = client(environment).fail(
        "python", "setup.py", "sdist", "upload", "-r", "mypi", cwd=project.folder
    )

    assert "Upload failed (409): File already exists" in answer
    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_upload_docs_succeeds(environment, pypirc, setup_py, project):
    pypirc(*LOGIN)
    (project.folder / "html").mkdir()
    (project.folder / "html" / "index.html").write_text("<h1>Manual</h1>")
    setup_py(environment, "register", "-r", "mypi", "sdist", "upload", "-r", "mypi")

    answer = setup_py(environment, "upload_docs", "-r", "mypi", "--upload-dir", "html")

    assert OK in answer


@pytest.mark.parametrize("environment", DISTUTILS)
def test_list_classifiers_prints_all_classifiers(environment, pypirc, setup_py, distutils_project):
    pypirc(*LOGIN)

    answer = setup_py(
        *(environment, "register", "-r", "mypi", "--list-classifiers"),
        folder=distutils_project.folder,
    )

    assert "Development Status :: 4 - Beta\n" in answer
    assert "Programming Language :: Python" in answer


@pytest.mark.parametrize("environment", DISTUTILS)
def test_verify_checks_the_metadata_and_registers_nothing(
    environment, pypirc, setup_py, server, distutils_project
):
    pypirc(*LOGIN)

    answer = setup_py(environment, "register", "-r", "mypi", "-n", folder=distutils_project.folder)

    assert OK in answer
    assert server.files(distutils_project.name) == {}


@pytest.mark.parametrize("environment", SETUPTOOLS)
def test_an_old_name_and_an_author_with_accents_are_taken(
    environment, pypirc, client, server, tmp_path
):
    pypirc(*LOGIN)
    name = f"My.Old_{environment.replace('-', '.').title()}"
    project = projects.with_setup_py(tmp_path / "old", name, "1.0")

    answer = client(environment).run(
        *("python", "setup.py", "register", "-r", "mypi"),
        *("sdist", "bdist_wheel", "bdist_egg", "upload", "-r", "mypi"),
        cwd=project.folder,
    )

    assert answer.count(OK) == 4
    normal = name.lower().replace(".", "-").replace("_", "-")
    assert server.digests(normal) == digests_of(project.archives())


@pytest.mark.parametrize("environment", OLD_AND_NEW)
def test_every_installer_takes_what_register_sdist_upload_published(
    environment, pypirc, setup_py, client, server, project, tmp_path
):
    pypirc(*LOGIN)
    server.publish(*environments.real_wheels())  # for the installers that build in isolation

    setup_py(environment, "register", "-r", "mypi", "sdist", "upload", "-r", "mypi")

    index = ("-i", server.url, project.name)
    for installer in ("pip", "pip-9-py2.7"):
        pip, target = client(installer), tmp_path / installer
        pip.run("pip", "install", "--target", target, *index)
        assert pip.version(project.module, target) == "1.0"
    uv, target = client("uv"), tmp_path / "uv"
    uv.run("uv", "pip", "install", "--target", target, *index)
    assert uv.version(project.module, target) == "1.0"
    easy_install, target = client("easy_install-44-py2.7"), tmp_path / "eggs"
    target.mkdir()
    easy_install.run("easy_install", "--multi-version", "--install-dir", target, *index)
    assert easy_install.version(project.module, *target.glob("*.egg")) == "1.0"
