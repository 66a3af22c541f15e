"""Addresses that moved: those of the first mypi, and what upload tools print after publishing."""

from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from mypi.services import lookup
from mypi.web import redirects
from mypi.web.resources import FormerAddress, Moved


@view_config(context=FormerAddress, request_method="GET")
def former_root(context: FormerAddress, request: Any) -> Response:
    """``/package/`` listed the projects."""
    return redirects.to_path(request, "/")


@view_config(context=Moved, request_method="GET")
def moved(context: Moved, request: Any) -> Response:
    """To the project, the release or the file that is meant."""
    found = lookup.find(context.access, context.index, context.target[0])
    if found is None:
        raise HTTPNotFound
    target = "/".join(quote(segment) for segment in context.target)
    root = (
        ""
        if context.index.name == request.registry.mypi.default_index
        else f"/+{context.index.name}"
    )
    if len(context.target) > 2:
        raise HTTPNotFound
    if len(context.target) == 2:
        if found.project.file(context.target[1]) is not None:
            return redirects.to_path(request, f"/packages/{found.index.name}/{target}")
        lookup.release(found, context.target[1])
    return redirects.to_path(request, f"{root}/{target}/")


def includeme(config: Any) -> None:
    """The addresses of old."""
    config.scan(__name__)
