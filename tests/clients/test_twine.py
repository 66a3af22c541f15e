"""twine from 1.15 on Python 2.7 to the newest publishes to all addresses that people configure."""

import pytest

from tests.clients import environments, projects
from tests.clients.server import digests_of, name_and_version

TWINES = ("twine-1-py2.7", "twine-3-py3.6", "twine-3-py3.7", "twine-4", "twine-6", "twine")
OLD_AND_NEW = ("twine-1-py2.7", "twine")
# The newest takes --skip-existing for the public index only and says so before it asks anybody.
SKIPS_EXISTING = ("twine-1-py2.7", "twine-3-py3.6", "twine-4", "twine-6")
UPLOAD_PATHS = ("", "/", "/pypi", "/pypi/", "/legacy", "/legacy/", "/simple/")
NO_LOGIN = ("-u", "", "-p", "")
QUIET = ("--disable-progress-bar",)


@pytest.fixture
def upload(client, server):
    """``upload("twine", archives, ...)``: twine's answer."""

    def upload(environment, archives, *options, path="", **settings):
        address = ("--repository-url", server.url + path)
        twine = client(environment)
        return twine.run("twine", "upload", *QUIET, *address, *options, *archives, **settings)

    return upload


@pytest.mark.parametrize("environment", TWINES)
def test_twine_uploads_without_a_login(environment, upload, server, project, archives):
    upload(environment, archives, *NO_LOGIN)

    assert server.digests(project.name) == digests_of(archives)


@pytest.mark.parametrize("environment", TWINES)
def test_any_login_will_do(environment, upload, server, project, archives):
    upload(environment, archives, "-u", "anyone", "-p", "pässword")

    assert server.digests(project.name) == digests_of(archives)


@pytest.mark.parametrize("environment", TWINES)
def test_uploading_the_same_files_again_succeeds_and_changes_nothing(
    environment, upload, server, project, archives
):
    upload(environment, archives, *NO_LOGIN)
    before = server.files(project.name)

    upload(environment, archives, *NO_LOGIN)

    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", OLD_AND_NEW)
@pytest.mark.parametrize("path", UPLOAD_PATHS)
def test_every_usual_upload_address_takes_files(
    environment, path, upload, server, project, archives
):
    upload(environment, archives, *NO_LOGIN, path=path)

    assert server.digests(project.name) == digests_of(archives)


@pytest.mark.parametrize("environment", OLD_AND_NEW)
@pytest.mark.parametrize("path", ["/+incubator", "/+incubator/", "/+incubator/simple/"])
def test_the_incubator_keeps_files_to_itself(environment, path, upload, server, project, archives):
    upload(environment, archives, *NO_LOGIN, path=path)

    assert server.digests(project.name, "+incubator") == digests_of(archives)
    assert server.digests(project.name) == {}


@pytest.mark.parametrize("environment", TWINES)
def test_the_repository_of_pypirc_is_used(environment, pypirc, client, server, project, archives):
    pypirc("username = ada", "password = secret")

    client(environment).run("twine", "upload", *QUIET, "-r", "mypi", *archives)

    assert server.digests(project.name) == digests_of(archives)


@pytest.mark.parametrize("environment", TWINES)
def test_a_pypirc_without_a_login_needs_none_on_the_command_line_either(
    environment, pypirc, client, server, project, archives
):
    pypirc()

    client(environment).run("twine", "upload", *QUIET, "-r", "mypi", *NO_LOGIN, *archives)

    assert server.digests(project.name) == digests_of(archives)


@pytest.mark.parametrize("environment", TWINES)
def test_twine_registers_a_project_and_uploads_its_file_afterwards(
    environment, client, upload, server, project, archives
):
    address = ("--repository-url", server.url, *NO_LOGIN)

    client(environment).run("twine", "register", *address, archives[0])
    upload(environment, archives, *NO_LOGIN)

    assert server.digests(project.name) == digests_of(archives)


@pytest.mark.parametrize("environment", TWINES)
def test_other_bytes_under_a_taken_name_are_refused_with_a_reason(
    environment, client, server, project, builder, archives
):
    server.publish(*archives)
    before = server.files(project.name)
    changed = _change(project, builder)
    address = ("--repository-url", server.url)

    answer = client(environment).fail("twine", "upload", *QUIET, *address, *NO_LOGIN, changed)

    assert "File already exists" in answer
    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", SKIPS_EXISTING)
def test_skip_existing_skips_a_taken_name(environment, upload, server, project, builder, archives):
    server.publish(*archives)
    before = server.files(project.name)

    answer = upload(environment, [_change(project, builder)], "--skip-existing", *NO_LOGIN)

    assert "Skipping" in answer
    assert server.files(project.name) == before


@pytest.mark.parametrize("environment", ["twine-3-py3.6", "twine-4", "twine-6", "twine"])
def test_real_wheels_are_taken_and_a_second_upload_changes_nothing(environment, upload, server):
    wheels = environments.real_wheels()
    upload(environment, wheels, *NO_LOGIN)
    names = {name_and_version(wheel)[0] for wheel in wheels}
    before = {name: server.files(name) for name in names}

    upload(environment, wheels, *NO_LOGIN)

    assert {name: server.files(name) for name in names} == before
    assert {k: v for name in names for k, v in server.digests(name).items()} == digests_of(wheels)


@pytest.mark.parametrize("environment", TWINES)
def test_an_old_name_and_an_author_with_accents_are_taken(
    environment, upload, server, tmp_path, builder
):
    name = f"My.Old_Twine{environment.replace('-', '.')}"
    project = projects.with_setup_py(tmp_path / "project", name, "1.0")
    archives = project.build(builder, "sdist", "bdist_wheel")

    upload(environment, archives, *NO_LOGIN)

    assert server.digests(name.lower().replace(".", "-").replace("_", "-")) == digests_of(archives)


@pytest.mark.parametrize("environment", ["twine-1-py2.7", "twine-3-py3.6", "twine-4", "twine-6"])
def test_a_signature_beside_the_file_does_no_harm(environment, upload, server, project, archives):
    signature = archives[0].with_name(f"{archives[0].name}.asc")
    signature.write_text("-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n")

    upload(environment, [archives[0], signature], *NO_LOGIN)

    assert server.digests(project.name) == digests_of(archives[:1])


def test_what_twine_uploaded_pip_installs(client, upload, server, project, archives, target):
    upload("twine", archives, *NO_LOGIN)
    pip = client("pip-9-py2.7")

    pip.run("pip", "install", "--target", target, "-i", server.url, project.name)

    assert pip.version(project.module, target) == "1.0"


def _change(project, builder):
    """Build the wheel anew, with other bytes."""
    (project.folder / f"{project.module}.py").write_text("__version__ = 'another'\n")
    return next(path for path in project.build(builder) if path.suffix == ".whl")
