"""The child process that compares two archives; everything in it has a limit."""

import contextlib
import difflib
import signal
import time
import warnings
from collections.abc import Iterator
from typing import Any

import msgspec

from mypi.services.children import serve
from mypi.services.comparing import SECONDS, Changed, Comparison, Held
from mypi.services.comparing.names import module_of, names_in
from mypi.services.comparing.sides import MAX_FILE, Side

MAX_LISTED = 500
"""Members, and Python names, of each list."""

MAX_DIFFS = 100
"""Members of which the lines are shown."""

MAX_LINES = 3000
"""Lines of all diffs together."""

MAX_LINES_OF_ONE = 600
MAX_LINE = 400
"""Characters of a line."""

OF_ONE = 0.4
"""Seconds of a processor that one text may take."""

_LAST = ("RECORD", "SOURCES.txt", "PKG-INFO", "METADATA")
"""What packing writes anew each time: behind what people wrote."""


class TimeUp(Exception):
    """Raised by the alarm."""


def compare(question: list[list[str]]) -> dict[str, Any]:
    """The child's work: two pairs of path and file name to what a Comparison holds."""
    deadline = time.process_time() + SECONDS
    old, new = (Side(*it) for it in question)
    trouble = old.trouble or new.trouble
    if trouble:
        return msgspec.to_builtins(Comparison(trouble=trouble))
    return msgspec.to_builtins(_compared(old, new, deadline))


def _compared(old: Side, new: Side, deadline: float) -> Comparison:
    notes: list[str] = []
    both = old.entries.keys() & new.entries.keys()
    gone, came = sorted(old.entries.keys() - both), sorted(new.entries.keys() - both)
    if old.is_cut or new.is_cut:
        notes.append("The archives are large: only their beginnings were compared.")
        gone = came = []
    differing = [name for name in both if old.digests[name] != new.digests[name]]
    changed = _changed(old, new, sorted(differing, key=_order), deadline, notes)
    lost, defined = _names(old, new, {*differing, *gone, *came}, deadline, notes)
    moved = _moved(old, new, gone, came)
    gone = [name for name in gone if name not in {pair[0] for pair in moved}]
    came = [name for name in came if name not in {pair[1] for pair in moved}]
    return Comparison(
        added=_listed(new, came, "added", notes),
        removed=_listed(old, gone, "removed", notes),
        moved=moved[:MAX_LISTED],
        changed=changed,
        same=len(both) - len(differing),
        new_names=_first(sorted(defined - lost), "new names", notes),
        lost_names=_first(sorted(lost - defined), "names that are gone", notes),
        notes=notes,
    )


def _changed(
    old: Side, new: Side, differing: list[str], deadline: float, notes: list[str]
) -> list[Changed]:
    """The members that differ, with the lines of the first ones."""
    found: list[Changed] = []
    room, shown = MAX_LINES, 0
    for name in differing[:MAX_LISTED]:
        before, after = old.entries[name], new.entries[name]
        bare = Changed(name, after.name, before.size, after.size)
        if shown >= MAX_DIFFS or room <= 0 or time.process_time() > deadline:
            found.append(msgspec.structs.replace(bare, note="Beyond the limits of this page."))
            continue
        it = _diff(bare, old.text(name), new.text(name), min(room, MAX_LINES_OF_ONE), deadline)
        found.append(it)
        room -= len(it.lines)
        shown += bool(it.lines)
    if any(it.note.startswith("Beyond") for it in found):
        notes.append(
            f"Lines are shown of at most {MAX_DIFFS} files, {MAX_LINES:,} together, and for as "
            f"long as that takes {SECONDS:.0f} seconds."
        )
    if len(differing) > MAX_LISTED:
        notes.append(f"{len(differing):,} files changed; the first {MAX_LISTED} are listed.")
    return found


def _diff(bare: Changed, old: str | None, new: str | None, room: int, deadline: float) -> Changed:
    if old is None or new is None:
        large = max(bare.old_size, bare.new_size) > MAX_FILE
        why = f"Larger than {MAX_FILE // 1024} KiB." if large else "Not text."
        return msgspec.structs.replace(bare, note=why)
    lines: list[tuple[str, str]] = []
    plus = minus = 0
    try:
        with _alarm(min(OF_ONE, deadline - time.process_time())):
            # splitlines() would also break at form feeds and other things.
            made = difflib.unified_diff(old.split("\n"), new.split("\n"), n=3, lineterm="")
            for line in made:
                if line.startswith(("---", "+++")) and not lines:
                    continue
                plus += line[0] == "+"
                minus += line[0] == "-"
                if len(lines) < room:
                    rest = line if line[0] == "@" else line[1:]
                    lines.append((line[0], rest[:MAX_LINE] + "…" * (len(rest) > MAX_LINE)))
    except TimeUp:
        return msgspec.structs.replace(bare, note="Comparing its lines took too long.")
    left = plus + minus - sum(sign in "+-" for sign, _text in lines)
    note = f"{left:,} more lines differ." if left else ""
    if not lines:
        note = "Only line ends or bytes that are not shown differ."
    return msgspec.structs.replace(bare, lines=lines, plus=plus, minus=minus, note=note)


def _names(
    old: Side, new: Side, touched: set[str], deadline: float, notes: list[str]
) -> tuple[set[str], set[str]]:
    """The names that the old and the new source define, of modules that are not the same."""
    modules = {name: module_of(name) for name in sorted(touched) if module_of(name)}
    found: tuple[set[str], set[str]] = (set(), set())
    unread = 0
    for name, module in modules.items():
        try:
            with _alarm(min(OF_ONE, deadline + 0.5 - time.process_time())):
                told = [_of_module(side, name, module) for side in (old, new)]
        except (TimeUp, SyntaxError, ValueError, RecursionError, MemoryError):
            unread += 1
            continue
        for names, more in zip(found, told, strict=True):
            names |= more
    if unread:
        notes.append(f"The Python names of {unread:,} modules could not be read.")
    return found


def _of_module(side: Side, name: str, module: str) -> set[str]:
    if name not in side.entries:
        return set()
    text = side.text(name)
    if text is None:
        raise ValueError("not a text that is read")
    return names_in(text, module, is_package=name.endswith("__init__.py"))


def _moved(old: Side, new: Side, gone: list[str], came: list[str]) -> list[tuple[str, str]]:
    """Members of another name and the same bytes; empty ones say nothing."""
    places = {old.digests[name]: name for name in gone if old.entries[name].size}
    pairs = [(places.pop(new.digests[it], ""), it) for it in came]
    return [pair for pair in pairs if pair[0]]


def _listed(side: Side, names: list[str], what: str, notes: list[str]) -> list[Held]:
    entries = ((name, side.entries[name]) for name in _first(names, f"{what} files", notes))
    return [Held(name, entry.name, entry.size) for name, entry in entries]


def _first(names: list[str], what: str, notes: list[str]) -> list[str]:
    if len(names) > MAX_LISTED:
        notes.append(f"{len(names):,} {what}; the first {MAX_LISTED} are listed.")
    return names[:MAX_LISTED]


def _order(name: str) -> tuple[bool, str]:
    return name.rpartition("/")[2] in _LAST, name


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise TimeUp in what is within, after so many seconds of a processor."""
    if seconds <= 0:
        raise TimeUp
    before = signal.signal(signal.SIGPROF, _time_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _time_up(*_args: object) -> None:
    raise TimeUp


def main() -> None:
    """Be the child."""
    warnings.simplefilter("ignore")  # of compiling old source
    serve(compare)


if __name__ == "__main__":
    main()
