"""The set-up page: a file or a command for every tool, with this index's URL filled in."""

from datetime import date
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.services.access import is_public
from mypi.web import caching
from mypi.web.frame import addresses, kept, protect, setting_up
from mypi.web.frame.addresses import Addresses, untrusted_host
from mypi.web.pages import of_project
from mypi.web.resources import IndexRoot


@view_config(context=IndexRoot, name="+setup", request_method="GET")
def page(context: IndexRoot, request: Any) -> Response:
    """All tools on one page, or with ``?file=`` one whole file to save."""
    of_project.nothing_below(request)
    filename = request.GET.get("file", "")
    if filename:
        return _file(context, request, filename)

    def values(here: Addresses, today: date) -> dict[str, Any]:
        return {
            "rows": _rows(context, here),
            "url": here.url,
            "untrusted": untrusted_host(here.url),
            "is_open": context.access.is_open,
            "is_public": is_public(context.index, context.access),
        }

    return kept.page(request, context, "setup", _key(context), values)


def _file(context: IndexRoot, request: Any, filename: str) -> Response:
    here = addresses.of(context, request)
    known = setting_up.files(_rows(context, here))
    if filename not in known:
        raise Missing(
            f"file: there is no {filename[:80]!r} to download; there are {', '.join(known)}."
        )
    response = caching.respond(
        request,
        ("setup", here, filename, *_key(context)),
        "text/plain; charset=utf-8",
        lambda: known[filename].encode(),
    )
    protect(response)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _rows(context: IndexRoot, here: Addresses) -> list[setting_up.Row]:
    return setting_up.rows(
        here,
        is_open=context.access.is_open,
        is_public=is_public(context.index, context.access),
    )


def _key(context: IndexRoot) -> tuple[bool, bool]:
    return context.access.is_open, is_public(context.index, context.access)
