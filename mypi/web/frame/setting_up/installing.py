"""Tools that install: one row each."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from mypi.web.frame.addresses import untrusted_host
from mypi.web.frame.setting_up.row import TOKEN, Row, Setting
from mypi.web.frame.snippets import Snippet, short_name


def rows(it: Setting) -> Iterator[Row]:
    """Tools that install."""
    for tool in (_pip, _uv, _poetry, _pdm, _pipenv, _requirements, _easy_install):
        yield tool(it)
    if not it.is_public:
        yield _netrc(it)


def _pip(it: Setting) -> Row:
    host = untrusted_host(it.here.url)
    flag = f" --trusted-host {host}" if host else ""
    trusted = f"\ntrusted-host = {host}" if host else ""
    conf = f"[global]\nindex-url = {it.url}{trusted}"
    insecure = f"export PIP_TRUSTED_HOST={host}\n" if host else ""
    return Row(
        "pip",
        "Installs Python packages.",
        (
            Snippet("Once", f"pip install -i {it.url}{flag} YOURPACKAGE"),
            Snippet(
                "For a shell or a job",
                f"export PIP_INDEX_URL={it.url}\n{insecure}pip install YOURPACKAGE",
                "On Windows: set instead of export.",
            ),
            Snippet(
                "For good, Linux and macOS",
                conf,
                "~/.config/pip/pip.conf; on macOS ~/Library/Application Support/pip/pip.conf if "
                "that folder exists; for everybody on the machine /etc/pip.conf; for one virtual "
                "environment pip.conf in its folder.",
                "pip.conf",
            ),
            Snippet(
                "For good, Windows",
                conf,
                "%APPDATA%\\pip\\pip.ini; for everybody C:\\ProgramData\\pip\\pip.ini.",
                "pip.ini",
            ),
        ),
    )


def _uv(it: Setting) -> Row:
    name = short_name(it.here)
    return Row(
        "uv",
        "Installs, locks and publishes.",
        (
            Snippet("Once", f"uv pip install --index-url {it.url} YOURPACKAGE"),
            Snippet("For a shell or a job", f"export UV_DEFAULT_INDEX={it.url}"),
            Snippet(
                "For a project",
                f'[[tool.uv.index]]\nname = "{name}"\nurl = "{it.here.url}"\n'
                f'publish-url = "{it.here.url}"\ndefault = true',
                f"In pyproject.toml. Then uv publish --index {name}."
                + ("" if it.is_public else f" The login is UV_INDEX_{_shouted(name)}_PASSWORD."),
            ),
            Snippet(
                "For good",
                f'[[index]]\nname = "{name}"\nurl = "{it.url}"\ndefault = true',
                "~/.config/uv/uv.toml; on Windows %APPDATA%\\uv\\uv.toml.",
                "uv.toml",
            ),
        ),
    )


def _poetry(it: Setting) -> Row:
    name = short_name(it.here)
    return Row(
        "poetry",
        "An explicit source: only what names it comes from here, and nothing else can.",
        (
            Snippet(
                "For a project",
                f"poetry source add --priority=explicit {name} {it.here.url}\n"
                f"poetry add --source {name} YOURPACKAGE",
            ),
            Snippet(
                "The same in pyproject.toml",
                f'[[tool.poetry.source]]\nname = "{name}"\nurl = "{it.here.url}"\n'
                'priority = "explicit"',
            ),
            *_poetry_login(it, name),
        ),
    )


def _pdm(it: Setting) -> Row:
    verify = "\nverify_ssl = false" if untrusted_host(it.here.url) else ""
    return Row(
        "pdm",
        "The name pypi takes the public index's place.",
        (
            Snippet(
                "For a project",
                f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{it.url}"{verify}',
                "In pyproject.toml.",
            ),
        ),
    )


def _pipenv(it: Setting) -> Row:
    name = short_name(it.here)
    verify = "false" if untrusted_host(it.here.url) else "true"
    return Row(
        "pipenv",
        "Reads its sources from the Pipfile.",
        (
            Snippet(
                "Pipfile",
                f'[[source]]\nname = "{name}"\nurl = "{it.url}"\n'
                f"verify_ssl = {verify}\n\n[packages]\nYOURPACKAGE = "
                f'{{version = "*", index = "{name}"}}',
                filename="Pipfile",
            ),
        ),
    )


def _requirements(it: Setting) -> Row:
    host = untrusted_host(it.here.url)
    return Row(
        "requirements file",
        "For pip and uv: the first line says where everything comes from.",
        (
            Snippet(
                "requirements.txt",
                f"--index-url {it.here.url}\n"
                + (f"--trusted-host {host}\n" if host else "")
                + "YOURPACKAGE",
                "A release's page gives the lines with all digests.",
                "requirements.txt",
            ),
        ),
    )


def _easy_install(it: Setting) -> Row:
    return Row(
        "easy_install, setup.cfg",
        "For old setuptools, setup_requires and python setup.py develop.",
        (
            Snippet(
                "setup.cfg",
                f"[easy_install]\nindex_url = {it.url}",
                "Beside setup.py, or ~/.pydistutils.cfg.",
                "setup.cfg",
            ),
        ),
    )


def _netrc(it: Setting) -> Row:
    return Row(
        "netrc",
        "Keeps the token out of addresses; pip, uv, poetry and curl read it.",
        (
            Snippet(
                "~/.netrc",
                f"machine {urlsplit(it.here.url).hostname}\nlogin __token__\npassword {TOKEN}",
                "Readable by you alone: chmod 600 ~/.netrc. Then leave the login out of the "
                "addresses above.",
                "netrc",
            ),
        ),
    )


def _poetry_login(it: Setting, name: str) -> tuple[Snippet, ...]:
    if it.is_public:
        return ()
    return (Snippet("Its login", f"poetry config http-basic.{name} __token__ {TOKEN}"),)


def _shouted(name: str) -> str:
    return name.upper().replace("-", "_")
