"""Views: which page it is, and in which form."""

import re
from typing import Any
from urllib.parse import quote

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.names import FIXED_WORDS, normalise
from mypi.services import lookup, serials, simplepages
from mypi.services.front import DEFAULT, page_place
from mypi.services.lookup import Found, Listed
from mypi.services.simplepages import Offered
from mypi.services.stamps import Moment
from mypi.web import caching, negotiate
from mypi.web.errors import NotAcceptable
from mypi.web.express import LASTING, PLACE
from mypi.web.frame import addresses
from mypi.web.redirects import to_slash, to_spelling
from mypi.web.resources import (
    IndexRoot,
    OfProject,
    ProjectDoor,
    ReleaseDoor,
    SimpleIndex,
    SimpleProject,
)

SERIAL = "X-PyPI-Last-Serial"

MAX_DEPTH = 8
"""Slashes of an address: each is repeated in every link, and 60,000 would make a gigabyte of it."""


@view_config(context=SimpleIndex, request_method="GET")
@view_config(context=IndexRoot, request_method="GET", browser=False)
def project_list(context: SimpleIndex, request: Any) -> Response:
    """The list of projects (PEP 503, 691)."""
    if not request.path_info.endswith("/"):
        return to_slash(request)
    media_type = _media_type(request)
    # Below the bare root a project is at ./<name>/ as well: the list is the same at every address.
    access, index = context.access, context.index
    last = serials.last(index)
    stamp: tuple[Any, ...] = lookup.names_stamp(access, index)

    def build() -> bytes:
        if media_type == negotiate.JSON:
            return simplepages.json_list(serials.of_shown(access, index), last)
        return simplepages.html_list(lookup.names(access, index))

    if media_type == negotiate.JSON:  # it tells of changes, the other form of names alone
        stamp += serials.stamp(access, index)
    response = caching.respond(request, ("list", stamp), _content_type(media_type), build)
    response.headers[SERIAL] = str(last)
    _lasts(request, response)
    return _confine(response)


@view_config(context=SimpleProject, request_method="GET")
@view_config(context=ProjectDoor, request_method="GET", browser=False)
def project_links(context: OfProject, request: Any) -> Response:
    """The files of one project (PEP 503, 691, 700)."""
    if context.__name__ != normalise(context.__name__):
        return to_spelling(request, context.__name__, normalise(context.__name__))
    if not request.path_info.endswith("/"):
        return to_slash(request)
    return _links(request, context, context.found.links)


@view_config(context=ReleaseDoor, request_method="GET", browser=False)
def release_links(context: ReleaseDoor, request: Any) -> Response:
    """The files of one release: pip up to 1.5.6 asks for it when a version is pinned."""
    if not request.path_info.endswith("/"):
        return to_slash(request)
    version = context.release.version
    return _links(
        request,
        context,
        lambda: (it for it in context.found.links() if it.link.version == version),
        version,
    )


def _links(request: Any, context: OfProject, links: Any, *key: str) -> Response:
    media_type = _media_type(request)
    depth = request.path_info.count("/") - 1
    if depth > MAX_DEPTH:
        raise Missing("The address has empty parts (//) in it; leave them out.")
    found = context.found
    root = "../" * depth + "packages/"
    held_by = tuple(index.name for index, _project in found.sources)
    about = (held_by, *key, found.stamp)
    integrity = _integrity(request, context, links, about)
    serial = _serial(request, context, about)
    is_json = media_type == negotiate.JSON

    def build() -> bytes:
        files = [_file(listed, found, root, integrity) for listed in links()]
        return simplepages.json(found, files, serial) if is_json else simplepages.html(found, files)

    parts = ("links", root, *about, integrity) if integrity else ("links", root, *about)
    if is_json:
        parts += (Moment(serial),)
    response = caching.respond(request, parts, _content_type(media_type), build)
    if serial:  # else it is known in a moment
        response.headers[SERIAL] = str(serial)
        _lasts(request, response, normalise(found.project.name))
    if not key:
        _lay_out(request, context, depth, is_json, integrity)
    return _confine(response)


def _lay_out(request: Any, context: OfProject, depth: int, is_json: bool, integrity: str) -> None:
    """A front server may give the page, unless it holds a whole URL that only this request has.

    Of a name that is a kept word there is another page at an address of as many slashes.
    """
    if _DETOUR.search(request.path_info):
        return
    name = normalise(context.found.project.name)
    is_the_same_anywhere = request.registry.mypi.url or not integrity
    if LASTING in request.environ and is_the_same_anywhere and name not in FIXED_WORDS:
        index = context.index.name if request.path_info.startswith("/+") else DEFAULT
        request.environ[PLACE] = page_place(name, index, depth, is_json)


_DETOUR = re.compile(r"/\.{0,2}/")
"""In an address that has another spelling: ``//``, ``/./`` and ``/../``, which hatch sends."""

_KNOWN = 256
"""Bytes: what a note in the cache takes of it, with its key."""


def _integrity(request: Any, context: OfProject, links: Any, about: tuple[Any, ...]) -> str:
    """The URL below which the files' provenance is; empty when no file has any.

    It must be whole (PEP 740), so only such pages depend on the address by which one came.
    """

    def look() -> bytes:
        any_attested = any(listed.link.attested for listed in links())
        return (b"1" if any_attested else b"0").ljust(_KNOWN)

    if request.registry.bodies.get(("attested", *about), look).startswith(b"0"):
        return ""
    here = addresses.of(context, request)
    return f"{here.url.rstrip('/')}/integrity/{normalise(context.found.project.name)}/"


def _serial(request: Any, context: OfProject, about: tuple[Any, ...]) -> int:
    """The serial of the project's last change; 0 while it would cost much to tell.

    Whatever the journal says of a project changes its stamp: it has to be looked up once.
    """
    found = context.found

    def look() -> bytes:
        site, name = context.access.site, found.project.name
        serial = serials.of_project_if_quick(site, found.index, name)
        if serial is None:
            raise caching.Passing(b"0")
        return str(serial).encode().ljust(_KNOWN)

    try:
        return int(request.registry.bodies.get(("serial", *about), look))
    except caching.Passing as passing:
        return int(passing.body)


def _file(listed: Listed, found: Found, root: str, integrity: str) -> Offered:
    where = f"{root}{listed.held_by}/{normalise(found.project.name)}/"
    name, link = quote(listed.filename), listed.link
    provenance = f"{integrity}{quote(link.version)}/{name}/provenance" if link.attested else ""
    return Offered(listed.filename, where + name, link, provenance)


def _media_type(request: Any) -> str:
    wanted = request.GET.get("format")
    media_type = (
        negotiate.format_type(wanted)
        if wanted
        else negotiate.simple_type(request.environ.get("HTTP_ACCEPT"))
    )
    if media_type is None:
        raise NotAcceptable(
            "This page comes as " + ", ".join((negotiate.JSON, negotiate.HTML, negotiate.TEXT_HTML))
        )
    return media_type


def _content_type(media_type: str) -> str:
    return media_type if media_type == negotiate.JSON else media_type + "; charset=utf-8"


def _lasts(request: Any, response: Response, project: str = "") -> None:
    """Who asks for the same gets the same, until something changes (that project, if one)."""
    if response.headers["Cache-Control"] != "no-store":
        request.environ[LASTING] = project


def _confine(response: Response) -> Response:
    """Nothing on these pages is ever run; a person may still save a file from them."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; sandbox allow-downloads; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
