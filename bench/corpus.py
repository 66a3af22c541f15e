"""What is stored: honest archives, the same bytes on every machine, and upload forms for them."""

import hashlib
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests import factories, posting

SIZES = {"S": (20, 5), "M": (500, 10), "L": (5_000, 10)}
"""Projects and files in each: 100, 5,000 and 50,000 files."""

EVERY_FIFTH = 5
"""One file in five is an sdist."""

LARGE_PROJECT = "large-project"
LARGE_PROJECT_FILES = 1_000
TREE = "demo-tree"
TREE_PROJECTS = 60
MEBIBYTE = 2**20
FORMAT = 1
"""Raise it with every change of the bytes: they are kept in a folder, see bench/parts.py."""

SUMMARY = "A wheel of the benchmark"


@dataclass(frozen=True)
class Archive:
    """One wheel or sdist."""

    project: str
    version: str
    filename: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    def form(self) -> tuple[bytes, str]:
        """The body of its upload, with the fields that twine sends, and its content type."""
        is_wheel = self.filename.endswith(".whl")
        fields = posting.upload_fields(
            self.content,
            name=self.project,
            version=self.version,
            filetype="bdist_wheel" if is_wheel else "sdist",
            pyversion="py3" if is_wheel else "source",
            metadata_version="2.1",
            summary=SUMMARY,
            description=_words(self.project, 2_000),
            requires_python=">=3.8",
            md5_digest=hashlib.md5(self.content).hexdigest(),
        )
        return posting.form(fields, self.filename, self.content)


def wheel(
    project: str,
    version: str,
    size: int = 8_000,
    build: str = "",
    requires: Sequence[str] = ("requests>=2", "click"),
) -> Archive:
    """A wheel with ``size`` bytes that hardly pack, a module, and a README of 2 kB."""
    noise = random.Random(f"{project} {version} {build}").randbytes(size)
    said = _said(project, requires)
    held = factories.wheel_files(project, version, files={"noise.bin": noise}, **said)
    packing = zipfile.ZIP_STORED if size > MEBIBYTE else zipfile.ZIP_DEFLATED
    parts = [factories.module(project), version, *([build] if build else []), "py3-none-any.whl"]
    return Archive(project, version, "-".join(parts), factories.zipped(held, compression=packing))


def sdist(project: str, version: str, size: int = 8_000) -> Archive:
    """A .tar.gz with the same in it."""
    held = factories.sdist_files(project, version, **_said(project, ("requests>=2", "click")))
    top = f"{factories.module(project)}-{version}"
    held[f"{top}/noise.bin"] = random.Random(f"{project} {version} sdist").randbytes(size)
    return Archive(project, version, f"{top}.tar.gz", factories.tarred(held))


def small_files(scale: str) -> Iterator[Archive]:
    """The corpus: ``demo-0000 1.0`` and so on."""
    projects, versions = SIZES[scale]
    for version in range(versions):
        make = sdist if version % EVERY_FIFTH == EVERY_FIFTH - 1 else wheel
        for number in range(projects):
            yield make(project_name(number), f"1.{version}")


def large_project() -> Iterator[Archive]:
    """The files of one project that has very many: 500 releases, each a wheel and an sdist."""
    for number in range(LARGE_PROJECT_FILES // 2):
        yield wheel(LARGE_PROJECT, f"1.{number}", 200)
        yield sdist(LARGE_PROJECT, f"1.{number}", 200)


def tree() -> Iterator[Archive]:
    """60 projects; who installs ``demo-tree-00`` gets all of them, six steps deep."""
    for number in range(TREE_PROJECTS):
        children = [n for n in (2 * number + 1, 2 * number + 2) if n < TREE_PROJECTS]
        requires = [f"{TREE}-{child:02}>=1" for child in children]
        yield wheel(f"{TREE}-{number:02}", "1.0", requires=requires)


def mebibytes(size: int, version: str = "1.0") -> Archive:
    """A wheel of ``size`` MiB that does not pack."""
    return wheel(f"of-{size}-mebibytes", version, size=size * MEBIBYTE)


def project_names(scale: str) -> list[str]:
    """The projects of :func:`small_files`."""
    return [project_name(number) for number in range(SIZES[scale][0])]


def project_name(number: int) -> str:
    """``demo-0007``."""
    return f"demo-{number:04}"


def _said(project: str, requires: Sequence[str]) -> dict[str, Any]:
    return {
        "summary": SUMMARY,
        "description": _words(project, 2_000),
        "requires_python": ">=3.8",
        "requires_dist": requires,
    }


def _words(seed: str, size: int) -> str:
    words = ("wheel", "index", "release", "archive", "project", "serial", "journal", "page")
    chosen = random.Random(seed).choices(words, k=size // 7)
    return " ".join(chosen)
