"""How people write what they mean: ``six``, ``six==1.0`` or ``six==1.0/six-1.0.tar.gz``.

Knows no database; ``services.picking`` finds what is meant.
"""

from typing import NamedTuple

from packaging.version import Version

from mypi.errors import Refused
from mypi.names import check_project_name


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
    check_project_name(project)
    if (equals and not _is_version(version)) or (slash and not (version and _is_plain(filename))):
        raise Refused(
            f"{text[:200]!r} cannot be read: write PROJECT, PROJECT==VERSION or "
            "PROJECT==VERSION/FILE, for example six==1.17.0."
        )
    return Wanted(project, version, filename)


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except ValueError:  # InvalidVersion, or a number of more digits than Python reads
        return False
    return True


def _is_plain(filename: str) -> bool:
    return bool(filename) and "/" not in filename
