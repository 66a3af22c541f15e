"""The trash of the site: list deleted indexes, restore them, let them go."""

from typing import Any

from mypi.services import indexes as service
from mypi.web.api.indexes import IndexAnswer, index_answer
from mypi.web.api.operations import operation
from mypi.web.api.paging import Page, newest
from mypi.web.api.resources import ApiDeletedIndex, ApiSiteTrash
from mypi.web.api.trash import Emptying, Freed, TrashList, of_site
from mypi.web.security import actor


@operation(
    "GET",
    ApiSiteTrash,
    permission="administer",
    query=Page,
    answer=TrashList,
    summary="List the deleted indexes.",
)
def list_deleted_indexes(context: ApiSiteTrash, request: Any, query: Page) -> TrashList:
    """Indexes that can be restored, newest first."""
    shown, following = newest(context.access.site.trash, query)
    return TrashList([of_site(it) for it in shown], following)


@operation(
    "POST",
    ApiDeletedIndex,
    "restore",
    permission="administer",
    answer=IndexAnswer,
    summary="Restore a deleted index.",
)
def restore_index(context: ApiDeletedIndex, request: Any) -> IndexAnswer:
    """Bring an index back with all it held; 409 when there is another of its name."""
    index = service.restore(context.access.site, context.__name__, actor(request))
    return index_answer(context.access, index, request)


@operation(
    "DELETE",
    ApiSiteTrash,
    permission="administer",
    query=Emptying,
    answer=Freed,
    summary="Delete the deleted indexes for good.",
)
def empty_site_trash(context: ApiSiteTrash, request: Any, query: Emptying) -> Freed:
    """Indexes that have expired go for good, or all; their journals stay."""
    site = context.access.site
    return Freed(service.purge(site, actor(request), everything=query.everything))
