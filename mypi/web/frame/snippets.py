"""Commands and configuration to copy: each ready to run against this very index.

An install command without the index's URL would fetch a stranger's package from PyPI, so every one
carries it.  One place, so that client tests can run them all.
"""

from collections.abc import Iterable
from typing import NamedTuple

from mypi.web.frame.addresses import Addresses, untrusted_host


class Snippet(NamedTuple):
    """A text to copy, the tool it is for, and a word on it.

    ``filename`` is what a whole file is called that can be downloaded.
    """

    tool: str
    text: str
    note: str = ""
    filename: str = ""


def install(here: Addresses, name: str, version: str = "") -> list[Snippet]:
    """Commands that install a project; pinned if ``version`` is given."""
    url = here.url
    pinned = f"{name}=={version}" if version else name
    quoted = f'"{pinned}"' if "!" in version else pinned
    source = short_name(here)
    insecure = " && pdm config --local pypi.verify_ssl false" if untrusted_host(url) else ""
    return [
        Snippet("pip", f"pip install -i {url}{_trust(url)} {quoted}"),
        Snippet("uv", f"uv pip install --index-url {url} {quoted}"),
        Snippet(
            "poetry",
            f"poetry source add --priority=explicit {source} {url}\n"
            f"poetry add --source {source} {quoted}",
        ),
        Snippet("pdm", f"pdm config --local pypi.url {url}{insecure}\npdm add {quoted}"),
        Snippet("easy_install", f"easy_install -i {url} {quoted}", "Python 2 and old setuptools."),
    ]


def requirements(here: Addresses, name: str, version: str, digests: Iterable[str]) -> Snippet:
    """Lines of a requirements file that take exactly the files that are here now."""
    hashes = "".join(f" \\\n    --hash=sha256:{digest}" for digest in digests)
    trust = untrusted_host(here.url)
    lines = f"--index-url {here.url}\n" + (f"--trusted-host {trust}\n" if trust else "")
    return Snippet("requirements.txt", f"{lines}{name}=={version}{hashes}")


def publish(here: Addresses, *, is_open: bool = True) -> list[Snippet]:
    """Commands that publish the files in ``dist/``; tools ask for the login that is missing."""
    url = here.url
    name = short_name(here)
    if is_open:
        twine, uv = " -u '' -p ''", " -u any -p any"
        pdm, hatch = " -u any -P any", " -u any -a any"
        notes = (
            "No account is needed: the login stays empty.",
            "uv insists on a login; any will do.",
        )
    else:
        twine = uv = pdm = hatch = " -u __token__"
        notes = ("Asks for the password: a token, see your account.",) * 2
    return [
        Snippet("twine", f"twine upload --repository-url {url}{twine} dist/*", notes[0]),
        Snippet("uv", f"uv publish --publish-url {url}{uv}", notes[1]),
        Snippet(
            "setup.py",
            f"python setup.py sdist upload -r {name}",
            "Needs the .pypirc beside; twine and flit can use it too.",
        ),
        Snippet(
            "poetry",
            f"poetry config repositories.{name} {url}\npoetry publish --build -r {name}{uv}",
        ),
        Snippet("pdm", f"pdm publish -r {url}{pdm}"),
        Snippet("hatch", f"hatch publish -r {url}{hatch}"),
    ]


def configure(here: Addresses, *, is_open: bool = True) -> list[Snippet]:
    """Configuration files that make a tool use this index without being told."""
    url = here.url
    login = ("any", "any") if is_open else ("__token__", "YOUR-TOKEN")
    name = short_name(here)
    trust = untrusted_host(url)
    trusted = f"trusted-host = {trust}\n" if trust else ""
    return [
        Snippet(
            "pip.conf",
            f"[global]\nindex-url = {url}\n{trusted}".rstrip(),
            "In ~/.config/pip/; on Windows %APPDATA%\\pip\\pip.ini.",
        ),
        Snippet(
            "uv",
            f'[[tool.uv.index]]\nname = "{name}"\nurl = "{url}"\npublish-url = "{url}"\n'
            "default = true",
            "In pyproject.toml.",
        ),
        Snippet(
            ".pypirc",
            pypirc(here, *login),
            "In your home directory, for setup.py, twine and flit.",
        ),
        Snippet(
            "poetry",
            f'[[tool.poetry.source]]\nname = "{name}"\nurl = "{url}"\npriority = "primary"',
            "In pyproject.toml.",
        ),
        Snippet(
            "pdm",
            f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{url}"'
            + ("\nverify_ssl = false" if trust else ""),
            "In pyproject.toml; the name takes PyPI's place.",
        ),
        Snippet(
            "easy_install",
            f"[easy_install]\nindex_url = {url}",
            "In setup.cfg or ~/.pydistutils.cfg.",
        ),
    ]


def with_token(here: Addresses, secret: str) -> list[Snippet]:
    """Commands and files that use a token; the index's bases and all are read with it as well."""
    url = here.url
    inside = url.replace("://", f"://__token__:{secret}@", 1)
    trust = untrusted_host(url)
    trusted = f"\ntrusted-host = {trust}" if trust else ""
    return [
        Snippet(
            "pip",
            f"[global]\nindex-url = {inside}{trusted}",
            "In ~/.config/pip/pip.conf; on Windows %APPDATA%\\pip\\pip.ini.",
        ),
        Snippet(
            ".pypirc",
            pypirc(here, "__token__", secret),
            "In your home directory, readable by you alone; for twine, flit and setup.py.",
        ),
        Snippet(
            "twine",
            f"TWINE_USERNAME=__token__ TWINE_PASSWORD={secret} "
            f"twine upload --repository-url {url} dist/*",
            "As a job of a CI server keeps it: in the environment.",
        ),
        Snippet(
            "uv",
            f"UV_PUBLISH_TOKEN={secret} uv publish --publish-url {url}\n"
            f"UV_DEFAULT_INDEX={inside} uv pip install YOURPACKAGE",
        ),
    ]


def first_upload(here: Addresses, *, is_open: bool = True) -> list[Snippet]:
    """From nothing to the first package of an empty index."""
    return [
        Snippet("Build", "python -m build", "In a project of yours; makes dist/."),
        *(s for s in publish(here, is_open=is_open) if s.tool == "twine"),
        Snippet("Install", f"pip install -i {here.url}{_trust(here.url)} YOURPACKAGE"),
    ]


def pypirc(here: Addresses, user: str, password: str) -> str:
    """A ``.pypirc`` with one index."""
    name = short_name(here)
    return (
        f"[distutils]\nindex-servers =\n    {name}\n\n"
        f"[{name}]\nrepository = {here.url}\nusername = {user}\npassword = {password}"
    )


def short_name(here: Addresses) -> str:
    """The word by which tools' configuration calls this index."""
    return "mypi" + here.index.replace("/+", "-")


def _trust(url: str) -> str:
    host = untrusted_host(url)
    return f" --trusted-host {host}" if host else ""
