"""Pages of hosted documentation, straight out of the archive.

They are strangers' pages on our address: sandboxed, they have no origin, so no script of theirs
reads a cookie, a page of ours, or posts anything as the reader.
"""

import zlib
from itertools import chain
from typing import Any
from urllib.parse import quote

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.model.docs import START, Page
from mypi.names import normalise
from mypi.services import access, docsites
from mypi.services.docsites import LATEST, Held
from mypi.web import caching, errors, negotiate, redirects
from mypi.web.docsites.doors import DocsDoor, DocsOfProject
from mypi.web.docsites.framing import gzipped, gzipped_size
from mypi.web.docsites.types import content_type
from mypi.web.frame import addresses
from mypi.web.frame.missing import Help, Way

SANDBOX = (
    "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads "
    "allow-modals; "
    "default-src 'self' 'unsafe-inline' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
"""Inline scripts and styles are what Sphinx and MkDocs write; other hosts are not asked."""

SCRIPTLESS = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads; "
    "default-src 'self' 'unsafe-inline' data:; script-src 'none'; object-src 'none'; "
    "connect-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'self'"
)
"""Where a login is needed: browsers send none for what a page without an origin asks for, not even
for its style sheets (measured).  So such pages have one, and neither scripts nor forms."""

_WORTH_PACKING = 200
_NAMED = 10
"""Versions that the page about a missing page names."""


@view_config(context=DocsDoor, request_method="GET")
def nowhere(context: DocsDoor, request: Any) -> Response:
    """``/docs/`` without a project."""
    raise Missing("Name the project: /docs/PROJECT/.")


@view_config(context=DocsOfProject, request_method="GET")
def page(context: DocsOfProject, request: Any) -> Response:
    """A page, or a redirect to where it is."""
    normal = normalise(context.__name__)
    if context.__name__ != normal:
        return _moved(context, request, normal, "/".join(context.path))
    try:
        if not context.path:
            newest = _latest(context, request) or docsites.find(context.found, "").version
            return _moved(context, request, normal, f"{LATEST}/" if newest else START)
        held, path = _held(context, request)
    except Missing as missing:
        return _nothing(context, request, str(missing))
    if request.path_info.endswith("/"):
        path = f"{path}/" if path else ""
    elif not path:
        return redirects.to_slash(request)
    wanted = path + START if not path or path.endswith("/") else path
    found = held.docs.page(wanted)
    if found is not None:
        return _answer(context, request, held, found, wanted)
    if not path.endswith("/") and held.docs.has_folder(path + "/"):
        return redirects.to_slash(request)
    start = addresses.of(context, request).docs(normal)
    return _nothing(
        context, request, f"The documentation has no page {path[:200]}; it begins at {start}."
    )


def _latest(context: DocsOfProject, request: Any) -> str:
    """The version that ``latest`` stands for: kept, since every picture of a page asks for it."""
    key = ("docs", "latest", *context.found.stamp)
    kept: bytes = request.registry.bodies.get(key, lambda: docsites.latest(context.found).encode())
    return kept.decode()


def _held(context: DocsOfProject, request: Any) -> tuple[Held, str]:
    """The documentation that the path begins with, and the rest of the path.

    What is no version is a page of the project as a whole.
    """
    first, *rest = context.path
    try:
        version = _latest(context, request) if first == LATEST else first
        return docsites.find(context.found, version), "/".join(rest)
    except Missing:
        return docsites.find(context.found, ""), "/".join(context.path)


def _nothing(context: DocsOfProject, request: Any, message: str) -> Response:
    """404, with links to go on by."""
    here = addresses.of(context, request)
    name = context.found.project.name
    known = docsites.docs_of(context.found)
    listed = [Way(it, here.docs(name, it)) for it in known if it][:_NAMED]
    ways = [Way(f"Documentation of {name}", here.docs(name))] if known else []
    ways.append(Way(name, here.project(name)))
    title = "No such page" if known else "No documentation"
    help = Help(title, context.index.name, [], [], listed, ways)
    return errors.answer(request, 404, message, help)


def _answer(context: DocsOfProject, request: Any, held: Held, found: Page, path: str) -> Response:
    packed = (
        found.deflated
        and found.size > _WORTH_PACKING
        and negotiate.takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING"))
    )
    kind = content_type(path)
    is_public = all(access.is_public(it, context.access) for it in (context.index, held.index))
    front = _front(request) if is_public and kind.startswith("text/html") else b""
    tag = f"{held.docs.sha256[:20]}-{found.offset:x}" + ("-gz" if packed else "")
    tag += f"-{zlib.crc32(front):x}" if front else ""
    response = caching.bare_response()
    headers = response.headers
    headers["ETag"] = f'"{tag}"'
    headers["Vary"] = "Accept-Encoding"
    headers["Cache-Control"] = "no-cache" if is_public else "private, no-cache"
    headers["Content-Security-Policy"] = SANDBOX if is_public else SCRIPTLESS
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if is_public:
        # A sandboxed page has no origin: without this its own fonts and search data are foreign.
        headers["Access-Control-Allow-Origin"] = "*"
    if caching.matches(request.environ.get("HTTP_IF_NONE_MATCH"), tag):
        response.status_int = 304
        return response
    headers["Content-Type"] = kind
    if packed:
        headers["Content-Encoding"] = "gzip"
    if request.method == "GET":
        blocks = held.docs.read(found, packed=packed)
        response.app_iter = gzipped(front, blocks, found) if packed else chain((front,), blocks)
    response.content_length = len(front) + found.size
    if packed:
        response.content_length = gzipped_size(front, found)
    return response


def _front(request: Any) -> bytes:
    """What goes before a page that runs scripts: without it those of Sphinx and MkDocs stop.

    A browser takes the page's own doctype, head and attributes as if nothing stood there.
    """
    script = addresses.root(request) + request.registry.assets["docs.js"].path
    return f'<!DOCTYPE html><script src="{script}"></script>\n'.encode()


def _moved(context: DocsOfProject, request: Any, normal: str, rest: str) -> Response:
    here = addresses.of(context, request)
    target = here.docs(normal).removeprefix(addresses.root(request)) + quote(rest)
    if request.path_info.endswith("/") and not target.endswith("/") and context.path:
        target += "/"
    return redirects.see_other(request, target)
