"""The page of a comparison, as plain values for the template."""

from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from mypi.errors import Missing
from mypi.model import File, Release
from mypi.services import comparing, contents, differences, versions
from mypi.services.comparing import Busy, Comparison
from mypi.services.contents import Keep
from mypi.services.differences import Need, Packed, Said
from mypi.sizes import size_in_words
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import plural
from mypi.web.resources import ReleaseDoor

MAX_VERSIONS = 500
"""Versions that the form offers."""

MAX_VALUES = 40
MAX_TEXT = 400
"""Characters of a value."""

OPEN_UP_TO = 8
"""Files whose lines are unfolded when the page opens."""

_SIGNS = {"+": "gi", "-": "gd", "@": "gu", " ": ""}
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Comparison).decode


class Row(NamedTuple):
    """What is said on both sides; ``how`` is a word for the difference."""

    name: str
    old: list[str]
    new: list[str]
    how: str = ""


class Line(NamedTuple):
    """A line of a diff; ``sign`` is what it begins with, ``style`` the class of Pygments."""

    sign: str
    text: str
    style: str


class Diff(NamedTuple):
    """A member that differs; ``page`` shows it as it is now."""

    name: str
    page: str
    sizes: str
    plus: int
    minus: int
    note: str
    lines: list[Line]
    is_open: bool


class Here(NamedTuple):
    """A member of one side, and where it is shown."""

    name: str
    page: str
    size: str


def values(
    context: ReleaseDoor, here: Addresses, old: Release, new: Release, keep: Keep
) -> dict[str, Any]:
    """Everything that the template shows; ``is_waiting``: the archives have yet to be compared."""
    name = context.found.project.name
    links = [(it.filename, it.link) for it in context.found.links()]
    known = [it.version for it in versions.candidates(link for _name, link in links)]
    before, after = (
        [it for it in links if it[1].version == release.version] for release in (old, new)
    )
    return {
        "name": name,
        "version": new.version,
        "old": old.version,
        "old_page": here.release(name, old.version),
        "new_page": here.release(name, new.version),
        "back": here.comparison(name, old.version, new.version),
        "form": here.release(name, new.version) + "+diff",
        "versions": list(dict.fromkeys((new.version, old.version, *known[:MAX_VERSIONS]))),
        "links_page": here.links(name),
        "fields": [_field(it) for it in differences.fields(old.fields, new.fields)],
        "python": _python(old, new),
        "needs": [_need(it) for it in _needs(old, new)],
        "files": [_file(it) for it in differences.files(before, after)],
        "description": _description(old, new),
        **_archives(here, name, old, new, keep),
    }


def _field(it: Said) -> Row:
    return Row(it.field.replace("_", " ").capitalize(), _short(it.old), _short(it.new))


def _short(listed: list[str]) -> list[str]:
    shown = [text[:MAX_TEXT] + "…" * (len(text) > MAX_TEXT) for text in listed[:MAX_VALUES]]
    more = len(listed) - len(shown)
    return [*shown, f"… and {more} more"] if more else shown


def _python(old: Release, new: Release) -> Row | None:
    before, after = (it.fields.get("requires_python") or "" for it in (old, new))
    how = differences.pythons(before, after)
    return Row("Requires Python", [before or "any"], [after or "any"], how) if how else None


def _needs(old: Release, new: Release) -> list[Need]:
    return differences.needs(
        old.fields.get("requires_dist") or (), new.fields.get("requires_dist") or ()
    )


def _need(it: Need) -> Row:
    return Row(it.name, _short([it.old]), _short([it.new]), it.how)


def _file(it: Packed) -> Row:
    before, after = it.old_size, it.new_size
    how = ""
    if before is None or after is None:
        how = "added" if before is None else "removed"
    elif before and before != after:
        percent = round(100 * (after - before) / before)
        how = f"{percent:+} %" if percent else "about the same"
    return Row(
        it.new or it.old,
        [it.old, size_in_words(before)] if before is not None else [],
        [it.new, size_in_words(after)] if after is not None else [],
        how,
    )


def _description(old: Release, new: Release) -> str:
    before, after = old.description.text, new.description.text
    if before == after:
        return ""
    return f"{plural(len(before), 'character')} before, {plural(len(after), 'character')} now"


def _archives(here: Addresses, name: str, old: Release, new: Release, keep: Keep) -> dict[str, Any]:
    """What differs inside."""
    nothing: dict[str, Any] = {"inside": None, "trouble": "", "is_waiting": False, "pair": ()}
    pair = differences.comparable(old, new)
    if pair is None:
        sentence = "There is no source archive, nor wheel for every platform, of both releases."
        return {**nothing, "trouble": sentence}
    nothing["pair"] = tuple(file.filename for file in pair)
    try:
        told = _comparison(pair, keep)
    except Busy:
        return {**nothing, "is_waiting": True}
    except Missing as missing:
        return {**nothing, "trouble": str(missing), "is_waiting": True}
    if told is None:
        sentence = "Comparing the archives took too long; that is given up."
        return {**nothing, "trouble": sentence, "is_waiting": False}
    if told.trouble:
        return {**nothing, "trouble": told.trouble}
    pages = [
        here.contents(name, release.version, file.filename)
        for release, file in zip((old, new), pair, strict=True)
    ]
    return {**nothing, "inside": _inside(told, *pages)}


def _comparison(pair: tuple[File, File], keep: Keep) -> Comparison | None:
    """What differs, kept by the digests of the two; giving up is kept as well."""
    old, new = (file.artifact for file in pair)

    def build() -> bytes:
        paths = [(contents.path_of(file.artifact), file.filename) for file in pair]
        told = comparing.compare(paths[0], paths[1])
        return b"" if told is None else _ENCODE(told)

    body = keep(("comparison", old.sha256, new.sha256), build)
    return _DECODE(body) if body else None


def _inside(told: Comparison, before: str, now: str) -> dict[str, Any]:
    diffs = [
        Diff(
            it.name,
            now + quote(it.path),
            f"{size_in_words(it.old_size)} → {size_in_words(it.new_size)}"
            if it.old_size != it.new_size
            else size_in_words(it.new_size),
            it.plus,
            it.minus,
            it.note,
            [Line(sign, text, _SIGNS.get(sign, "")) for sign, text in it.lines],
            place < OPEN_UP_TO,
        )
        for place, it in enumerate(told.changed)
    ]
    return {
        "diffs": diffs,
        "added": [Here(it.name, now + quote(it.path), size_in_words(it.size)) for it in told.added],
        "removed": [
            Here(it.name, before + quote(it.path), size_in_words(it.size)) for it in told.removed
        ],
        "moved": told.moved,
        "same": plural(told.same, "file"),
        "new_names": told.new_names,
        "lost_names": told.lost_names,
        "notes": told.notes,
    }
