"""Change a release or a project: yank, delete, status, owners.  Each act is a view of its own."""

import time
from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError, Refused
from mypi.names import normalise
from mypi.services import lifecycle, trash
from mypi.web import frame, redirects
from mypi.web.frame import addresses, forms
from mypi.web.pages import managing, rights
from mypi.web.resources import OfProject, ProjectDoor, ReleaseDoor
from mypi.web.security import actor, demand

NOTICES = {
    "yanked": "Yanked. Installers take it only when exactly this version is asked for.",
    "unyanked": "No longer yanked. Installers take it again.",
    "status": "The status is changed.",
    "owners": "The owners are changed.",
    "nothing": "Nothing was new there: the target has all of these files already.",
}


@view_config(context=ReleaseDoor, name="+manage", request_method="GET", permission="read")
def release(context: ReleaseDoor, request: Any, problem: MypiError | None = None) -> Response:
    """What can be done to a release, for those who may do any of it."""
    may = rights.of(context, context.release)
    return _page(context, request, may, "manage_release", problem)


@view_config(context=ProjectDoor, name="+manage", request_method="GET", permission="read")
def project(context: ProjectDoor, request: Any, problem: MypiError | None = None) -> Response:
    """What can be done to a project, for those who may do any of it."""
    return _page(context, request, rights.of(context), "manage_project", problem)


@view_config(
    context=ReleaseDoor, name="+yank", request_method="POST", permission="yank", require_csrf=True
)
@forms.or_shown_on(release)
def yank(context: ReleaseDoor, request: Any) -> Response:
    """Yank a release, or one file of it."""
    index, of = rights.check_own(context)
    lifecycle.yank(
        index,
        of.name,
        context.release.version,
        forms.text(request, "reason"),
        actor(request),
        filename=forms.text(request, "filename"),
    )
    return _back(context, request, "yanked")


@view_config(
    context=ReleaseDoor, name="+unyank", request_method="POST", permission="yank", require_csrf=True
)
@forms.or_shown_on(release)
def unyank(context: ReleaseDoor, request: Any) -> Response:
    """Take a yank back."""
    index, of = rights.check_own(context)
    lifecycle.unyank(
        index,
        of.name,
        context.release.version,
        actor(request),
        filename=forms.text(request, "filename"),
    )
    return _back(context, request, "unyanked")


@view_config(
    context=ReleaseDoor,
    name="+delete",
    request_method="POST",
    permission="delete",
    require_csrf=True,
)
@forms.or_shown_on(release)
def delete_release(context: ReleaseDoor, request: Any) -> Response:
    """Move a release, or one file of it, to the trash of its index."""
    filename = forms.text(request, "filename")
    return _delete(context, request, version=context.release.version, filename=filename)


@view_config(
    context=ProjectDoor,
    name="+delete",
    request_method="POST",
    permission="delete",
    require_csrf=True,
)
@forms.or_shown_on(project)
def delete_project(context: ProjectDoor, request: Any) -> Response:
    """Move a project to the trash of its index."""
    return _delete(context, request)


@view_config(
    context=ProjectDoor, name="+status", request_method="POST", permission="yank", require_csrf=True
)
@forms.or_shown_on(project)
def set_status(context: ProjectDoor, request: Any) -> Response:
    """Archive, deprecate, quarantine, or make active again."""
    index, of = rights.check_own(context)
    status = forms.text(request, "status")
    if managing.QUARANTINED in (status, of.status):
        demand(request, "manage", index, of)
    lifecycle.set_status(index, of.name, status, forms.text(request, "reason"), actor(request))
    return _back(context, request, "status")


@view_config(
    context=ProjectDoor,
    name="+add-owner",
    request_method="POST",
    permission="delete",
    require_csrf=True,
)
@forms.or_shown_on(project)
def add_owner(context: ProjectDoor, request: Any) -> Response:
    """Let one more user change the project."""
    index, of = rights.check_own(context)
    lifecycle.add_owner(index, of.name, forms.text(request, "user"), actor(request))
    return _back(context, request, "owners")


@view_config(
    context=ProjectDoor,
    name="+remove-owner",
    request_method="POST",
    permission="delete",
    require_csrf=True,
)
@forms.or_shown_on(project)
def remove_owner(context: ProjectDoor, request: Any) -> Response:
    """One owner less."""
    index, of = rights.check_own(context)
    lifecycle.remove_owner(index, of.name, forms.text(request, "user"), actor(request))
    return _back(context, request, "owners")


def _page(
    context: OfProject, request: Any, may: rights.Rights, template: str, problem: MypiError | None
) -> Response:
    """The page at the index that has the project; elsewhere a redirect leads there."""
    if not may.any:
        raise HTTPForbidden
    here = addresses.of_index(request, may.held_by)
    if may.held_by != context.index.name and problem is not None:
        raise problem
    if may.held_by != context.index.name:
        return redirects.see_other(request, managing.address(context, here, request))
    values = managing.values(context, may, here, time.time())
    for key, value in values.items():
        if isinstance(value, forms.Form):
            values[key] = forms.refilled(value, request, problem)
    values["current"] = may.held_by
    return frame.page(context, request, template, values, problem=problem, notices=NOTICES)


def _delete(context: OfProject, request: Any, version: str = "", filename: str = "") -> Response:
    index, of = rights.check_own(context)
    if normalise(forms.text(request, "confirm")) != normalise(of.name):
        raise Refused(f"confirm: type {of.name} to delete; nothing was deleted.")
    trash.delete(
        index,
        of.name,
        actor(request),
        version=version,
        filename=filename,
        reason=forms.text(request, "reason"),
    )
    here = addresses.of_index(request, index.name)
    return frame.go(request, here.managing(index.name) + "trash", "deleted")


def _back(context: OfProject, request: Any, done: str) -> Response:
    here = addresses.of(context, request)
    return frame.go(request, managing.address(context, here, request), done)
