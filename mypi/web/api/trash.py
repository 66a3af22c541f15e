"""The trash of an index: list, restore, empty."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.model import Index, Trashed
from mypi.model.policy import DAY, TRASH_DAYS
from mypi.services import trash as service
from mypi.web.api.asking import demand_project
from mypi.web.api.operations import operation
from mypi.web.api.paging import Page, newest
from mypi.web.api.resources import ApiTrash, ApiTrashed
from mypi.web.api.wire import Answer, Asked, Size, Time, time
from mypi.web.security import actor


class TrashedAnswer(Answer):
    """Something deleted: a file, a release, a project or an index; ``index`` is where it was."""

    id: str
    kind: Annotated[str, Meta(description="index, project, release or file.")]
    index: str
    project: str
    version: str
    filename: str
    size: Size
    by: str
    when: Time
    reason: str
    expires: Annotated[Time, Meta(description="When it may go for good.")]


class TrashList(Answer):
    """Deleted things, newest first; ``next`` is what to ask ``before`` for more."""

    trash: list[TrashedAnswer]
    next: str


class Why(Asked):
    """Why something is deleted."""

    reason: Annotated[str, Meta(description="Kept in the trash and in the log.")] = ""


class Emptying(Asked):
    """What goes."""

    everything: Annotated[bool, Meta(description="Also what has not expired.")] = False


class Freed(Answer):
    """Bytes of archives that are gone; the disk has them back after a pack."""

    freed: Size


def of_index(index: Index, it: Trashed) -> TrashedAnswer:
    """Something deleted from an index."""
    return _answer(it, index.name, service.expires(index, it))


def of_site(it: Trashed) -> TrashedAnswer:
    """A deleted index."""
    return _answer(it, it.what.name, it.when + TRASH_DAYS * DAY)


@operation(
    "GET",
    ApiTrash,
    permission="delete",
    query=Page,
    answer=TrashList,
    summary="List what was deleted from an index.",
)
def list_trash(context: ApiTrash, request: Any, query: Page) -> TrashList:
    """Files, releases and projects that can be restored, newest first."""
    shown, following = newest(context.index.trash, query)
    return TrashList([of_index(context.index, it) for it in shown], following)


@operation(
    "POST",
    ApiTrashed,
    "restore",
    permission="delete",
    answer=TrashedAnswer,
    summary="Restore something deleted.",
)
def restore(context: ApiTrashed, request: Any) -> TrashedAnswer:
    """Put it back where it was; 409 when something new is there."""
    index, number = context.index, context.__name__
    it = service.find(index, number)
    project = it.what if it.kind == "project" else index.project(it.project)
    demand_project(request, "delete", index, it.project, project)
    return of_index(index, service.restore(index, number, actor(request)))


@operation(
    "DELETE",
    ApiTrashed,
    permission="manage",
    answer=TrashedAnswer,
    summary="Delete something for good.",
)
def purge(context: ApiTrashed, request: Any) -> TrashedAnswer:
    """It cannot be restored any more."""
    index, number = context.index, context.__name__
    it = service.find(index, number)
    service.purge(index, number, actor(request))
    return of_index(index, it)


@operation(
    "DELETE",
    ApiTrash,
    permission="manage",
    query=Emptying,
    answer=Freed,
    summary="Empty the trash of an index.",
)
def empty_trash(context: ApiTrash, request: Any, query: Emptying) -> Freed:
    """What has expired goes for good, or everything."""
    return Freed(service.empty(context.index, actor(request), everything=query.everything))


def _answer(it: Trashed, index: str, expires: float) -> TrashedAnswer:
    return TrashedAnswer(
        id=it.id,
        kind=it.kind,
        index=index,
        project=it.project,
        version=it.version,
        filename=it.filename,
        size=it.size,
        by=it.by,
        when=time(it.when),
        reason=it.reason,
        expires=time(expires),
    )
