"""Indexes: list, show, create, change, delete."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mypi.errors import Refused
from mypi.model import Index
from mypi.permissions import PERMISSIONS
from mypi.services import grantees
from mypi.services import indexes as service
from mypi.services.access import Access
from mypi.services.policies import policy_of
from mypi.web.api.asking import demand_administer
from mypi.web.api.operations import ANYBODY, operation
from mypi.web.api.resources import ApiIndex, ApiIndexes
from mypi.web.api.trash import TrashedAnswer, of_site
from mypi.web.api.wire import Answer, Asked, Size
from mypi.web.security import actor

Words = tuple[str, ...]


class Policy(Answer):
    """What an index allows."""

    title: str
    description: str
    bases: Annotated[Words, Meta(description="Names of indexes, in the order they are asked.")]
    merge: Annotated[bool, Meta(description="Show the files of all bases that have a project.")]
    volatile: Annotated[bool, Meta(description="Files may be replaced by other bytes.")]
    frozen: Annotated[bool, Meta(description="Nothing changes but the policy.")]
    ownership: Annotated[bool, Meta(description="Who first publishes a project owns it.")]
    approval: Annotated[bool, Meta(description="Only another than its uploader promotes a file.")]
    kinds: Annotated[Words, Meta(description="Kinds of files taken; empty: all.")]
    max_file: Annotated[int, Meta(description="Bytes of the largest file; 0: the site's limit.")]
    max_size: Annotated[int, Meta(description="Bytes of all files together; 0: no limit.")]
    rules: Annotated[dict[str, str], Meta(description="Metadata rule to `warn` or `enforce`.")]
    grants: Annotated[
        dict[str, Words],
        Meta(
            description="Permission to principals: `everyone`, `users`, a user, `@` a group. "
            "Shown to who may manage the index."
        ),
    ]
    keep_prereleases: Annotated[int, Meta(description="Pre-releases that stay; 0: all.")]
    keep_days: Annotated[int, Meta(description="Days that a release stays; 0: for ever.")]
    keep_promoted: Annotated[bool, Meta(description="What was promoted from here stays.")]
    trash_days: Annotated[int, Meta(description="Days that deleted things can be restored.")]


PolicyChange: Any = msgspec.defstruct(
    "PolicyChange",
    [(it.name, it.type | UnsetType, UNSET) for it in msgspec.structs.fields(Policy)],
    bases=(Asked,),
    namespace={"__doc__": "The parts of a policy that change."},
)


class IndexAnswer(Answer):
    """An index as the asker sees it; ``permissions`` is what they may do there."""

    name: str
    default: Annotated[bool, Meta(description="It is the one behind the bare host.")]
    projects: Annotated[int, Meta(description="Projects of its own, without those of its bases.")]
    size: Size
    policy: Policy
    permissions: Words
    notes: Annotated[
        Words,
        Meta(
            description="A sentence for each user and group that grants name and nobody has here "
            "yet. Shown to who may manage the index."
        ),
    ]


class IndexList(Answer):
    """The indexes that the asker may read, by name."""

    indexes: list[IndexAnswer]


class NewIndex(Asked):
    """An index to create; what the policy does not say has its default."""

    name: str
    policy: PolicyChange = msgspec.field(default_factory=PolicyChange)


class IndexChange(Asked):
    """A new name, a new policy, or both."""

    name: str = ""
    policy: PolicyChange = msgspec.field(default_factory=PolicyChange)


class Deletion(Asked):
    """How an index is deleted."""

    force: Annotated[bool, Meta(description="Take it out of the bases of others first.")] = False


@operation("GET", ApiIndexes, permission=ANYBODY, answer=IndexList, summary="List the indexes.")
def list_indexes(context: ApiIndexes, request: Any) -> IndexList:
    """The indexes that the asker may read, by name."""
    return IndexList([index_answer(context.access, it, request) for it in context.access.indexes()])


@operation(
    "POST",
    ApiIndexes,
    permission="administer",
    body=NewIndex,
    answer=IndexAnswer,
    status=201,
    summary="Create an index.",
)
def create_index(context: ApiIndexes, request: Any, body: Any) -> IndexAnswer:
    """Create an index; 409 when there is one of that name."""
    site = context.access.site
    index = service.create(site, body.name, _values(body.policy), actor(request))
    return index_answer(context.access, index, request)


@operation("GET", ApiIndex, permission="read", answer=IndexAnswer, summary="Show an index.")
def show_index(context: ApiIndex, request: Any) -> IndexAnswer:
    """An index with its policy, and what the asker may do there."""
    return index_answer(context.access, context.index, request)


@operation(
    "PATCH",
    ApiIndex,
    permission="manage",
    body=IndexChange,
    answer=IndexAnswer,
    summary="Change an index's policy, or its name.",
)
def change_index(context: ApiIndex, request: Any, body: IndexChange) -> IndexAnswer:
    """Change the parts of the policy that are named; a new name is for administrators.

    The default index keeps its name: the settings say it.
    """
    access, index, who = context.access, context.index, actor(request)
    values = _values(body.policy)
    _check_bases(access, index, values)
    if values:
        service.change(access.site, index, values, who)
    if body.name and body.name != index.name:
        demand_administer(request)
        default = request.registry.mypi.default_index
        service.rename(access.site, index, body.name, default=default, actor=who)
    return index_answer(access, index, request)


@operation(
    "DELETE",
    ApiIndex,
    permission="administer",
    query=Deletion,
    answer=TrashedAnswer,
    summary="Delete an index with all it holds.",
)
def delete_index(context: ApiIndex, request: Any, query: Deletion) -> TrashedAnswer:
    """Move an index to the site's trash; refused while it is a base of others, unless forced."""
    default = request.registry.mypi.default_index
    it = service.delete(
        context.access.site,
        context.index,
        default=default,
        force=query.force,
        actor=actor(request),
    )
    return of_site(it)


def index_answer(access: Access, index: Index, request: Any) -> IndexAnswer:
    """An index as the asker sees it."""
    policy = _shown_policy(access, index)
    return IndexAnswer(
        name=index.name,
        default=index.name == request.registry.mypi.default_index,
        projects=index.count(),
        size=index.size(),
        policy=Policy(**policy),
        permissions=tuple(it for it in PERMISSIONS if access.may(it, index)),
        notes=grantees.notes(access.site, request.registry.logins, policy["grants"]),
    )


def _shown_policy(access: Access, index: Index) -> dict[str, Any]:
    """The policy; who has what, and private bases, are for those who may know."""
    policy = policy_of(index)
    if not access.may("manage", index):
        policy["bases"] = [name for name in policy["bases"] if access.index(name) is not None]
        policy["grants"] = {}
    return policy


def _values(policy: Any) -> dict[str, Any]:
    """What a body says of a policy."""
    said = msgspec.structs.asdict(policy)
    return {name: value for name, value in said.items() if value is not UNSET}


def _check_bases(access: Access, index: Index, values: Mapping[str, Any]) -> None:
    """New bases that the asker may not read do not exist for them."""
    for name in values.get("bases", ()):
        if name not in index.policy.bases and access.index(name) is None:
            raise Refused(f"bases: there is no index {name[:80]}.")
