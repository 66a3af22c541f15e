"""What two releases of a project say differently: metadata, dependencies, files.

What differs inside their archives is found by :mod:`mypi.services.comparing`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import Version

from mypi.model import File, Link, Release
from mypi.names import normalise
from mypi.services import requirements

MAX_CONDITIONS = 30
"""Of a requirement's versions; with more it is told that they differ, not how."""
_BOUNDS = (">=", ">", "<=", "<")
_ELSEWHERE = frozenset({"requires_dist", "requires_python", "metadata_version"})


class Said(NamedTuple):
    """A field that differs; a field of many values tells only those that went and came."""

    field: str
    old: list[str]
    new: list[str]


class Need(NamedTuple):
    """A requirement that differs; ``how`` is added, removed, narrowed, widened or changed."""

    name: str
    how: str
    old: str
    new: str


class Packed(NamedTuple):
    """A file of both releases, or of one; sizes are bytes, None where it is missing."""

    old: str
    new: str
    old_size: int | None
    new_size: int | None


def fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Said]:
    """The metadata that differs, but for what has its own place."""
    found = []
    for name in sorted((old.keys() | new.keys()) - _ELSEWHERE):
        before, after = _values(old.get(name)), _values(new.get(name))
        if before != after:
            was, became = set(before), set(after)
            gone = [it for it in before if it not in became]
            came = [it for it in after if it not in was]
            if gone or came:
                found.append(Said(name, gone, came))
    return found


def needs(old: Iterable[str], new: Iterable[str]) -> list[Need]:
    """The requirements that differ, by name."""
    before, after = _grouped(old), _grouped(new)
    found: list[Need] = []
    for key in sorted(before.keys() | after.keys()):
        gone = [it for it in before.get(key, ()) if it not in after.get(key, ())]
        came = [it for it in after.get(key, ()) if it not in before.get(key, ())]
        if len(gone) == len(came) == 1:
            how = _how(requirements.read(gone[0]), requirements.read(came[0]))
            found.append(Need(key[0], how, gone[0], came[0]))
        else:
            found += [Need(key[0], "removed", it, "") for it in gone]
            found += [Need(key[0], "added", "", it) for it in came]
    return found


def pythons(old: str, new: str) -> str:
    """How Requires-Python differs: narrowed, widened, changed; nothing when it does not."""
    try:
        before, after = SpecifierSet(old), SpecifierSet(new)
    except InvalidSpecifier:
        return "changed" if old != new else ""
    return "" if before == after else how_allowed(before, after)


def how_allowed(old: SpecifierSet, new: SpecifierSet) -> str:
    """``narrowed`` when all that ``new`` allows was allowed before, ``widened`` for the reverse.

    ``changed`` when neither is sure: nothing is said of ranges that no rule here can compare.
    """
    if max(len(old), len(new)) > MAX_CONDITIONS:
        return "changed"
    if any(Specifier(str(it)).prereleases for it in (*old, *new)):
        return "changed"
    narrowed, widened = _implies(new, old), _implies(old, new)
    if narrowed == widened:
        return "changed"
    return "narrowed" if narrowed else "widened"


def files(old: Sequence[tuple[str, Link]], new: Sequence[tuple[str, Link]]) -> list[Packed]:
    """The files of both releases, those of the same kind and tags side by side."""
    before = {_kind(name, link): (name, link.size) for name, link in old}
    after = {_kind(name, link): (name, link.size) for name, link in new}
    found = []
    for kind in sorted(before.keys() | after.keys()):
        was, became = before.get(kind, ("", None)), after.get(kind, ("", None))
        found.append(Packed(was[0], became[0], was[1], became[1]))
    return found


def comparable(old: Release, new: Release) -> tuple[File, File] | None:
    """The archives to look into: both source archives, else both wheels for every platform."""
    for endings in ((".tar.gz",), (".zip", ".tgz", ".tar.bz2", ".tar.gz"), ("-none-any.whl",)):
        pair = [
            next((file for name, file in it.files.items() if name.endswith(endings)), None)
            for it in (old, new)
        ]
        if pair[0] is not None and pair[1] is not None:
            return pair[0], pair[1]
    return None


def _values(value: Any) -> list[str]:
    if not value:
        return []
    if isinstance(value, Mapping):
        return [f"{key}: {text}" for key, text in value.items()]
    return [str(it) for it in value] if isinstance(value, list | tuple) else [str(value)]


def _grouped(lines: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Requirements by normal name, and by when they count."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        read = requirements.read(line)
        name = normalise(read.name if read else requirements.name_in(line)) or line[:80]
        marker = str(read.marker or "") if read else ""
        grouped.setdefault((name, marker), []).append(str(read) if read else line)
    return grouped


def _how(old: Requirement | None, new: Requirement | None) -> str:
    if old is None or new is None or old.extras != new.extras or old.url or new.url:
        return "changed"
    return how_allowed(old.specifier, new.specifier)


def _implies(tight: SpecifierSet, loose: SpecifierSet) -> bool:
    """Whether each condition of ``loose`` follows from one of ``tight``; False when not sure."""
    return all(any(_follows(it, one) for it in tight) for one in loose)


def _follows(it: Specifier, one: Specifier) -> bool:
    if it == one:
        return True
    if it.operator != one.operator or it.operator not in _BOUNDS:
        return False
    higher = Version(it.version) >= Version(one.version)
    lower = Version(it.version) <= Version(one.version)
    return higher if it.operator.startswith(">") else lower


def _kind(filename: str, link: Link) -> str:
    """The file name without the version: what makes two files counterparts."""
    for spelled in (link.version, link.version.replace("-", "_"), link.version.replace("+", "_")):
        if f"-{spelled}" in filename:
            return filename.replace(f"-{spelled}", "-", 1)
    return filename
