"""Style sheet, script and icon: read once at start, served under a name that changes with them."""

import gzip
import hashlib
from importlib.resources import files
from typing import Any, NamedTuple

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from mypi.web import negotiate
from mypi.web.resources import IndexRoot

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class Asset(NamedTuple):
    """A static file; ``path`` is below the application's root and holds a digest of the bytes."""

    path: str
    content_type: str
    body: bytes
    packed: bytes


def load() -> dict[str, Asset]:
    """All static files of the pages, by name."""
    return {
        file.name: _asset(file.name, file.read_bytes())
        for file in files("mypi.web.pages").joinpath("static").iterdir()
        if file.name.rpartition(".")[2] in _TYPES
    }


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    content_type = _TYPES[name.rpartition(".")[2]]
    return Asset(f"/+static/{digest}/{name}", content_type, body, gzip.compress(body, 9, mtime=0))


@view_config(context=IndexRoot, name="+static", request_method="GET")
def static(context: IndexRoot, request: Any) -> Response:
    """One static file, by the digest and the name that its page was given."""
    asset = request.registry.assets.get(request.subpath[-1] if request.subpath else "")
    if asset is None or asset.path != "/+static/" + "/".join(request.subpath):
        raise HTTPNotFound
    response = Response(content_type=None, charset=None)
    packed = negotiate.takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING"))
    response.body = asset.packed if packed else asset.body
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Type"] = asset.content_type
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
