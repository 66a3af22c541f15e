"""What the archive of a wheel or an egg says of itself, beyond its metadata."""

import configparser
import csv
import io
from typing import NamedTuple

from mypi.archives.reading import Directory, Entry
from mypi.errors import Refused
from mypi.model import File
from mypi.services import contents

MAX_TEXT = 2**20
"""Bytes of RECORD and entry_points.txt that are read for a page."""

MAX_SHOWN = 200
_UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")


class Record(NamedTuple):
    """Whether RECORD lists what the wheel holds; ``differs`` names some of what does not agree."""

    members: int
    differs: list[str]
    trouble: str = ""


class Told(NamedTuple):
    """``entry_points`` are (group, [(name, object)]); ``top_level`` names what can be imported."""

    entry_points: list[tuple[str, list[tuple[str, str]]]]
    top_level: list[str]
    record: Record | None


def of_archive(file: File, found: Directory) -> Told:
    """Read the small files of a wheel or an egg; of others nothing is read."""
    if not file.filename.endswith((".whl", ".egg")) or not found.entries:
        return Told([], [], None)
    ending = ".dist-info/" if file.filename.endswith(".whl") else "EGG-INFO/"
    info = next((it.name.partition("/")[0] + "/" for it in found.entries if ending in it.name), "")
    named = {it.name.removeprefix(info): it for it in found.entries if it.name.startswith(info)}
    record = _record(file, found, named.get("RECORD"), info) if ending == ".dist-info/" else None
    return Told(
        _entry_points(_text(file, named.get("entry_points.txt"))),
        _top_level(found, _text(file, named.get("top_level.txt"))),
        record,
    )


def _text(file: File, entry: Entry | None) -> str:
    if entry is None or entry.size > MAX_TEXT:
        return ""
    try:
        return contents.member(file, entry, MAX_TEXT).raw.decode("utf-8", "replace")
    except Refused:
        return ""


def _entry_points(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False, default_section="\0")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except configparser.Error:
        return []
    groups = [(name, parser.items(name)) for name in parser.sections()]
    return [(name, items[:MAX_SHOWN]) for name, items in groups[:MAX_SHOWN]]


def _top_level(found: Directory, text: str) -> list[str]:
    """What top_level.txt says; where there is none, the modules and packages at the top."""
    names = set(text.split())
    if not names:
        for entry in found.entries:
            top, _, rest = entry.name.partition("/")
            if rest.endswith((".py", ".so", ".pyd")) and "." not in top:
                names.add(top)
            elif not rest and top.endswith((".py", ".so", ".pyd")):
                names.add(top.partition(".")[0])
    return sorted(names)[:MAX_SHOWN]


def _record(file: File, found: Directory, entry: Entry | None, info: str) -> Record:
    """Names and sizes only; digests were compared when the wheel was published."""
    if entry is None:
        return Record(0, [], "it has none")
    text = _text(file, entry)
    if not text:
        return Record(0, [], "it is too large to be read here, or damaged")
    held = {it.name: it.size for it in found.entries if not it.name.endswith("/")}
    listed: dict[str, str] = {}
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            if row:
                listed[row[0]] = row[2] if len(row) > 2 else ""
    except csv.Error:
        return Record(0, [], "it cannot be read")
    differs = [
        name for name in held if name not in listed and name.removeprefix(info) not in _UNLISTED
    ]
    differs += [name for name in listed if name not in held and not name.endswith("/")]
    differs += [
        name for name, size in listed.items() if size and name in held and size != str(held[name])
    ]
    return Record(len(held), sorted(differs)[:MAX_SHOWN])
