"""What builds and tests by itself: tox, containers, CI servers."""

from collections.abc import Iterator

from mypi.web.frame.addresses import untrusted_host
from mypi.web.frame.setting_up.row import Row, Setting
from mypi.web.frame.snippets import Snippet


def rows(it: Setting) -> Iterator[Row]:
    """Whatever builds and tests by itself."""
    yield _tox(it)
    yield _DOCKER
    yield _ci(it)


def _tox(it: Setting) -> Row:
    host = untrusted_host(it.here.url)
    trust = f"\n    PIP_TRUSTED_HOST = {host}" if host else ""
    return Row(
        "tox",
        "Its environments install from here.",
        (
            Snippet(
                "tox.ini",
                f"[testenv]\nset_env =\n    PIP_INDEX_URL = {it.url}{trust}\n"
                f"    UV_DEFAULT_INDEX = {it.url}",
                "setenv in tox 3.",
                "tox.ini",
            ),
        ),
    )


def _ci(it: Setting) -> Row:
    secret = "any" if it.is_open else "${{ secrets.INDEX_TOKEN }}"
    return Row(
        "CI",
        "A job that tests, builds and publishes; the token is a secret of the CI server.",
        (
            Snippet(
                "GitHub or Gitea Actions",
                "on: {push: {tags: ['*']}}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n"
                f"    env:\n      PIP_INDEX_URL: {it.here.url}\n"
                f"      TWINE_REPOSITORY_URL: {it.here.url}\n"
                f"      TWINE_USERNAME: {it.login[0]}\n      TWINE_PASSWORD: {secret}\n"
                "    steps:\n      - uses: actions/checkout@v4\n"
                "      - run: pip install build twine\n      - run: python -m build\n"
                "      - run: twine upload dist/*",
                "build and twine themselves must be here, or come from a mirror.",
                "publish.yml",
            ),
            Snippet(
                "GitLab",
                "publish:\n  image: python:3.13-slim\n  rules: [{if: $CI_COMMIT_TAG}]\n"
                f"  variables:\n    PIP_INDEX_URL: {it.here.url}\n"
                f"    TWINE_REPOSITORY_URL: {it.here.url}\n"
                f"    TWINE_USERNAME: {it.login[0]}\n  script:\n"
                "    - pip install build twine\n    - python -m build\n    - twine upload dist/*",
                "TWINE_PASSWORD is a masked variable of the project.",
                "gitlab-ci.yml",
            ),
        ),
    )


_DOCKER = Row(
    "Docker",
    "The configuration is a secret of the build: it is in no layer, as an ARG would be.",
    (
        Snippet(
            "Dockerfile",
            "# syntax=docker/dockerfile:1\nFROM python:3.13-slim\n"
            "COPY requirements.txt .\n"
            "RUN --mount=type=secret,id=pip,target=/etc/pip.conf \\\n"
            "    pip install -r requirements.txt",
            filename="Dockerfile",
        ),
        Snippet(
            "Build",
            "docker build --secret id=pip,src=pip.conf .",
            "With the pip.conf above.",
        ),
    ),
)
