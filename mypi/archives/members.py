"""Names of archive members: one unambiguous place below the archive's root each."""

import re
from collections.abc import Iterable
from itertools import pairwise

from mypi.errors import Refused

MAX_NAME = 1024
"""Bytes.  A hostile archive may otherwise hold a megabyte of name for every member."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\\]|^[A-Za-z]:")


def check_name(name: str, label: str) -> None:
    """Refuse a member that would land outside the root, or that systems read differently."""
    if _UNSAFE.search(name):
        raise Refused(
            f"{label}: the member {name[:120]!r} has a backslash, a drive letter or a control "
            "character in its name."
        )
    if any(part in ("", ".", "..") for part in name.removesuffix("/").split("/")):
        raise Refused(
            f"{label}: the member {name[:120]!r} is not a plain path below the archive's root."
        )
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        raise Refused(f"{label}: the name of a member is not UTF-8.") from None
    if length > MAX_NAME:
        raise Refused(
            f"{label}: the member {name[:120]!r}... has a name of more than {MAX_NAME} bytes."
        )


def check_link(name: str, target: str, label: str) -> None:
    """Refuse a symbolic link that may lead out of the archive's top folder.

    ``..`` is taken at the beginning only: behind the name of another link it would be relative to
    wherever that leads.
    """
    parts = target.split("/")
    up = next((place for place, part in enumerate(parts) if part != ".."), len(parts))
    check = _UNSAFE.search(target) or len(target) > MAX_NAME
    if check or up >= name.count("/") or any(part in ("", ".", "..") for part in parts[up:]):
        raise Refused(
            f"{label}: the link {name[:120]!r} leads to {target[:120]!r}; only links to files of "
            "the same archive are taken. Put the file there."
        )


def check_tree(names: Iterable[str], label: str) -> None:
    """Refuse members that occur twice, and files that others use as a folder.

    ``names`` of folders end in a slash.  With the slash as the lowest character, what lies below a
    name sorts right behind it; climbing up from each name would take minutes on hostile ones.
    """
    ordered = sorted(name.replace("/", "\0") for name in names)
    for name, following in pairwise(ordered):
        if name == following:
            raise Refused(f"{label}: the member {_shown(name)} occurs twice.")
        if not name.endswith("\0") and following.startswith(name + "\0"):
            raise Refused(f"{label}: {_shown(name)} is a file and a folder at once.")


def top_folder(names: Iterable[str], label: str) -> str:
    """The one folder at the top that holds everything."""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1:
        raise Refused(
            f"{label}: a source archive holds one folder with everything in it; this one has "
            f"{len(tops)} entries at the top."
        )
    return tops.pop()


def _shown(name: str) -> str:
    return repr(name.replace("\0", "/")[:120])
