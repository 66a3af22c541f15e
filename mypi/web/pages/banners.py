"""Notices above a release: not the latest, yanked, archived, or hiding another project."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from mypi.services import lookup
from mypi.services.versions import Candidate
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import listed, moment
from mypi.web.resources import OfProject

MAX_ENTRIES = 2_000
"""Lines of the journal that are read back in search of who yanked a release."""

_STATUSES = {
    "archived": "This project is archived: it takes no new files",
    "quarantined": "This project is quarantined: installers are not offered its files",
    "deprecated": "This project is deprecated: something else should be used",
}


class Banner(NamedTuple):
    """A notice: how urgent it is, its sentence, and a link if there is one."""

    tone: str
    text: str
    address: str = ""
    label: str = ""


def of(
    context: OfProject,
    entry: Candidate | None,
    newest: Candidate | None,
    here: Addresses,
    today: date,
) -> Iterator[Banner]:
    """The notices above the release ``entry``."""
    found = context.found
    project = found.project
    if project.status != "active":
        said = _STATUSES.get(project.status, f"This project is {project.status}")
        reason = f": {project.status_reason}" if project.status_reason else "."
        yield Banner("warn", said + reason)
    if entry is not None and entry.yanked:
        text = "This release was yanked" + _by_whom(context, entry.version, today)
        advice = " Installers take it only when it is asked for by its exact version."
        yield Banner("warn", text + _reason(context, entry.version) + advice)
    if entry is not None and newest is not None and newest.version != entry.version:
        newer = newest.parsed > entry.parsed
        yield Banner(
            "note",
            "There is a newer release:" if newer else "Installers choose another release:",
            here.project(project.name),
            f"{project.name} {newest.version}",
        )
    if found.index is not context.index:
        yield Banner("note", f"This project comes from the index {found.index.name}.")
    hidden = _hidden(context)
    if hidden:
        text = f"It hides a project of the same name in {listed(hidden)}: installers see this one."
        yield Banner("note", text)


def _hidden(context: OfProject) -> list[str]:
    """Names of the bases whose project of this name is not shown."""
    shown = {index.name for index, _project in context.found.sources}
    return [
        index.name
        for index in lookup.path(context.access, context.index)
        if index.name not in shown and index.project(context.found.project.name) is not None
    ]


def _reason(context: OfProject, version: str) -> str:
    reasons = {
        it.link.yanked
        for it in context.found.links()
        if it.link.version == version and it.link.yanked
    }
    return f": {'; '.join(sorted(reasons))}." if reasons else "."


def _by_whom(context: OfProject, version: str, today: date) -> str:
    """`` by ada 3 days ago``, if that is not too long ago to be found."""
    index, project = context.found.sources[0]
    for _serial, entry in islice(index.journal.newest(), MAX_ENTRIES):
        if (entry.project, entry.version) == (project.name, version) and entry.action.startswith(
            "yank "
        ):
            return (f" by {entry.by} " if entry.by else " ") + moment(entry.when, today).age
    return ""
