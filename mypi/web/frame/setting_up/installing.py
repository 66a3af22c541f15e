"""Tools that install: one row each."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from mypi.web.frame.addresses import untrusted_host
from mypi.web.frame.setting_up.row import TOKEN, Row, Setting
from mypi.web.frame.snippets import Snippet, short_name


def rows(it: Setting) -> Iterator[Row]:
    """Tools that install."""
    url, name = it.url, short_name(it.here)
    host = untrusted_host(it.here.url)
    flag = f" --trusted-host {host}" if host else ""
    trusted = f"\ntrusted-host = {host}" if host else ""
    conf = f"[global]\nindex-url = {url}{trusted}"
    insecure = f"export PIP_TRUSTED_HOST={host}\n" if host else ""
    yield Row(
        "pip",
        "Installs Python packages.",
        (
            Snippet("Once", f"pip install -i {url}{flag} YOURPACKAGE"),
            Snippet(
                "For a shell or a job",
                f"export PIP_INDEX_URL={url}\n{insecure}pip install YOURPACKAGE",
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
    yield Row(
        "uv",
        "Installs, locks and publishes.",
        (
            Snippet("Once", f"uv pip install --index-url {url} YOURPACKAGE"),
            Snippet("For a shell or a job", f"export UV_DEFAULT_INDEX={url}"),
            Snippet(
                "For a project",
                f'[[tool.uv.index]]\nname = "{name}"\nurl = "{it.here.url}"\n'
                f'publish-url = "{it.here.url}"\ndefault = true',
                f"In pyproject.toml. Then uv publish --index {name}."
                + ("" if it.is_public else f" The login is UV_INDEX_{_shouted(name)}_PASSWORD."),
            ),
            Snippet(
                "For good",
                f'[[index]]\nname = "{name}"\nurl = "{url}"\ndefault = true',
                "~/.config/uv/uv.toml; on Windows %APPDATA%\\uv\\uv.toml.",
                "uv.toml",
            ),
        ),
    )
    yield Row(
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
    verify = "\nverify_ssl = false" if host else ""
    yield Row(
        "pdm",
        "The name pypi takes the public index's place.",
        (
            Snippet(
                "For a project",
                f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{url}"{verify}',
                "In pyproject.toml.",
            ),
        ),
    )
    yield Row(
        "pipenv",
        "Reads its sources from the Pipfile.",
        (
            Snippet(
                "Pipfile",
                f'[[source]]\nname = "{name}"\nurl = "{url}"\n'
                f"verify_ssl = {'false' if host else 'true'}\n\n[packages]\nYOURPACKAGE = "
                f'{{version = "*", index = "{name}"}}',
                filename="Pipfile",
            ),
        ),
    )
    yield Row(
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
    yield Row(
        "easy_install, setup.cfg",
        "For old setuptools, setup_requires and python setup.py develop.",
        (
            Snippet(
                "setup.cfg",
                f"[easy_install]\nindex_url = {url}",
                "Beside setup.py, or ~/.pydistutils.cfg.",
                "setup.cfg",
            ),
        ),
    )
    if not it.is_public:
        yield Row(
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
