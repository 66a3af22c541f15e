"""The views: what is found, what may be meant while one types, and the list of all projects."""

import time
from collections.abc import Callable, Hashable
from datetime import date
from typing import Any

import orjson
from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Refused
from mypi.services import downloads, lookup
from mypi.services import search as service
from mypi.services.stamps import Moment
from mypi.web import caching, frame
from mypi.web.frame import addresses, kept, paging
from mypi.web.frame.addresses import Addresses
from mypi.web.resources import IndexRoot
from mypi.web.search import hits, listing, told
from mypi.web.search.asking import asked, shortened

JSON = "application/json"
SUGGESTIONS = "application/x-suggestions+json"
DESCRIPTION = "application/opensearchdescription+xml"
MAX_TYPED = 100
"""Characters that suggestions are made of."""
COUNTED_EVERY = 600
"""Seconds for which downloads stay as they were: counting reads a number for each project."""
BEHIND = 50
"""Entries of journals that the catalogue may be behind without a word about it."""


@view_config(context=IndexRoot, name="+search", request_method="GET")
def search(context: IndexRoot, request: Any) -> Response:
    """What is found; ``+search/suggest`` answers while one types."""
    if request.subpath == ("suggest",):
        return _suggest(context, request)
    if request.subpath:
        raise HTTPNotFound
    form = _form(request)
    wanted, page = asked(request), paging.asked(request)
    behind = _is_behind(context)
    key = (wanted, page, behind, *_stamp(context))

    def found() -> service.Results:
        results = service.search(
            context.access,
            context.index,
            wanted.text,
            offset=(page - 1) * hits.PAGE,
            limit=hits.PAGE,
            filters=wanted.by_field,
        )
        hits.pages("", results, page)
        return results

    if form:
        return _json(context, request, key, JSON, lambda: told.as_json(found()))

    def values(here: Addresses, today: date) -> dict[str, Any]:
        if wanted.is_empty:
            return {**hits.help_page(here), "behind": behind}
        shown = hits.found_page(context.index.name, wanted, found(), here, today, page)
        return {**shown, "behind": behind}

    return kept.page(request, context, "search", key, values)


@view_config(context=IndexRoot, name="+projects", request_method="GET")
def projects(context: IndexRoot, request: Any) -> Response:
    """All projects of an index, a hundred at a time."""
    if request.subpath:
        raise HTTPNotFound
    order = _one_of(request, "sort", tuple(listing.ORDERS), "name")
    letter = _one_of(request, "letter", tuple(listing.LETTERS), "")
    page, behind = paging.asked(request), _is_behind(context)
    slot = Moment(int(time.time() // COUNTED_EVERY))
    key = (order, letter, page, behind, slot, *_stamp(context))

    form = _form(request)

    def listed() -> listing.Listing:
        is_counted = form or order == "downloads"
        wanted = _wanted(context, request, slot) if is_counted else {}
        return listing.listed(context.access, context.index, order, letter, page, wanted)

    if form:
        here = addresses.of(context, request)

        def told_as_json() -> dict[str, Any]:
            return listing.as_json(listed(), here, order, letter, page)

        return _json(context, request, ("projects", here, *key), JSON, told_as_json)

    def values(here: Addresses, today: date) -> dict[str, Any]:
        access, index, it = context.access, context.index, listed()
        shown = listing.values(access, index, it, here, today, order, letter, page)
        return {**shown, "behind": behind}

    return kept.page(request, context, "projects", key, values)


@view_config(context=IndexRoot, name="+opensearch", request_method="GET")
def opensearch(context: IndexRoot, request: Any) -> Response:
    """How a browser searches this index from its address bar."""
    if request.subpath:
        raise HTTPNotFound
    here = addresses.of(context, request)
    title = request.registry.mypi.title

    def build() -> bytes:
        return frame.shown(request, "opensearch", told.description(title, here)).encode()

    return _harmless(caching.respond(request, ("opensearch", here, title), DESCRIPTION, build))


def _suggest(context: IndexRoot, request: Any) -> Response:
    here = addresses.of(context, request)
    typed = shortened(request.GET.get("q", ""), MAX_TYPED)
    form = _one_of(request, "format", ("opensearch",), "")
    key = ("suggest", typed, here, *_stamp(context))

    def found() -> list[service.Hit]:
        return service.suggest(context.access, context.index, typed)

    if form:
        return _json(
            context,
            request,
            key,
            SUGGESTIONS,
            lambda: told.for_address_bars(typed, found(), here),
        )
    return _json(context, request, key, JSON, lambda: told.rows(found(), here))


def _stamp(context: IndexRoot) -> tuple[Hashable, ...]:
    """The catalogue, and the indexes that are looked into for this reader."""
    access = context.access
    return (service.stamp(access.site), lookup.path_key(access, context.index))


def _form(request: Any) -> str:
    """json, or nothing for a page."""
    accept = request.environ.get("HTTP_ACCEPT", "")
    usual = "json" if JSON in accept and "html" not in accept else ""
    return _one_of(request, "format", ("json",), usual)


def _wanted(context: IndexRoot, request: Any, slot: Moment) -> dict[str, int]:
    """Normal names of what was downloaded in 30 days, the most wanted first, and how often."""
    access, index = context.access, context.index
    path = lookup.path_key(access, index)
    body = request.registry.bodies.get(
        ("wanted", slot, path), lambda: orjson.dumps(downloads.recent(access, index))
    )
    found: dict[str, int] = orjson.loads(body)
    return found


def _is_behind(context: IndexRoot) -> bool:
    """Whether the page says that what came last may be missing; how much is not for everybody."""
    return service.lag(context.access.site) > BEHIND


def _one_of(request: Any, name: str, known: tuple[str, ...], usual: str) -> str:
    value: str = request.GET.get(name, usual)
    if value != usual and value not in known:
        raise Refused(f"{name}: {value[:40]!r} is unknown; known are {', '.join(known)}.")
    return value


def _json(
    context: IndexRoot,
    request: Any,
    key: tuple[Hashable, ...],
    media_type: str,
    make: Callable[[], Any],
) -> Response:
    def build() -> bytes:
        return orjson.dumps(make(), option=orjson.OPT_UTC_Z)

    return _harmless(caching.respond(request, (context.index.name, *key), media_type, build))


def _harmless(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
