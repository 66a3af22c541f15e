"""A folder of archives, with folders in it: a directory of wheels, or that of a pypiserver."""

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from mypi.errors import Refused
from mypi.services.importing.source import ARCHIVES, Entry, opened


class Folder:
    """All archives below ``path``; names that begin with a dot are passed over, as pypiserver does.

    The time of a file is taken for the time of its upload.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise Refused(f"{path} is no folder.")
        self.path = path

    def describe(self) -> str:
        """The folder."""
        return str(self.path)

    def count(self) -> int:
        """The number of archives."""
        return len(self._paths)

    def entries(self) -> Iterator[Entry]:
        """The archives, by name."""
        for path in self._paths:
            found = path.stat()
            yield Entry(path.name, opened(path), found.st_size, uploaded=found.st_mtime, path=path)

    def close(self) -> None:
        """Nothing is open."""

    @cached_property
    def _paths(self) -> list[Path]:
        found = []
        for folder, folders, names in os.walk(self.path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [
                Path(folder, name)
                for name in names
                if name.endswith(ARCHIVES) and not name.startswith(".")
            ]
        return sorted(found, key=lambda path: path.name)
