"""The file door: archives, their ``.metadata`` and signatures."""

import hashlib
import os
from email.utils import formatdate
from typing import Any, BinaryIO
from urllib.parse import quote

from pyramid.response import Response
from pyramid.view import view_config
from ZODB.POSException import POSKeyError

from mypi.errors import Missing, MypiError
from mypi.model.file import blob_is_whole
from mypi.names import normalise
from mypi.server.proxies import FROM_PROXY
from mypi.services import access
from mypi.services.front import file_place
from mypi.web import caching
from mypi.web.express import AGAIN, LASTING, PLACE
from mypi.web.files import ranges
from mypi.web.files.sending import Sending
from mypi.web.resources import FileDoor

IMMUTABLE = "max-age=31536000, immutable"
REVALIDATE = "no-cache"
MISSING = "The bytes of this file are missing on the server; tell its keeper."

_TYPES = {
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".egg": "application/zip",
    # Not "Content-Encoding: gzip": pip 1.5 would unpack the archive in transit and fail its hash.
    ".gz": "application/gzip",
    ".tgz": "application/gzip",
    ".bz2": "application/x-bzip2",
}


class Damaged(MypiError):
    """The bytes on disk are not those that were acknowledged."""

    status = 500


@view_config(context=FileDoor, request_method="GET")
def file(context: FileDoor, request: Any) -> Response:
    """The bytes of an archive, or of what lies beside it."""
    if context.suffix == ".metadata":
        response = _small(request, context, _metadata(context), "text/plain; charset=utf-8")
        _lay_out(request, context, response)
        return response
    if context.suffix == ".asc":
        return _small(request, context, _signature(context), "application/pgp-signature")
    return _archive(request, context)


def _archive(request: Any, context: FileDoor) -> Response:
    artifact = context.file.artifact
    tag = artifact.sha256
    response = _response(request, context, tag)
    if response.status_int == 304:
        return response
    extension = os.path.splitext(context.file.filename)[1]
    response.headers["Content-Type"] = _TYPES.get(extension, "application/octet-stream")
    response.headers["Accept-Ranges"] = "bytes"
    path = _path(artifact)
    opened = _open(path, artifact)
    _lay_out(request, context, response, path)
    is_handed_over = _hand_over(request, response, path)
    sending = _sending(request, context, path, is_handed_over)
    if is_handed_over:
        opened.close()
        if request.method == "GET" and "HTTP_RANGE" not in request.environ:
            sending.count(request.environ)
            _lasts(request, context, response, sending)
        return response
    first, last = 0, artifact.size - 1
    if request.method == "GET":
        dated = response.headers["Last-Modified"]
        wanted = ranges.wanted(request.environ, tag, dated, artifact.size)
        if wanted is None:
            sending.count(request.environ)
            _lasts(request, context, response, sending)
        elif wanted == ():
            opened.close()
            return _unsatisfiable(response, artifact.size)
        else:
            first, last = wanted
            response.status_int = 206
            response.headers["Content-Range"] = f"bytes {first}-{last}/{artifact.size}"
    length = last - first + 1
    response.app_iter = ranges.body(request.environ, opened, first, length)
    response.content_length = length
    return response


def _lay_out(request: Any, context: FileDoor, response: Response, path: str = "") -> None:
    """A front server may send what stays as it is, to whoever comes."""
    if response.headers["Cache-Control"] == f"public, {IMMUTABLE}":
        name = context.file.filename + context.suffix
        request.environ[PLACE] = file_place(_project(context), context.index.name, name, path)


def _sending(request: Any, context: FileDoor, path: str, is_handed_over: bool) -> Sending:
    file, version = context.file, context.link.version
    named = (context.index.name, _project(context), file.filename, version)
    size: int = file.artifact.size
    return Sending(request.registry.downloads, named, path, size, is_handed_over)


def _lasts(
    request: Any, context: FileDoor, response: Response, sending: Sending | None = None
) -> None:
    """Who asks for the same need not be looked at closely while the project stays as it is."""
    if response.headers["Cache-Control"].startswith("public"):
        request.environ[LASTING] = _project(context)
        request.environ[AGAIN] = sending


def _project(context: FileDoor) -> str:
    """The normal name of the file's project."""
    project = context.__parent__
    assert project is not None, "a file is below its project"
    return normalise(project.__name__)


def _unsatisfiable(response: Response, size: int) -> Response:
    """416: no cache may keep it as if it were the file."""
    response.status_int = 416
    response.headers["Content-Range"] = f"bytes */{size}"
    response.headers["Cache-Control"] = "no-store"
    response.body = b""
    return response


def _small(request: Any, context: FileDoor, body: bytes, content_type: str) -> Response:
    # Of the bytes themselves: an archive that comes a second time may bring another signature.
    tag = hashlib.sha256(body).hexdigest() + context.suffix
    response = _response(request, context, tag)
    if response.status_int == 304:
        return response
    response.headers["Content-Type"] = content_type
    response.body = body
    _lasts(request, context, response)
    return response


def _response(request: Any, context: FileDoor, tag: str) -> Response:
    """Headers that do not depend on the body; 304 when the client has this very file.

    On a volatile index a file may be replaced under its name, so there caches have to ask.
    """
    response = caching.bare_response()
    headers = response.headers
    headers["ETag"] = f'"{tag}"'
    headers["Last-Modified"] = formatdate(int(context.file.uploaded), usegmt=True)
    # What not everyone may read must not lie in a cache that everyone asks.
    reach = "public" if access.is_public(context.index, context.access) else "private"
    lasts = REVALIDATE if context.index.policy.volatile else IMMUTABLE
    headers["Cache-Control"] = f"{reach}, {lasts}"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    none_match = request.environ.get("HTTP_IF_NONE_MATCH")
    if none_match is not None:
        unchanged = caching.matches(none_match, tag) is not None
    else:
        modified, uploaded = _date(request), int(context.file.uploaded)
        # A file that was put back is older than the one which it replaces.
        is_volatile = context.index.policy.volatile
        unchanged = modified == uploaded or (
            modified is not None and modified > uploaded and not is_volatile
        )
    if unchanged:
        response.status_int = 304
    return response


def _date(request: Any) -> float | None:
    """What ``If-Modified-Since`` says, as seconds since the epoch; None for what is no date."""
    try:
        modified = request.if_modified_since
    except (ValueError, OverflowError):  # the year 99999
        return None
    return None if modified is None else float(modified.timestamp())


def _metadata(context: FileDoor) -> bytes:
    held = context.file.artifact.metadata
    if held is None or not context.link.metadata_sha256:
        raise Missing(f"{context.file.filename} has no metadata file.")
    return held.raw


def _signature(context: FileDoor) -> bytes:
    if context.file.signature is None:
        raise Missing(f"{context.file.filename} has no signature.")
    return context.file.signature


def _hand_over(request: Any, response: Response, path: str) -> bool:
    """Let the front server send the file, if so set, and if the request came through one."""
    settings = request.registry.mypi
    if settings.sendfile == "none" or FROM_PROXY not in request.environ:
        return False
    response.body = b""
    if settings.sendfile == "x-sendfile":
        response.headers["X-Sendfile"] = path
    else:
        inside = os.path.relpath(path, request.registry.blob_folder)
        response.headers["X-Accel-Redirect"] = settings.sendfile_prefix + quote(inside)
    return True


def _path(artifact: Any) -> str:
    try:
        return str(artifact.path)
    except POSKeyError:
        raise Damaged(MISSING) from None


def _open(path: str, artifact: Any) -> BinaryIO:
    """The blob's file, or Damaged: never a short body under a length that promises more."""
    try:
        opened = open(path, "rb")  # noqa: SIM115 - closed by whoever sends it
    except FileNotFoundError:
        raise Damaged(MISSING) from None
    if not blob_is_whole(artifact, os.fstat(opened.fileno()).st_size):
        opened.close()
        raise Damaged("The bytes of this file are damaged here; tell the server's keeper.")
    return opened


def includeme(config: Any) -> None:
    """The file door."""
    config.scan(__name__)
