"""The pages to manage a release or a project, as plain values for the templates."""

from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from mypi.model import File, Project, Release
from mypi.model.policy import DAY
from mypi.services.access import Access
from mypi.services.versions import parse
from mypi.sizes import size_in_words
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.forms import Choice, Field, Form
from mypi.web.frame.words import Moment, moment, plural
from mypi.web.pages import rights
from mypi.web.pages.rights import Rights
from mypi.web.resources import OfProject, ReleaseDoor

QUARANTINED = "quarantined"
STATUSES = {
    "active": "Active: all is well",
    "deprecated": "Deprecated: something else should be used; nothing else changes",
    "archived": "Archived: takes no new files",
    QUARANTINED: "Quarantined: not offered to installers any more",
}
MAX_RELEASES = 500


class FileRow(NamedTuple):
    """A file with what can be done to it."""

    filename: str
    size: str
    by: str
    when: Moment
    yanked: str | None
    came_from: str
    promoted_to: str
    unyank: Form | None


class ReleaseRow(NamedTuple):
    """A release of the project."""

    version: str
    address: str
    files: str
    yanked: bool


def address(context: OfProject, here: Addresses, request: Any) -> str:
    """Where the project or release is managed, below the application's root."""
    name = context.found.project.name
    if isinstance(context, ReleaseDoor):
        page = here.release(name, context.release.version)
    else:
        page = here.project(name)
    return page.removeprefix(here.root) + "+manage"


def values(context: OfProject, may: Rights, here: Addresses, now: float) -> dict[str, Any]:
    """What the page of a release, or of a project, shows."""
    if isinstance(context, ReleaseDoor):
        return _of_release(context, may, here, now)
    return _of_project(context, may, here, now)


def _of_release(context: ReleaseDoor, may: Rights, here: Addresses, now: float) -> dict[str, Any]:
    """A release: its files, and the forms for what the reader may do."""
    index, project = rights.holder(context, context.release)
    release = context.release
    page = here.release(project.name, release.version)
    files = list(release.files.values())
    today = _day(now)
    kept = [file for file in files if file.yanked is None]
    return {
        "name": project.name,
        "version": release.version,
        "page": page,
        "project_manage": here.project(project.name) + "+manage",
        "targets": [(name, f"{page}+promote?into={name}") for name in may.targets],
        "files": [_file_row(context.access, file, project, page, may, today) for file in files],
        "yank": _yank(page, [file.filename for file in kept]) if may.yank and kept else None,
        "unyank": _unyank(page, "", "the release") if may.yank and len(kept) < len(files) else None,
        "delete": _delete(page, release, project) if may.delete else None,
        "until": _until(index.policy.trash_days, now),
        "volatile": index.policy.volatile,
    }


def _of_project(context: OfProject, may: Rights, here: Addresses, now: float) -> dict[str, Any]:
    """A project: its releases, and the forms for what the reader may do."""
    index, project = context.found.sources[0]
    page = here.project(project.name)
    newest = sorted(project.releases.values(), key=lambda it: parse(it.version), reverse=True)
    releases = [_release_row(it, here, project) for it in newest]
    policy = index.policy
    return {
        "name": project.name,
        "page": page,
        "releases": releases[:MAX_RELEASES],
        "release_count": plural(len(releases), "release"),
        "status": _status(page, project, may) if may.yank else None,
        "owners": project.owners,
        "owned": policy.ownership,
        "add_owner": Form(
            f"{page}+add-owner", "Add the owner", (Field("user", "User name", required=True),)
        )
        if may.delete and policy.ownership
        else None,
        "remove_owner": [
            Form(f"{page}+remove-owner", "Remove", hidden=(("user", user),), of=user)
            for user in project.owners
        ]
        if may.delete and policy.ownership
        else [],
        "delete": Form(f"{page}+delete", "Delete the project", _sure(project.name), tone="danger")
        if may.delete
        else None,
        "until": _until(policy.trash_days, now),
        "volatile": policy.volatile,
        "retention": f"{here.managing(index.name)}retention?project={project.name}"
        if may.manage and (policy.keep_days or policy.keep_prereleases)
        else "",
    }


def _file_row(
    access: Access, file: File, project: Project, page: str, may: Rights, today: date
) -> FileRow:
    """A file; indexes that the reader may not read are not named."""
    came_from = file.origin.came_from if file.origin is not None else ""
    return FileRow(
        file.filename,
        size_in_words(file.artifact.size),
        file.by,
        moment(file.uploaded, today),
        file.yanked,
        came_from if access.index(came_from) is not None else "",
        ", ".join(name for name in file.promoted_to if access.index(name) is not None),
        _unyank(page, file.filename, file.filename)
        if may.yank and file.yanked is not None
        else None,
    )


def _release_row(release: Release, here: Addresses, project: Project) -> ReleaseRow:
    files = list(release.files.values())
    return ReleaseRow(
        release.version,
        here.release(project.name, release.version) + "+manage",
        plural(len(files), "file"),
        bool(files) and all(file.yanked is not None for file in files),
    )


def _yank(page: str, filenames: list[str]) -> Form:
    return Form(
        f"{page}+yank",
        "Yank",
        (
            _what("The whole release", filenames),
            Field("reason", "Reason", hint="Shown on the page, and by installers."),
        ),
    )


def _unyank(page: str, filename: str, of: str) -> Form:
    hidden = (("filename", filename),) if filename else ()
    return Form(f"{page}+unyank", "Unyank", hidden=hidden, of=of)


def _delete(page: str, release: Release, project: Project) -> Form:
    fields = (_what("The whole release", list(release.files)), *_sure(project.name))
    return Form(f"{page}+delete", "Delete", fields, tone="danger")


def _what(everything: str, filenames: list[str]) -> Field:
    choices = (Choice("", everything, True), *(Choice(name, name) for name in filenames))
    return Field("filename", "What", kind="select", choices=choices)


def _sure(name: str) -> tuple[Field, ...]:
    return (
        Field("reason", "Reason", hint="Kept with it in the trash and in the log."),
        Field("confirm", f"Type {name} to confirm", required=True),
    )


def _status(page: str, project: Project, may: Rights) -> Form:
    offered = [it for it in STATUSES if may.manage or it in (project.status, *_OF_OWNERS)]
    return Form(
        f"{page}+status",
        "Change the status",
        (
            Field("status", "Status", kind="select")._replace(
                choices=tuple(Choice(it, STATUSES[it], it == project.status) for it in offered)
            ),
            Field("reason", "Reason", project.status_reason, hint="Shown on the page."),
        ),
    )


_OF_OWNERS = ("active", "deprecated", "archived")
"""Quarantine is put and lifted by who may manage the index."""


def _until(days: int, now: float) -> str:
    return moment(now + days * DAY, _day(now)).full[:10]


def _day(now: float) -> date:
    return datetime.fromtimestamp(now, UTC).date()
