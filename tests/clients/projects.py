"""Little real projects with a module that knows its version, in the styles of old and new tools."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests.clients.sandbox import Client

AUTHOR = "Zoë Łukasz"
SUMMARY = "Smørrebrød for the index"

SETUP_PY = """\
# -*- coding: utf-8 -*-
from {setup} import setup

setup(
    name="{name}",
    version="{version}",
    description=u"{summary}",
    long_description=u"{summary}\\n\\nA longer story, with 2 \\u20ac in it.",
    author=u"{author}",
    author_email="zoe@example.org",
    url="http://example.org/",
    license="MIT",
    classifiers=["Programming Language :: Python", "License :: OSI Approved :: MIT License"],
    py_modules=["{module}"],
    {extra}
)
"""

PYPROJECT = """\
[build-system]
requires = ["{requires}"]
build-backend = "{backend}"

[project]
name = "{name}"
version = "{version}"
description = "{summary}"
readme = "README.md"
authors = [{{ name = "{author}", email = "zoe@example.org" }}]
keywords = ["index", "smørrebrød"]
classifiers = ["Programming Language :: Python :: 3"]
dependencies = {dependencies}
"""

BACKENDS = {
    "setuptools": ("setuptools", "setuptools.build_meta"),
    "flit": ("flit_core", "flit_core.buildapi"),
    "hatch": ("hatchling", "hatchling.build"),
    "poetry": ("poetry-core", "poetry.core.masonry.api"),
    "pdm": ("pdm-backend", "pdm.backend"),
}

# poetry 1 does not read [project].
POETRY_1 = """\
[tool.poetry]
name = "{name}"
version = "{version}"
description = "{summary}"
authors = ["{author} <zoe@example.org>"]
readme = "README.md"

[tool.poetry.dependencies]
python = ">=3.9"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""


@dataclass(frozen=True)
class Project:
    """A project's source folder."""

    folder: Path
    name: str
    version: str

    @property
    def module(self) -> str:
        """What to import."""
        return module_of(self.name)

    @property
    def dist(self) -> Path:
        """Where tools put what they build."""
        return self.folder / "dist"

    def archives(self) -> list[Path]:
        """All that was built, sorted by name."""
        return sorted(path for path in self.dist.glob("*") if not path.name.startswith("."))

    def build(self, builder: Client, *commands: str) -> list[Path]:
        """Build with setuptools: a wheel for Python 2 and 3, unless ``commands`` say otherwise."""
        builder.run("python", "setup.py", "-q", *(commands or ("bdist_wheel",)), cwd=self.folder)
        return self.archives()


def module_of(name: str) -> str:
    """An importable name for a project's name."""
    return name.lower().replace("-", "_").replace(".", "_")


def with_setup_py(
    folder: Path, name: str, version: str, *, setup: str = "setuptools", extra: str = ""
) -> Project:
    """A project as people wrote them before pyproject.toml; ``setup`` may be ``distutils.core``."""
    project = _with_module(folder, name, version)
    text = SETUP_PY.format(
        name=name,
        version=version,
        module=project.module,
        author=AUTHOR,
        summary=SUMMARY,
        setup=setup,
        extra=extra,
    )
    (folder / "setup.py").write_text(text, encoding="utf-8")
    (folder / "setup.cfg").write_text("[bdist_wheel]\nuniversal = 1\n")
    return project


def with_pyproject(
    folder: Path, name: str, version: str, backend: str, dependencies: tuple[str, ...] = ()
) -> Project:
    """A project of today, with one of ``BACKENDS``."""
    requires, build_backend = BACKENDS[backend]
    text = PYPROJECT.format(
        name=name,
        version=version,
        author=AUTHOR,
        summary=SUMMARY,
        requires=requires,
        backend=build_backend,
        dependencies=list(dependencies),
    )
    return _with_settings(folder, name, version, text)


def with_poetry_section(folder: Path, name: str, version: str) -> Project:
    """A project for poetry 1, which has a table of its own."""
    text = POETRY_1.format(name=name, version=version, author=AUTHOR, summary=SUMMARY)
    return _with_settings(folder, name, version, text)


def _with_settings(folder: Path, name: str, version: str, pyproject: str) -> Project:
    project = _with_module(folder, name, version)
    (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    return project


def _with_module(folder: Path, name: str, version: str) -> Project:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    project = Project(folder, name, version)
    text = f'''\
        """A module that knows its version."""

        __version__ = "{version}"
        '''
    (folder / f"{project.module}.py").write_text(dedent(text))
    (folder / "README.md").write_text(f"# {name}\n\n{SUMMARY}\n", encoding="utf-8")
    return project
