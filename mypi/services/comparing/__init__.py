"""Two archives side by side: their members, their texts, the Python names that they define.

All of it happens in a child process (:mod:`mypi.services.comparing.work`): difflib takes the square
of a text's length, and Python's own parser is not made for hostile source.
"""

from pathlib import Path

import msgspec

from mypi.services.children import Busy, Child

SECONDS = 2.0
"""Processor time that one comparison may cost; what it did not get to is told on the page."""

__all__ = ["CHILD", "SECONDS", "Busy", "Changed", "Comparison", "Held", "compare"]

CHILD = Child("mypi.services.comparing.work", seconds=4 * SECONDS)
"""The one of this process: one comparison at a time."""


class Held(msgspec.Struct, array_like=True, frozen=True):
    """A member: ``name`` without what differs in any two releases, ``path`` as in its archive."""

    name: str
    path: str
    size: int


class Changed(msgspec.Struct, array_like=True, frozen=True):
    """A member of both archives that differs; ``lines`` are (sign, text) of a unified diff.

    A sign is ``+``, ``-``, a space, or ``@`` for the head of a hunk.  ``note`` says why there are
    no lines, or not all.
    """

    name: str
    path: str
    old_size: int
    new_size: int
    lines: list[tuple[str, str]] = []
    plus: int = 0
    minus: int = 0
    note: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """What differs; ``moved`` are pairs of names with the same bytes, ``notes`` the limits met."""

    added: list[Held] = []
    removed: list[Held] = []
    moved: list[tuple[str, str]] = []
    changed: list[Changed] = []
    same: int = 0
    new_names: list[str] = []
    lost_names: list[str] = []
    notes: list[str] = []
    trouble: str = ""


def compare(old: tuple[Path, str], new: tuple[Path, str]) -> Comparison | None:
    """Compare two archives, each given by path and file name; None when it took too long.

    Raises Busy while others are compared.
    """
    answer = CHILD.ask([[str(path), name] for path, name in (old, new)])
    return None if answer is None else msgspec.convert(answer, Comparison)
