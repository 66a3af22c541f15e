"""How people write what they mean: ``six``, ``six==1.0`` or ``six==1.0/six-1.0.tar.gz``.

Knows no database; ``services.picking`` finds what is meant.
"""

import re
from typing import NamedTuple

from packaging.version import Version

from mypi.errors import Refused
from mypi.names import check_project_name

_COMPARED = re.compile("[<>=!~]")
"""What pip understands and we do not: ``six>=1``, ``six~=1.0``, ``six=1``."""


class Wanted(NamedTuple):
    """A project (no version: its latest release), a release of it, or one file of a release."""

    project: str
    version: str = ""
    filename: str = ""

    def __str__(self) -> str:
        text = f"{self.project}=={self.version}" if self.version else self.project
        return f"{text}/{self.filename}" if self.filename else text


def parse(text: str) -> Wanted:
    """Read one such text; raises Refused."""
    what, slash, filename = (part.strip() for part in text.partition("/"))
    project, equals, version = (part.strip() for part in what.partition("=="))
    if _COMPARED.search(project):
        raise _unreadable(text)
    check_project_name(project)
    if (equals and not _is_version(version)) or (slash and not (version and _is_plain(filename))):
        raise _unreadable(text)
    return Wanted(project, version, filename)


def _unreadable(text: str) -> Refused:
    return Refused(
        f"{text[:200]!r} cannot be read: write PROJECT, PROJECT==VERSION or "
        "PROJECT==VERSION/FILE, for example six==1.17.0."
    )


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except ValueError:  # InvalidVersion, or a number of more digits than Python reads
        return False
    return True


def _is_plain(filename: str) -> bool:
    return bool(filename) and "/" not in filename
