"""Projects of an index: list, show, mark, delete; their owners."""

from bisect import bisect_left, bisect_right
from typing import Annotated, Any

from msgspec import Meta

from mypi.names import normalise
from mypi.services import lifecycle, lookup
from mypi.services import trash as bin
from mypi.services.access import Access
from mypi.services.lookup import Found, Source
from mypi.web.api.operations import operation
from mypi.web.api.releases import ReleaseAnswer, found_project, releases
from mypi.web.api.resources import ApiOwner, ApiProject, ApiProjects, OfProject
from mypi.web.api.trash import TrashedAnswer, Why, of_index
from mypi.web.api.wire import Answer, Asked, Limit
from mypi.web.security import actor, demand

QUARANTINED = "quarantined"


class ProjectList(Answer):
    """Normal names; ``next`` is what to ask ``after`` for more, empty at the end."""

    projects: list[str]
    next: str


class ProjectQuery(Asked):
    """Which names, and how many at a time."""

    prefix: Annotated[str, Meta(description="How the names begin, in any spelling.")] = ""
    after: Annotated[str, Meta(description="Names after this one.")] = ""
    limit: Limit = 100


class ProjectAnswer(Answer):
    """A project; ``index`` is the one that holds it."""

    name: str
    index: str
    status: Annotated[str, Meta(description="active, archived, deprecated or quarantined.")]
    reason: str
    owners: tuple[str, ...]
    releases: Annotated[list[ReleaseAnswer], Meta(description="Newest version first.")]


class ProjectChange(Asked):
    """A new status (PEP 792), and why."""

    status: str
    reason: str = ""


class OwnerList(Answer):
    """Who may change the project where its index has ownership."""

    owners: tuple[str, ...]


@operation(
    "GET",
    ApiProjects,
    permission="read",
    query=ProjectQuery,
    answer=ProjectList,
    summary="List the projects of an index.",
)
def list_projects(context: ApiProjects, request: Any, query: ProjectQuery) -> ProjectList:
    """The names that installers see there, those of its bases included."""
    names = lookup.names(context.access, context.index)
    prefix = normalise(query.prefix)
    start = max(bisect_left(names, prefix), bisect_right(names, normalise(query.after)))
    page = [name for name in names[start : start + query.limit + 1] if name.startswith(prefix)]
    more = len(page) > query.limit
    page = page[: query.limit]
    return ProjectList(page, page[-1] if more else "")


@operation("GET", ApiProject, permission="read", answer=ProjectAnswer, summary="Show a project.")
def show_project(context: ApiProject, request: Any) -> ProjectAnswer:
    """A project of the index, or of the base that has it, with all releases and files."""
    return _shown(context.access, found_project(context))


@operation(
    "PATCH",
    ApiProject,
    permission="yank",
    body=ProjectChange,
    answer=ProjectAnswer,
    summary="Archive a project, deprecate it, quarantine it, or make it active again.",
)
def change_project(context: ApiProject, request: Any, body: ProjectChange) -> ProjectAnswer:
    """Give a project a status; quarantine is put and lifted by who may manage the index."""
    index, project = context.holder
    if project is not None and QUARANTINED in (body.status, project.status):
        demand(request, "manage", index, project)
    lifecycle.set_status(index, context.project, body.status, body.reason, actor(request))
    return _shown(context.access, Found((_own(context),), ()))


@operation(
    "DELETE",
    ApiProject,
    permission="delete",
    query=Why,
    answer=TrashedAnswer,
    summary="Delete a project.",
)
def delete_project(context: ApiProject, request: Any, query: Why) -> TrashedAnswer:
    """Move a project with all releases to the trash of the index."""
    it = bin.delete(context.index, context.project, actor(request), reason=query.reason)
    return of_index(context.index, it)


@operation("PUT", ApiOwner, permission="delete", answer=OwnerList, summary="Add an owner.")
def add_owner(context: ApiOwner, request: Any) -> OwnerList:
    """Let a user change the project where its index has ownership."""
    lifecycle.add_owner(context.index, context.project, context.user, actor(request))
    return OwnerList(_own(context)[1].owners)


@operation("DELETE", ApiOwner, permission="delete", answer=OwnerList, summary="Remove an owner.")
def remove_owner(context: ApiOwner, request: Any) -> OwnerList:
    """Take a user off the owners of the project."""
    lifecycle.remove_owner(context.index, context.project, context.user, actor(request))
    return OwnerList(_own(context)[1].owners)


def _shown(access: Access, found: Found) -> ProjectAnswer:
    project = found.project
    return ProjectAnswer(
        name=project.name,
        index=found.index.name,
        status=project.status,
        reason=project.status_reason,
        owners=project.owners,
        releases=releases(access, found),
    )


def _own(context: OfProject) -> Source:
    """The index's own project, after the service has changed it."""
    index, project = context.holder
    assert project is not None
    return index, project
