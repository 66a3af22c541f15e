"""Style sheet, script and icon: read once at start, served under a name that changes with them."""

import gzip
import hashlib
from importlib.resources import files
from typing import Any, NamedTuple

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from mypi.web import negotiate
from mypi.web.resources import Door

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
    folder = files("mypi.web.pages").joinpath("static")
    bodies = {name: joined(name) for name in ("mypi.css", "mypi.js")}
    bodies |= {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.name.rpartition(".")[2] in _TYPES
    }
    return {name: _asset(name, body) for name, body in bodies.items()}


def joined(name: str) -> bytes:
    """A static file from the parts in the folder ``<name>.d``, in order of their names.

    One file to fetch, and a subject a part to read.  A part of a script is a block of its own.
    """
    folder = files("mypi.web.pages").joinpath("static", name + ".d")
    parts = sorted(folder.iterdir(), key=lambda part: part.name)
    texts = [part.read_text(encoding="utf-8") for part in parts if part.name.endswith(name[-3:])]
    if name.endswith(".js"):
        texts = ['"use strict";\n', *("{\n" + text + "}\n" for text in texts)]
    return "".join(texts).encode()


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    content_type = _TYPES[name.rpartition(".")[2]]
    return Asset(f"/+static/{digest}/{name}", content_type, body, gzip.compress(body, 9, mtime=0))


class AssetDoor(Door):
    """``/+static/<digest>/<name>``: for everybody, or the page to log in would be a sorry sight."""

    path: tuple[str, ...] = ()

    def __getitem__(self, segment: str) -> "AssetDoor":
        door = AssetDoor(self, segment, self.index)
        door.path = (*self.path, segment)
        return door


@view_config(context=AssetDoor, request_method="GET", permission=NO_PERMISSION_REQUIRED)
def static(context: AssetDoor, request: Any) -> Response:
    """One static file, by the digest and the name that its page was given."""
    asset = request.registry.assets.get(context.__name__)
    if asset is None or asset.path != "/+static/" + "/".join(context.path):
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
