"""The log: who did what, in an index or to the site."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.errors import Missing
from mypi.model import Journal, Site
from mypi.services import log as service
from mypi.services.log import Line, Wanted
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex, ApiSite
from mypi.web.api.wire import Answer, Asked, Limit, Time, seconds, time


class EntryAnswer(Answer):
    """One line; ``client`` and ``address`` are for those who may manage the index."""

    index: Annotated[str, Meta(description="Empty in the log of the site.")]
    serial: int
    when: Time
    by: str
    action: str
    project: str
    version: str
    filename: str
    client: str
    address: str
    detail: str


class EntryList(Answer):
    """Lines, newest first; ``next`` is what to ask ``before`` for more, 0 at the end.

    A page may have fewer lines than asked for, or none, and yet a ``next``: 10,000 were looked at.
    """

    entries: list[EntryAnswer]
    next: int


class LogQuery(Asked):
    """Which lines."""

    project: str = ""
    version: str = ""
    by: str = ""
    action: Annotated[str, Meta(description="The beginning of the action.")] = ""
    since: Annotated[str, Meta(description="Not before this time or date.")] = ""
    until: Annotated[str, Meta(description="Before this time or date.")] = ""
    before: Annotated[int, Meta(ge=0, description="Lines before this serial.")] = 0
    limit: Limit = 100


class SiteLogQuery(LogQuery):
    """Which lines of the site's log."""

    former: Annotated[str, Meta(description="Of this index, which is gone for good.")] = ""


@operation(
    "GET",
    ApiIndex,
    "log",
    permission="read",
    query=LogQuery,
    answer=EntryList,
    summary="Tell what was done in an index.",
)
def show_index_log(context: ApiIndex, request: Any, query: LogQuery) -> EntryList:
    """Who did what in the index, newest first; from where is for who may manage it."""
    access, index = context.access, context.index
    page = _page(index.name, index.journal, query)
    return _answer(
        page._replace(
            lines=[
                line._replace(entry=service.as_told_to(access, index, line.entry))
                for line in page.lines
            ]
        )
    )


@operation(
    "GET",
    ApiSite,
    "log",
    permission="administer",
    query=SiteLogQuery,
    answer=EntryList,
    summary="Tell what was done to the site.",
)
def show_site_log(context: ApiSite, request: Any, query: SiteLogQuery) -> EntryList:
    """Who did what to indexes, users, groups and tokens, newest first."""
    site = context.access.site
    journal = _former(site, query.former) if query.former else site.journal
    return _answer(_page(query.former, journal, query))


def _page(name: str, journal: Journal, query: LogQuery) -> service.Page:
    wanted = Wanted(
        project=query.project,
        version=query.version,
        by=query.by,
        action=query.action,
        since=seconds(query.since, "since"),
        until=seconds(query.until, "until"),
    )
    return service.page(name, journal, wanted, before=query.before, limit=query.limit)


def _answer(page: service.Page) -> EntryList:
    return EntryList([_shown(line) for line in page.lines], page.next)


def _shown(line: Line) -> EntryAnswer:
    entry = line.entry
    return EntryAnswer(
        index=line.of,
        serial=line.serial,
        when=time(entry.when),
        by=entry.by,
        action=entry.action,
        project=entry.project,
        version=entry.version,
        filename=entry.filename,
        client=entry.client,
        address=entry.address,
        detail=entry.detail,
    )


def _former(site: Site, name: str) -> Journal:
    """The journal of an index that is gone for good; of several of that name, the latest one's."""
    kept = [it for key, it in site.former.items() if key.rpartition(" ")[0] == name]
    if not kept:
        raise Missing(f"No index {name[:80]!r} is gone for good.")
    return max(kept, key=_newest)


def _newest(journal: Journal) -> float:
    return next((entry.when for _serial, entry in journal.newest()), 0.0)
