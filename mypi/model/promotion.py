"""Promotions: what went from one index into another, so that it can be told and undone."""

from typing import NamedTuple

from persistent import Persistent


class Origin(NamedTuple):
    """Where a promoted file came from, who had uploaded it when, who promoted it when and why."""

    came_from: str
    uploaded_by: str
    uploaded: float
    by: str
    when: float
    note: str = ""


class Moved(NamedTuple):
    """One file of a promotion."""

    project: str
    version: str
    filename: str
    sha256: str


class Promotion(Persistent):
    """One promotion into an index.  ``undone`` is the time it was taken back, or None.

    ``new_releases`` are (project, version), ``new_projects`` names, that it made in the target.
    """

    undone: float | None = None

    def __init__(
        self,
        number: str,
        source: str,
        files: tuple[Moved, ...],
        new_releases: tuple[tuple[str, str], ...],
        new_projects: tuple[str, ...],
        *,
        by: str,
        now: float,
        note: str = "",
    ) -> None:
        self.id = number
        self.source = source
        self.files = files
        self.new_releases = new_releases
        self.new_projects = new_projects
        self.by = by
        self.when = now
        self.note = note
