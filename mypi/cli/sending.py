"""Send many files to an index, in batches, and only those that it lacks."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from mypi.cli.client import Client
    from mypi.services.importing.source import Entry

LOOK = 500
"""Files that the index is asked about at once."""
FILES = 50
BYTES = 32 * 2**20
"""A batch ends after so many files or bytes; it is one transaction."""


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
        self.outcomes: list[dict[str, str]] = []

    def send(self, entries: Iterable["Entry"]) -> None:
        """All of them."""
        for some in _slices(entries, LOOK):
            batch: list[Entry] = []
            for entry in self._missing(some):
                batch.append(entry)
                if len(batch) == FILES or sum(it.size for it in batch) > BYTES:
                    self._send(batch)
                    batch = []
            self._send(batch)

    def _missing(self, entries: list["Entry"]) -> Iterator["Entry"]:
        """Those that the index has not; what it has with other bytes it is to refuse itself."""
        names = [entry.filename for entry in entries]
        here = self._client.post("indexes", self._index, "here", body={"filenames": names})["files"]
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

    def _send(self, batch: list["Entry"]) -> None:
        if self._dry_run:
            for entry in batch:
                self._done(entry.filename, *self._foretold(entry))
            return
        with ExitStack() as stack:
            sent: list[Entry] = []
            files: list[tuple[str, Any]] = []
            for entry in batch:
                try:
                    opened = stack.enter_context(entry.open())
                except OSError as error:
                    self._done(entry.filename, "refused", f"It cannot be read: {error}.")
                    continue
                sent.append(entry)
                files.append(("content", (entry.filename, opened, "application/octet-stream")))
            if sent:
                self._post(sent, files)

    def _foretold(self, entry: "Entry") -> tuple[str, str]:
        """What would become of it, and why: of what lies here the archive is looked into."""
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

    def _post(self, sent: list["Entry"], files: list[tuple[str, Any]]) -> None:
        signed = [_attestations(it) for it in sent]
        entries = [
            {
                "uploaded": it.uploaded,
                "yanked": it.yanked,
                "by": it.by,
                "sha256": it.sha256,
                "attestations": text,
            }
            for it, (text, _why) in zip(sent, signed, strict=True)
        ]
        said = self._client.upload(
            f"/+{quote(self._index)}/+import", {"entries": json.dumps(entries)}, files
        )
        for result, (_text, why) in zip(said["results"], signed, strict=True):
            self._done(result["filename"], result["outcome"], result["message"] or why)

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
