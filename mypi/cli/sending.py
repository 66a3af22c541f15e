"""Send many files to an index, in batches, and only those that it lacks."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from mypi.cli.client import Client
    from mypi.services.importing.source import Entry

LOOK = 500
"""Files that the index is asked about at once."""
FILES = 50
BYTES = 32 * 2**20
"""A batch has so many files, or bytes, at most; it is one transaction."""


class Batch:
    """Opened files, and what is said of each, for one request."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.files: list[tuple[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self.size = 0
        self._opened = ExitStack()

    def close(self) -> None:
        """Close the files."""
        self._opened.close()

    def has_room(self, size: int, most: int) -> bool:
        """Whether a file of that size may go along; one may always go alone."""
        return not self.entries or (len(self.entries) < FILES and self.size + size <= most)

    def add(self, entry: "Entry", file: IO[bytes], size: int, opened: ExitStack) -> None:
        """One more; ``opened`` closes it in the end."""
        self._opened.push(opened.pop_all())
        attestations, note = _attestations(entry)
        self.entries.append(entry)
        self.files.append(("content", (entry.filename, file, "application/octet-stream")))
        self.said.append(
            {
                "uploaded": entry.uploaded,
                "yanked": entry.yanked,
                "by": entry.by,
                "sha256": entry.sha256,
                "attestations": attestations,
            }
        )
        self.notes.append(note)
        self.size += size + len(attestations)


class Sender:
    """Sends entries; ``outcomes`` has one for each: published, unchanged or refused.

    The ``message`` of a published one tells why its attestations are not with it.

    ``advance`` is told how many files are done.
    """

    def __init__(
        self, client: "Client", index: str, dry_run: bool, advance: Callable[[int], None]
    ) -> None:
        self._client = client
        self._index = index
        self._dry_run = dry_run
        self._advance = advance
        self._foreseen: dict[str, str] = {}
        self._largest = sys.maxsize
        self.outcomes: list[dict[str, str]] = []

    def send(self, entries: Iterable["Entry"]) -> None:
        """All of them."""
        for some in _slices(entries, LOOK):
            if self._dry_run:
                for entry in self._missing(some):
                    self._done(entry.filename, *self._foretold(entry))
            else:
                self._publish(self._missing(some))

    def _missing(self, entries: list["Entry"]) -> Iterator["Entry"]:
        """Those that the index has not; what it has with other bytes it is to refuse itself."""
        names = [entry.filename for entry in entries]
        answer = self._client.post("indexes", self._index, "here", body={"filenames": names})
        here, self._largest = answer["files"], answer.get("max_upload", sys.maxsize)
        for entry in entries:
            known = here.get(entry.filename)
            if known is not None and known == (entry.sha256 or self._digest(entry)):
                self._done(entry.filename, "unchanged")
            else:
                yield entry

    def _digest(self, entry: "Entry") -> str:
        try:
            with entry.open() as file:
                return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        except OSError:
            return ""

    def _publish(self, entries: Iterable["Entry"]) -> None:
        """In batches that the server takes; what it would not is refused alone."""
        batch = Batch()
        try:
            for entry, file, size, opened in self._opened(entries):
                if not batch.has_room(size, min(BYTES, self._largest)):
                    self._post(batch)
                    batch.close()
                    batch = Batch()
                batch.add(entry, file, size, opened)
            self._post(batch)
        finally:
            batch.close()

    def _opened(
        self, entries: Iterable["Entry"]
    ) -> Iterator[tuple["Entry", IO[bytes], int, ExitStack]]:
        """Each file, its bytes, their number, and what closes it."""
        for entry in entries:
            with ExitStack() as opened:
                try:
                    file = opened.enter_context(entry.open())
                    size = file.seek(0, os.SEEK_END)  # not every source tells it
                    file.seek(0)
                except OSError as error:
                    self._done(entry.filename, "refused", f"It cannot be read: {error}.")
                    continue
                if size > self._largest:
                    self._done(entry.filename, "refused", self._too_large())
                else:
                    yield entry, file, size, opened

    def _too_large(self) -> str:
        return f"It is larger than {self._largest} bytes, the limit there."

    def _foretold(self, entry: "Entry") -> tuple[str, str]:
        """What would become of it, and why: of what lies here the archive is looked into."""
        if entry.size > self._largest:
            return "refused", self._too_large()
        if entry.path is None:
            return "published", ""
        from mypi import archives, filenames
        from mypi.errors import MypiError

        try:
            archives.inspect(entry.path, filenames.parse(entry.filename))
        except MypiError as error:
            return "refused", str(error)
        except OSError as error:
            return "refused", f"It cannot be read: {error}."
        digest = self._digest(entry)
        first = self._foreseen.setdefault(entry.filename, digest)
        if first != digest:
            return "refused", "Another file of this name in the source has other bytes."
        return "published", ""

    def _post(self, batch: Batch) -> None:
        if not batch.entries:
            return
        fields = {"entries": json.dumps(batch.said)}
        said = self._client.upload(f"/+{quote(self._index)}/+import", fields, batch.files)
        for result, note in zip(said["results"], batch.notes, strict=True):
            self._done(result["filename"], result["outcome"], result["message"] or note)

    def _done(self, filename: str, outcome: str, message: str = "") -> None:
        self.outcomes.append({"filename": filename, "outcome": outcome, "message": message})
        self._advance(1)


def _attestations(entry: "Entry") -> tuple[str, str]:
    """Those of a file, or none and why."""
    try:
        return entry.attestations(), ""
    except OSError as error:
        return "", f"Its attestations cannot be read: {error}."


def _slices(entries: Iterable["Entry"], length: int) -> Iterator[list["Entry"]]:
    iterator = iter(entries)
    while some := list(islice(iterator, length)):
        yield some
