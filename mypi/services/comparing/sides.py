"""One of the two archives of a comparison, read within bounds."""

import hashlib
from pathlib import Path

from mypi.archives import reading
from mypi.archives.reading import Bounds, Enough, Entry
from mypi.archives.texts import as_text
from mypi.errors import Refused

MAX_FILE = 2**18
"""Bytes of a member that is compared as text."""

MAX_KEPT = 2**26
"""Bytes of members that are held in memory, of one archive."""

BOUNDS = Bounds(unpacked=2**27, seconds=0.7)


class Side:
    """The members of one archive by their short names, with a digest and, if small, their bytes.

    ``trouble`` says why it cannot be compared, ``is_cut`` that it was not read to its end.
    """

    def __init__(self, path: str, filename: str) -> None:
        self.path = Path(path)
        self.filename = filename
        self.entries: dict[str, Entry] = {}
        self.digests: dict[str, object] = {}
        self.trouble = ""
        self.is_cut = False
        self._kept: dict[str, bytes] = {}
        self._room = MAX_KEPT
        self._is_wheel = filename.endswith(".whl")
        try:
            for entry, read in reading.members(self.path, filename, BOUNDS):
                if not entry.name.endswith("/"):
                    self._take(entry, read)
        except Enough:
            self.is_cut = True
        except (Refused, OSError) as error:
            self.trouble = str(error)

    def raw(self, name: str) -> bytes | None:
        """The bytes of a member, if they can be had."""
        entry = self.entries.get(name)
        if entry is None or entry.size > MAX_FILE or entry.leads_to:
            return None
        if entry.start:
            try:
                return reading.read(self.path, self.filename, entry, MAX_FILE)
            except (Refused, OSError):
                return None
        return self._kept.get(name)

    def text(self, name: str) -> str | None:
        """The text of a member; None for what is none, or too large."""
        raw = self.raw(name)
        text = as_text(raw) if raw is not None else None
        return text.text if text is not None else None

    def _take(self, entry: Entry, read: reading.Read) -> None:
        name = self.short(entry.name)
        if name in self.entries:  # two folders that look alike without their versions
            name = entry.name
        self.entries[name] = entry
        if entry.start:
            self.digests[name] = (entry.size, entry.crc)
            return
        if entry.leads_to:
            self.digests[name] = entry.leads_to
            return
        raw = read(entry.size)
        self.digests[name] = hashlib.sha256(raw).digest()
        if len(raw) <= min(MAX_FILE, self._room):
            self._kept[name] = raw
            self._room -= len(raw)

    def short(self, path: str) -> str:
        """A member's name without what differs in any two releases."""
        top, slash, rest = path.partition("/")
        if not self._is_wheel:
            return rest or top
        for ending in (".dist-info", ".data"):
            if slash and top.endswith(ending):
                return f"*{ending}/{rest}"
        return path
