"""What is stored: honest wheels, the same bytes on every machine, and upload forms for them."""

import hashlib
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from tests import factories, posting

SIZES = {"S": (20, 5), "M": (500, 10)}
"""Projects and files in each: 100 and 5,000 files."""

LARGE_PROJECT = "large-project"
LARGE_PROJECT_FILES = 1_000


@dataclass(frozen=True)
class Archive:
    """One wheel."""

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
        fields = posting.upload_fields(
            self.content,
            name=self.project,
            version=self.version,
            filetype="bdist_wheel",
            pyversion="py3",
            metadata_version="2.1",
            summary="A wheel of the benchmark",
            description=_words(self.project, 2_000),
            requires_python=">=3.8",
            md5_digest=hashlib.md5(self.content).hexdigest(),
        )
        return posting.form(fields, self.filename, self.content)


def wheel(project: str, version: str, size: int = 8_000, build: str = "") -> Archive:
    """A wheel with ``size`` bytes that hardly pack, a module, and a README of 2 kB."""
    noise = random.Random(f"{project} {version} {build}").randbytes(size)
    held = factories.wheel_files(
        project,
        version,
        files={"noise.bin": noise},
        summary="A wheel of the benchmark",
        description=_words(project, 2_000),
        requires_python=">=3.8",
        requires_dist=["requests>=2", "click"],
    )
    packing = zipfile.ZIP_STORED if size > 2**20 else zipfile.ZIP_DEFLATED
    parts = [factories.module(project), version, *([build] if build else []), "py3-none-any.whl"]
    return Archive(project, version, "-".join(parts), factories.zipped(held, compression=packing))


def small_files(scale: str) -> Iterator[Archive]:
    """The corpus: ``demo-0000 1.0`` and so on."""
    projects, versions = SIZES[scale]
    for version in range(versions):
        for number in range(projects):
            yield wheel(project_name(number), f"1.{version}")


def large_project() -> Iterator[Archive]:
    """The files of one project that has very many: 50 releases of 20 builds."""
    for number in range(LARGE_PROJECT_FILES):
        yield wheel(LARGE_PROJECT, f"1.{number // 20}", 200, build=str(number % 20))


def project_names(scale: str) -> list[str]:
    """The projects of :func:`small_files`."""
    return [project_name(number) for number in range(SIZES[scale][0])]


def project_name(number: int) -> str:
    """``demo-0007``."""
    return f"demo-{number:04}"


def _words(seed: str, size: int) -> str:
    words = ("wheel", "index", "release", "archive", "project", "serial", "journal", "page")
    chosen = random.Random(seed).choices(words, k=size // 7)
    return " ".join(chosen)
