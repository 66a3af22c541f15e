"""What was deleted, whole, until the trash is emptied."""

from typing import Any

from persistent import Persistent


class Trashed(Persistent):
    """Something deleted: ``kind`` is index, project, release or file; ``what`` is the noun itself.

    ``links`` are the installer's lines that go back with it (file name, Link tuple); a project
    keeps its own.  ``size`` is the bytes of its archives.
    """

    def __init__(
        self,
        number: str,
        kind: str,
        what: Any,
        *,
        project: str = "",
        version: str = "",
        filename: str = "",
        links: tuple[tuple[str, tuple[Any, ...]], ...] = (),
        size: int = 0,
        by: str,
        now: float,
        reason: str = "",
    ) -> None:
        self.id = number
        self.kind = kind
        self.what = what
        self.project = project
        self.version = version
        self.filename = filename
        self.links = links
        self.size = size
        self.by = by
        self.when = now
        self.reason = reason
