"""Pages that are made once and kept, for as long as what they were made from does not change."""

import time
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime
from typing import Any

from pyramid.response import Response

from mypi.services.stamps import Moment
from mypi.web import caching, frame
from mypi.web.frame import addresses
from mypi.web.frame.addresses import Addresses
from mypi.web.resources import Door

Values = Callable[[Addresses, date], dict[str, Any]]
"""Makes what the template shows, of the page's addresses and of today."""


def page(
    request: Any, context: Door, template: str, key: tuple[Hashable, ...], values: Values
) -> Response:
    """The page, from the cache if what it was made from has not changed.

    ``key`` names all that ``values`` depends on, but for what is added here.  Among its values may
    be ``template``, another one than the usual, and ``is_waiting``: the page is not to be kept.
    """
    here = addresses.of(context, request)
    today = datetime.fromtimestamp(time.time(), UTC).date()
    reader = frame.reader(request)
    indexes = frame.indexes(context, request, context.index.name)
    # Ages are told in days, commands carry the URL, and the bar the reader's name: they belong to
    # what the page depends on.  As does what is the matter with the disk.
    told = (request.registry.mypi.title, request.registry.room.trouble)
    login_query = "?next=" + addresses.quoted(request.path)
    shared = (template, *told, here, login_query, reader, *indexes)
    key = (*shared, Moment(today.toordinal()), *key)

    def build() -> bytes:
        shown = values(here, today)
        name = shown.pop("template", template)
        shown |= {"here": here, "indexes": indexes, "index": context.index.name, "reader": reader}
        shown["login_query"] = login_query
        body = frame.shown(request, name, shown).encode("utf-8", "replace")
        if shown.get("is_waiting"):
            raise caching.Passing(body)
        return body

    response = caching.respond(request, key, "text/html; charset=utf-8", build)
    frame.protect(response)
    return response
