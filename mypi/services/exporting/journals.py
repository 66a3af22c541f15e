"""Journals as files of one JSON document a line: the line's number is the entry's serial."""

import itertools
import os
from pathlib import Path

from mypi.model.journal import Journal
from mypi.services.exporting import describing
from mypi.services.exporting.encoding import line
from mypi.services.exporting.folder import BLOCK, PART, Folder


def write_journal(folder: Folder, path: Path, journal: Journal) -> None:
    """Write what the file lacks; all of it, when what is there is no beginning of the journal."""
    known = _lines(path)
    if known > len(journal) or (known and _last(path) != _entry(journal, known)):
        known = 0
    if known == len(journal) and path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Who appends may be interrupted within a line: the next one sees that, and writes all anew.
    target = path if known else path.with_name("~" + path.name + PART)
    with target.open("ab" if known else "wb") as opened:
        for _serial, entry in journal.since(known):
            opened.write(line(describing.entry(entry)))
    if target is not path:
        os.replace(target, path)


def _entry(journal: Journal, serial: int) -> bytes:
    found = next(itertools.islice(journal.since(serial - 1), 1))
    return line(describing.entry(found[1]))


def _lines(path: Path) -> int:
    count = 0
    try:
        with path.open("rb") as opened:
            while block := opened.read(BLOCK):
                count += block.count(b"\n")
    except FileNotFoundError:
        return 0
    return count


def _last(path: Path) -> bytes:
    """The last line, or what there is of it."""
    with path.open("rb") as opened:
        end = opened.seek(0, os.SEEK_END)
        opened.seek(max(end - BLOCK, 0))
        return opened.read().splitlines(keepends=True)[-1]
