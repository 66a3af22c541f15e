"""What an index keeps: look at what is due, delete it."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.services import retention as service
from mypi.services.retention import Expired
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex
from mypi.web.api.wire import Answer, Asked, Size, Time, time
from mypi.web.security import actor


class ExpiredAnswer(Answer):
    """A release that the index's policy does not keep, and the rule that says so."""

    project: str
    version: str
    uploaded: Time
    size: Size
    reason: str


class ExpiredList(Answer):
    """What would be deleted."""

    expired: list[ExpiredAnswer]


class Run(Asked):
    """How much to delete at once."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="Releases at most.")] = 50


class Deleted(Answer):
    """What was moved to the trash; ``more`` may be left for another run."""

    deleted: list[ExpiredAnswer]
    more: bool


@operation(
    "GET",
    ApiIndex,
    "retention",
    permission="manage",
    answer=ExpiredList,
    summary="Say what retention would delete.",
)
def show_retention(context: ApiIndex, request: Any) -> ExpiredList:
    """Releases that the policy of the index does not keep; deletes nothing."""
    return ExpiredList([_shown(it) for it in service.expired(context.index, actor(request).now)])


@operation(
    "POST",
    ApiIndex,
    "retention",
    permission="manage",
    body=Run,
    answer=Deleted,
    summary="Delete what retention does not keep.",
)
def run_retention(context: ApiIndex, request: Any, body: Run) -> Deleted:
    """Move such releases to the trash, so many at a time; ask again while there is ``more``.

    Where others publish into the same projects meanwhile, it may be fewer than asked for.
    """
    # A long transaction loses against short ones: each attempt after a conflict takes a quarter.
    limit = max(1, body.limit >> 2 * request.environ.get("retry.attempt", 0))
    deleted = service.run(context.index, actor(request), limit=limit)
    return Deleted([_shown(it) for it in deleted], len(deleted) == limit)


def _shown(it: Expired) -> ExpiredAnswer:
    return ExpiredAnswer(
        project=it.project,
        version=it.version,
        uploaded=time(it.uploaded),
        size=it.size,
        reason=it.reason,
    )
