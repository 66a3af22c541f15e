"""Searching an index, and making its catalogue anew."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.services import search as service
from mypi.services.search import Hit
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex, ApiSite
from mypi.web.api.wire import Answer, Asked, Done, Time, time

Values = str | list[str]
FILTERS = ("index", "python", "licence", "classifier", "keyword", "requires", "status", "wheel")


class Search(Asked):
    """What is looked for, and which of the hits to answer with.

    What narrows it may be said several times; all of it must be so.
    """

    q: Annotated[str, Meta(description="As typed into the search box; empty: everything.")] = ""
    offset: Annotated[int, Meta(ge=0, le=1000, description="Hits to leave out.")] = 0
    limit: Annotated[int, Meta(ge=1, le=100, description="Most hits to answer with.")] = 20
    index: Annotated[Values, Meta(description="The index that holds it.")] = ""
    python: Annotated[Values, Meta(description="A Python version that it is for, as 3.12.")] = ""
    licence: Annotated[Values, Meta(description="Its licence, in full.")] = ""
    classifier: Annotated[Values, Meta(description="A classifier, in full.")] = ""
    keyword: Annotated[Values, Meta(description="A keyword.")] = ""
    requires: Annotated[Values, Meta(description="A project that it needs.")] = ""
    status: Annotated[
        Values,
        Meta(description="active, archived, deprecated, quarantined, yanked, pre-release, wheel."),
    ] = ""
    wheel: Annotated[Values, Meta(description="Whether it has a wheel: yes or no.")] = ""


class HitAnswer(Answer):
    """A project: its latest release."""

    name: str
    version: str
    index: Annotated[str, Meta(description="The index that holds it.")]
    summary: str
    uploaded: Time
    licence: str
    requires_python: str
    keywords: tuple[str, ...]
    badges: tuple[str, ...]


class Found(Answer):
    """The best hits first, and the number of all.

    ``facets`` tell how many hits have which value of a field; ``did_you_mean`` are names.
    """

    hits: list[HitAnswer]
    total: int
    facets: dict[str, dict[str, int]]
    did_you_mean: list[str]


class Lag(Answer):
    """How far the catalogue is behind; it is made anew as long as ``taken`` is below ``projects``.

    ``projects`` counts those of all indexes.
    """

    lag: Annotated[int, Meta(description="Journal entries that are not followed yet.")]
    taken: Annotated[int, Meta(description="Projects that are in the catalogue.")]
    projects: int


@operation(
    "GET",
    ApiIndex,
    "search",
    permission="read",
    query=Search,
    answer=Found,
    summary="Search the projects that an index shows.",
)
def search(context: ApiIndex, request: Any, query: Search) -> Found:
    """Projects whose names, summaries, keywords, people or READMEs have the words.

    What was published is found within a second.
    """
    given = {name: getattr(query, name) for name in FILTERS}
    filters = {
        name: [values] if isinstance(values, str) else values
        for name, values in given.items()
        if values
    }
    found = service.search(
        context.access,
        context.index,
        query.q,
        offset=query.offset,
        limit=query.limit,
        filters=filters,
    )
    return Found(
        [_shown(hit) for hit in found.hits],
        found.total,
        {name: dict(values) for name, values in found.facets.items()},
        found.did_you_mean,
    )


@operation(
    "GET",
    ApiSite,
    "reindex",
    permission="administer",
    answer=Lag,
    summary="Say how far the search catalogue is behind.",
)
def show_reindex(context: ApiSite, request: Any) -> Lag:
    """Journal entries, of all indexes, that cannot be found by searching yet."""
    site = context.access.site
    return Lag(service.lag(site), *service.progress(site))


@operation(
    "POST",
    ApiSite,
    "reindex",
    permission="administer",
    answer=Done,
    summary="Make the search catalogue anew.",
)
def reindex(context: ApiSite, request: Any) -> Done:
    """Throw it away; the server fills it again by and by, and finds little until then.

    And throw away what is laid out for a front server.
    """
    service.reindex(context.access.site)
    if request.registry.front is not None:
        request.registry.front.forget_all()
    return Done()


def _shown(hit: Hit) -> HitAnswer:
    return HitAnswer(
        name=hit.name,
        version=hit.version,
        index=hit.index,
        summary=hit.summary,
        uploaded=time(hit.uploaded),
        licence=hit.licence,
        requires_python=hit.requires_python,
        keywords=hit.keywords,
        badges=hit.badges,
    )
