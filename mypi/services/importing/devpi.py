"""What ``devpi-export`` writes: ``dataindex.json``, and the files of each index in a folder.

Measured with devpi-server 6: a file's ``log`` tells who uploaded it and when, its ``hashes`` (or,
of an older one, ``entrymapping``) its digest.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mypi.errors import Refused
from mypi.services.importing.source import ARCHIVES, Entry, opened

LISTING = "dataindex.json"


class Devpi:
    """The files of one index, ``user/index``, of an export."""

    def __init__(self, path: Path, index: str = "") -> None:
        self.path = path
        self.index = index
        self._files = _files(path, index)

    def describe(self) -> str:
        """The folder, and the index in it."""
        return f"{self.index or 'the index'} of {self.path}"

    def count(self) -> int:
        """The number of archives."""
        return len(self._files)

    def entries(self) -> Iterator[Entry]:
        """The archives, project by project."""
        for file in self._files:
            path = _inside(self.path, str(file.get("relpath", "")))
            who, when = _uploaded(file)
            yield Entry(
                path.name,
                opened(path),
                path.stat().st_size if path.is_file() else 0,
                _sha256(file),
                when,
                by=who,
                path=path,
            )

    def close(self) -> None:
        """Nothing is open."""


def _files(path: Path, index: str) -> list[dict[str, Any]]:
    try:
        listing = json.loads((path / LISTING).read_bytes())
        indexes = {name: it for name, it in listing["indexes"].items() if it.get("files")}
    except OSError as error:
        raise Refused(
            f"{path / LISTING} cannot be read: {error.strerror}. Name the folder that devpi-export "
            "wrote."
        ) from None
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Refused(f"{path / LISTING} is not what devpi-export writes.") from None
    if index not in indexes:
        if index or len(indexes) != 1:
            names = ", ".join(sorted(indexes)) or "none with files"
            raise Refused(f"Name the index to take, with --from; the export has {names}.")
        (index,) = indexes
    files = [
        file
        for file in indexes[index]["files"]
        if isinstance(file, dict)
        and file.get("type") == "releasefile"
        and str(file.get("relpath")).endswith(ARCHIVES)
    ]
    return sorted(files, key=lambda file: (str(file.get("projectname")), str(file["relpath"])))


def _inside(folder: Path, relpath: str) -> Path:
    """A file of the export; raises Refused when the listing points elsewhere."""
    path = (folder / relpath).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Refused(f"{relpath[:200]!r} in {LISTING} is not inside the export.")
    return path


def _sha256(file: dict[str, Any]) -> str:
    mapping = file.get("entrymapping") or {}
    hashes = mapping.get("hashes") or file.get("hashes") or {}
    if isinstance(hashes, dict) and hashes.get("sha256"):
        return str(hashes["sha256"])
    kind, _, digest = str(mapping.get("hash_spec", "")).partition("=")
    return digest if kind == "sha256" else ""


def _uploaded(file: dict[str, Any]) -> tuple[str, float | None]:
    """Who uploaded it and when, as its first log entry says."""
    for entry in file.get("log") or ():
        if isinstance(entry, dict) and entry.get("what") == "upload":
            return str(entry.get("who") or ""), _time(entry.get("when"))
    return "", None


def _time(parts: Any) -> float | None:
    try:
        return datetime(*parts[:6]).replace(tzinfo=UTC).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
