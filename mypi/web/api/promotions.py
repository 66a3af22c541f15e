"""Promotion of releases into an index: plan, do, list, undo."""

from typing import Annotated, Any

from msgspec import Meta, field

from mypi.model import Promotion
from mypi.services import promote as service
from mypi.services import wanted
from mypi.services.access import Access
from mypi.services.planning import State
from mypi.services.promote import Plan
from mypi.web.api.asking import demand_project, readable
from mypi.web.api.operations import operation
from mypi.web.api.paging import Page, newest
from mypi.web.api.resources import ApiPromotion, ApiPromotions
from mypi.web.api.wire import Answer, Asked, Size, Time, time, time_or_none
from mypi.web.security import actor


class PromotionWanted(Asked):
    """What is to be promoted into the index of the address."""

    source: Annotated[str, Meta(description="The index that has it.")] = field(name="from")
    releases: Annotated[
        list[str],
        Meta(
            description="Each `six` (its latest release), `six==1.0` or `six==1.0/FILE`.",
            min_length=1,
        ),
    ]
    dependencies: Annotated[
        bool, Meta(description="Also what they require and the target lacks.")
    ] = False
    note: Annotated[str, Meta(description="Why; kept with the files.")] = ""
    dry_run: Annotated[bool, Meta(description="Only say what would be done.")] = False


class PlannedAnswer(Answer):
    """A file of a plan; ``reason`` says why it is refused."""

    project: str
    version: str
    filename: str
    size: Size
    state: State
    reason: str
    warnings: Annotated[tuple[str, ...], Meta(description="Rules that it breaks, if not enforced.")]


class DependentAnswer(Answer):
    """A release of the target whose requirement is met otherwise ``after`` than ``before``."""

    project: str
    version: str
    requirement: str
    before: str
    after: str


class PlanAnswer(Answer):
    """A plan; ``id`` is that of the promotion, empty if nothing was done."""

    id: str
    files: list[PlannedAnswer]
    missing: Annotated[list[str], Meta(description="Requirements that the source cannot meet.")]
    dependents: list[DependentAnswer]
    complete: Annotated[bool, Meta(description="All dependents were looked at.")]


class MovedAnswer(Answer):
    """A file that was promoted."""

    project: str
    version: str
    filename: str
    sha256: str


class PromotionAnswer(Answer):
    """A promotion; ``undone`` is when it was taken back, or null."""

    id: str
    source: str = field(name="from")
    by: str
    when: Time
    note: str
    undone: Time | None
    files: list[MovedAnswer]


class PromotionList(Answer):
    """Promotions, newest first; ``next`` is what to ask ``before`` for more, empty at the end."""

    promotions: list[PromotionAnswer]
    next: str


@operation(
    "POST",
    ApiPromotions,
    permission="promote",
    body=PromotionWanted,
    answer=PlanAnswer,
    summary="Promote releases into the index, or say what that would do.",
)
def promote(context: ApiPromotions, request: Any, body: PromotionWanted) -> PlanAnswer:
    """All or nothing: where one file is refused, none is promoted, and the answer is its reason.

    With ``dry_run`` the plan says of each file what would become of it.
    """
    access, target, who = context.access, context.index, actor(request)
    source = readable(access, body.source)
    what = [wanted.parse(text) for text in body.releases]
    if body.dry_run:
        it = service.plan(access, source, target, what, closure=body.dependencies, actor=who)
        return _plan(it, None)
    return _plan(
        *service.promote(
            access, source, target, what, closure=body.dependencies, note=body.note, actor=who
        )
    )


@operation(
    "GET",
    ApiPromotions,
    permission="read",
    query=Page,
    answer=PromotionList,
    summary="List the promotions into the index.",
)
def list_promotions(context: ApiPromotions, request: Any, query: Page) -> PromotionList:
    """What came into the index by promotion, newest first."""
    shown, following = newest(context.index.promotions, query)
    return PromotionList([_promotion(context.access, it) for it in shown], following)


@operation(
    "DELETE",
    ApiPromotion,
    permission="promote",
    answer=PromotionAnswer,
    summary="Undo a promotion.",
)
def undo_promotion(context: ApiPromotion, request: Any) -> PromotionAnswer:
    """Take out again what a promotion brought, as long as the index keeps deleted things."""
    index, number = context.index, context.__name__
    known = index.promotions.get(number)
    for name in {moved.project for moved in known.files} if known is not None else ():
        demand_project(request, "promote", index, name, index.project(name))
    return _promotion(context.access, service.undo(index, number, actor(request)))


def _plan(it: Plan, done: Promotion | None) -> PlanAnswer:
    return PlanAnswer(
        id=done.id if done is not None else "",
        files=[
            PlannedAnswer(
                project=file.project,
                version=file.version,
                filename=file.filename,
                size=file.size,
                state=file.state,
                reason=file.reason,
                warnings=file.warnings,
            )
            for file in it.files
        ],
        missing=list(it.missing),
        dependents=[
            DependentAnswer(
                project=one.project,
                version=one.version,
                requirement=one.requirement,
                before=one.before,
                after=one.after,
            )
            for one in it.dependents
        ],
        complete=it.complete,
    )


def _promotion(access: Access, it: Promotion) -> PromotionAnswer:
    """A promotion; of a source that the asker may not read, neither name nor note is told."""
    visible = access.index(it.source) is not None
    return PromotionAnswer(
        id=it.id,
        source=it.source if visible else "",
        by=it.by,
        when=time(it.when),
        note=it.note if visible else "",
        undone=time_or_none(it.undone),
        files=[MovedAnswer(*moved) for moved in it.files],
    )
