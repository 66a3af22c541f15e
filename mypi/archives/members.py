"""Names of archive members: one unambiguous place below the archive's root each."""

import re
from collections.abc import Iterable

from mypi.errors import Refused

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|^[A-Za-z]:")


def check_name(name: str, label: str) -> None:
    """Refuse a member that would land outside the root, or that systems read differently."""
    if _UNSAFE.search(name):
        raise Refused(
            f"{label}: the member {name[:120]!r} has a backslash, a drive letter or a control "
            "character in its name."
        )
    if any(part in ("", ".", "..") for part in name.removesuffix("/").split("/")):
        raise Refused(f"{label}: the member {name[:120]!r} lies outside the archive's root.")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise Refused(f"{label}: the name of a member is not UTF-8.") from None


def check_tree(names: Iterable[str], label: str) -> None:
    """Refuse members that occur twice, and files that others use as a folder.

    ``names`` of folders end in a slash.
    """
    files: set[str] = set()
    folders: set[str] = set()
    for name in names:
        if name in files or name in folders:
            raise Refused(f"{label}: the member {name[:120]!r} occurs twice.")
        (folders if name.endswith("/") else files).add(name)
    for name in files | folders:
        folder = name.removesuffix("/")
        while folder := folder.rpartition("/")[0]:
            if folder in files:
                raise Refused(f"{label}: {folder[:120]!r} is a file and a folder at once.")
    for name in folders:
        if name.removesuffix("/") in files:
            raise Refused(f"{label}: {name[:120]!r} is a file and a folder at once.")


def top_folder(names: Iterable[str], label: str) -> str:
    """The one folder at the top that holds everything."""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1:
        raise Refused(
            f"{label}: a source archive holds one folder with everything in it; this one has "
            f"{len(tops)} entries at the top."
        )
    return tops.pop()
