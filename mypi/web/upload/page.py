"""The page to upload in a browser: a form that works by itself, and answers for its script.

The script sends each file as tools do, to the index's root.  Without it the form comes here with
all files at once; each is published in a transaction of its own, so that one refusal does not cost
the others, and what the answer calls published is on the disk.

Another site's page cannot post here: ``mypi.web.origin`` refuses it, the session cookie does not
travel with it (SameSite), and this form carries a token besides.
"""

from typing import Any

from pyramid.csrf import get_csrf_token
from pyramid.httpexceptions import HTTPNotFound
from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Refused
from mypi.services import foretelling
from mypi.sizes import size_in_words
from mypi.web import frame
from mypi.web.execution import SPOOLS
from mypi.web.frame import addresses, forms, snippets
from mypi.web.resources import Door, IndexRoot
from mypi.web.upload.many import Many
from mypi.web.upload.several import Result, install_line, published

RECEIVED = "mypi.received-many"
"""Environ key: what came, and what became of it, should the request be tried again."""


@view_config(context=IndexRoot, name="+upload", request_method="GET", permission="upload")
def page(context: IndexRoot, request: Any) -> Response:
    """The form, and a place to drop files at."""
    if request.subpath:
        raise HTTPNotFound
    return _shown(context, request, [])


@view_config(
    context=IndexRoot,
    name="+upload",
    request_method="GET",
    request_param="filename",
    permission="upload",
)
def check(context: IndexRoot, request: Any) -> Response:
    """What would become of a file, for the script: as the API tells it, but for a session."""
    here = addresses.of(context, request)
    told = foretelling.foretell(
        context.access,
        context.index,
        request.GET["filename"],
        _size(request),
        "",
        request.registry.mypi.max_upload,
    )
    is_named = bool(told.project)
    response = Response(content_type="application/json", charset="utf-8")
    response.json_body = {
        "verdict": told.verdict,
        "message": told.message,
        "page": here.release(told.project, told.version) if is_named else "",
        "install": install_line(context, request, told.project, told.version) if is_named else "",
    }
    response.headers["Cache-Control"] = "no-store"
    frame.protect(response)
    return response


@view_config(context=IndexRoot, name="+upload", request_method="POST", permission="upload")
def send(context: IndexRoot, request: Any) -> Response:
    """Publish the files of the form, one by one, and say what became of each."""
    if request.subpath:
        raise HTTPNotFound
    environ = request.environ
    if RECEIVED not in environ:
        many = _read(request)
        _check_token(request, many)
        environ[RECEIVED] = [published(context, request, form) for form in many.forms] + [
            Result(name[:200], False, _too_large(name, many.max_file)) for name in many.too_large
        ]
    results = environ[RECEIVED]
    if not results:
        raise Refused("No file came with the form. Choose one or more files, and send it again.")
    response = _shown(context, request, results)
    if not any(result.ok for result in results):
        response.status_int = 400
    return response


def _shown(context: Door, request: Any, results: list[Result]) -> Response:
    index = context.index
    here = addresses.of(context, request)
    limit = foretelling.most(index, request.registry.mypi.max_upload)
    values = {
        "results": results,
        "action": here.upload,
        "target": here.home,
        "limit": size_in_words(limit),
        "together": size_in_words(request.registry.mypi.max_upload),
        "volatile": index.policy.volatile,
        "frozen": index.policy.frozen,
        "publish": snippets.publish(here, is_open=context.access.is_open),
        "csrf_token": get_csrf_token(request),
        "current": index.name,
    }
    return frame.page(context, request, "upload", values)


def _read(request: Any) -> Many:
    many = Many(request.registry.spool_folder, request.registry.mypi.max_upload)
    try:
        many.read(request.environ)
    except BaseException:
        many.close()
        raise
    request.environ[SPOOLS] += many.spools()
    return many


def _check_token(request: Any, many: Many) -> None:
    policy = request.registry.getUtility(ICSRFStoragePolicy)
    if not policy.check_csrf_token(request, many.fields.get("csrf_token", "")):
        raise Refused(forms.TOO_OLD)


def _size(request: Any) -> int:
    text = request.GET.get("size", "0")
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Refused("size: a number of bytes is wanted.")
    return int(text)


def _too_large(filename: str, limit: int) -> str:
    return f"{filename[:200]}: larger than {limit} bytes, the limit here (setting mypi.max_upload)."
