"""A closed index with real clients: passwords and scoped tokens."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.clients.server import Server

PASSWORD = "correct horse battery"


class Closed(Server):
    """A server with users, and its command line."""

    def token(self, *arguments: str) -> str:
        """The text of a new token of ada."""
        output = self.mypi("token", "create", "--for", "ada", *arguments)
        (text,) = [word for word in output.split() if word.startswith("mypi-")]
        return text

    def address(self, user: str, password: str, path: str = "") -> str:
        """The URL with a login in it, as people write it into pip.conf."""
        return f"http://{user}:{password}@127.0.0.1:{self.port}{path}"


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """Only users read; root is an admin, ada a user."""
    server = Closed(tmp_path_factory.mktemp("closed") / "data")
    server.start()
    for name in ("root", "ada"):
        server.mypi("user", "add", name, "--password-stdin", stdin=PASSWORD)
    server.mypi("index", "set", "stable", "--read", "users")
    yield server
    assert server.stop() == 0, server.log.read_text()


@pytest.fixture
def twine(client, closed):
    def upload(environment: str, archives, user: str, password: str, fails: bool = False) -> str:
        run = client(environment).fail if fails else client(environment).run
        address = ("--repository-url", closed.url, "-u", user, "-p", password)
        return run("twine", "upload", "--disable-progress-bar", *address, *archives)

    return upload


@pytest.mark.parametrize("environment", ["twine-1-py2.7", "twine-4", "twine"])
def test_twine_publishes_with_a_password_and_with_a_token(
    environment, closed, twine, archives, project
):
    wheel, sdist = sorted(archives, key=lambda path: path.suffix != ".whl")

    twine(environment, [wheel], "ada", PASSWORD.replace(" ", " "))
    twine(environment, [sdist], "__token__", closed.token("--label", "ci"))

    shown = closed.mypi("--json", "log", "--project", project.name)
    assert shown.count('"ada"') >= 2


@pytest.mark.parametrize("environment", ["twine-1-py2.7", "twine"])
def test_twine_is_told_why_it_may_not(environment, closed, twine, archives, project):
    token = closed.token("--label", "other", "--project", "another-project")

    assert "401" in twine(environment, archives, "ada", "wrong password", fails=True)
    assert "403" in twine(environment, archives, "__token__", token, fails=True)


@pytest.fixture
def published(closed, twine, archives, project):
    twine("twine", archives, "ada", PASSWORD)
    return project


@pytest.mark.parametrize("environment", ["pip-9-py2.7", "pip-20-py2.7", "pip-22.3-py3.7", "pip"])
def test_pip_installs_with_a_token_in_the_address(environment, client, closed, published, target):
    pip = client(environment)
    index = closed.address("__token__", closed.token("--label", "reader", "--may", "read"))

    pip.run("python", "-m", "pip", "install", "--target", target, "-i", index, published.name)

    assert pip.version(published.module, target) == "1.0"


@pytest.mark.parametrize("environment", ["pip-20-py2.7", "pip"])
def test_pip_without_a_login_learns_nothing(environment, client, closed, published, target):
    pip = client(environment)
    arguments = ("--no-input", "install", "--target", target, "-i", closed.url)

    for name in (published.name, "no-such-thing"):
        pip.fail("python", "-m", "pip", *arguments, name)
    for name in (published.name, "no-such-thing"):
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{closed.url}/simple/{name}/")


@pytest.mark.parametrize("environment", ["uv-0.5", "uv"])
def test_uv_publishes_and_installs_with_a_token(
    environment, client, closed, archives, project, target, tmp_path
):
    uv = client(environment)
    token = closed.token("--label", f"uv {environment}")
    index = closed.address("__token__", token)

    if environment == "uv":
        name = project.name.replace("-", "_")
        archives = [path for path in archives if path.name.startswith(name)]
    uv.run("uv", "publish", "--publish-url", closed.url + "/", "--token", token, *archives)
    uv.run("uv", "pip", "install", "--target", target, "--index-url", index, project.name)

    assert uv.version(project.module, target) == "1.0"


@pytest.mark.parametrize("environment", ["setuptools-44-py2.7", "setuptools-41-py3.8"])
def test_setup_py_registers_and_uploads_with_the_login_of_pypirc(
    environment, client, closed, home, project
):
    home.write(
        ".pypirc",
        "[distutils]\nindex-servers = mypi\n\n[mypi]\n"
        f"repository: {closed.url}\nusername = __token__\n"
        f"password = {closed.token('--label', 'setup.py')}\n",
    )
    python = client(environment)

    python.run("python", "setup.py", "register", "-r", "mypi", cwd=project.folder)
    python.run("python", "setup.py", "sdist", "upload", "-r", "mypi", cwd=project.folder)

    assert project.name in closed.mypi("log", "--project", project.name)
