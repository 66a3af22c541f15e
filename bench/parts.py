"""The corpus in folders: written once, then read by each server in its own way."""

import functools
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import corpus
from bench.corpus import Archive
from tests.serving import ROOT

KEPT = ROOT / ".clients" / "bench-corpus"


@dataclass
class Part:
    """Archives that are stored together; made again each time, since L does not fit in memory."""

    name: str
    archives: Callable[[], Iterator[Archive]]

    def folder(self) -> Path:
        """The folder with all of its archives, which is written the first time."""
        folder = KEPT / str(corpus.FORMAT) / self.name
        if not folder.exists():
            new = folder.with_name(f"{folder.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
            for archive in self.archives():
                (new / archive.filename).write_bytes(archive.content)
            new.rename(folder)
        return folder

    @functools.cached_property
    def size(self) -> tuple[int, int]:
        """Number of archives, and their bytes."""
        sizes = [path.stat().st_size for path in self.folder().iterdir()]
        return len(sizes), sum(sizes)


def small(scale: str) -> Part:
    """The corpus of a scale, and one file of 1 MiB."""
    return Part(
        f"small-{scale}",
        lambda: itertools.chain(corpus.small_files(scale), [corpus.mebibytes(1)]),
    )


def more() -> Part:
    """What makes some servers slow, and so is stored when the small files were measured."""
    return Part(
        "more",
        lambda: itertools.chain(corpus.large_project(), corpus.tree(), [corpus.mebibytes(200)]),
    )
