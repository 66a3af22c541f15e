"""Errors become answers in the dialect of the client: a page, JSON, or a line of text.

The message is in the HTTP reason phrase as well: ``setup.py upload`` shows nothing else.
"""

import logging
from typing import Any

import orjson
from pyramid.exceptions import PredicateMismatch, URLDecodeError
from pyramid.httpexceptions import HTTPException, HTTPForbidden, HTTPNotFound
from pyramid.renderers import render
from pyramid.response import Response
from pyramid.view import exception_view_config, forbidden_view_config, notfound_view_config
from transaction.interfaces import TransientError

from mypi.errors import MypiError
from mypi.web import negotiate
from mypi.web.execution import SAFE_METHODS

log = logging.getLogger(__name__)

MAX_REASON = 200
BUSY = "The index is busy: others kept changing the same thing. Nothing was stored; try again."
BROKEN = "Something went wrong here. It is in the server's log; nothing was stored."


class NotAcceptable(MypiError):
    """None of the forms of this page is acceptable to the client."""

    status = 406


def answer(request: Any, status: int, message: str) -> Response:
    """An error response that says ``message`` in the client's dialect."""
    accept = request.environ.get("HTTP_ACCEPT") or ""
    response = Response(status=f"{status} {reason_phrase(message)}")
    if negotiate.is_browser(accept):
        values = {"status": status, "message": message}
        response.text = render("mypi.web.pages:templates/error.pt", values, request=request)
    elif "application/json" in accept or "+json" in accept:
        response.content_type = "application/json"
        response.body = orjson.dumps(
            {"message": message, "code": response.status, "title": response.status}
        )
    else:
        response.content_type = "text/plain"
        response.text = message + "\n"
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    if request.method not in SAFE_METHODS:
        log.info("refused %s %r: %s %s", request.method, request.path_qs, status, message)
    return response


def reason_phrase(message: str) -> str:
    """One ASCII line of at most 200 characters; what cannot be sent becomes ``?``."""
    line = " ".join(message.split())
    line = "".join(c if " " <= c <= "~" else "?" for c in line)
    return line if len(line) <= MAX_REASON else line[: MAX_REASON - 3] + "..."


@exception_view_config(MypiError)
def domain_error(error: MypiError, request: Any) -> Response:
    """A rule was broken; the error knows its status and says what to do."""
    return answer(request, error.status, str(error))


@notfound_view_config()
def not_found(error: Any, request: Any) -> Response:
    """Nothing is there; or something is, but not for this method."""
    if isinstance(error, PredicateMismatch) and request.method not in SAFE_METHODS:
        response = answer(
            request,
            405,
            f"This address does not take {request.method}. Uploads are posted to the "
            "index's root, /legacy/, /pypi or /simple/.",
        )
        takes_uploads = getattr(request.context, "takes_uploads", False)
        response.headers["Allow"] = "GET, HEAD, POST" if takes_uploads else "GET, HEAD"
        return response
    return answer(request, 404, f"There is nothing at {request.path[:200]} on this index.")


@forbidden_view_config()
def forbidden(error: HTTPForbidden, request: Any) -> Response:
    """The policy said no."""
    return answer(request, 403, "You are not allowed to do that here.")


@exception_view_config(URLDecodeError)
@exception_view_config(UnicodeDecodeError)
def undecodable(error: Exception, request: Any) -> Response:
    """A path or query that is not percent-encoded UTF-8."""
    return answer(request, 400, "The address is not valid: it must be percent-encoded UTF-8.")


@exception_view_config(TransientError)
def busy(error: Exception, request: Any) -> Response:
    """A conflict.  Seen by the client only if it outlasts all retries."""
    response = answer(request, 503, BUSY)
    response.headers["Retry-After"] = "1"
    return response


@exception_view_config(HTTPException)
def http_error(error: HTTPException, request: Any) -> Response:
    """Errors that Pyramid or WebOb raise themselves; redirects pass."""
    if error.status_int < 400 or isinstance(error, HTTPNotFound):
        return error
    return answer(request, error.status_int, error.detail or error.explanation or error.title)


@exception_view_config(OSError)
def disk_error(error: OSError, request: Any) -> Response:
    """The disk is full or failing: say so, and keep serving."""
    if request.method in SAFE_METHODS:
        return broken(error, request)
    log.error("disk trouble at %s %s: %s", request.method, request.path, error)
    message = "The server's disk has no room or is failing; nothing was stored."
    response = answer(request, 507, message)
    response.headers["Retry-After"] = "60"
    return response


@exception_view_config(Exception)
def broken(error: Exception, request: Any) -> Response:
    """A defect of ours: the trace goes to the log, the client gets a sentence."""
    log.error("error at %s %s", request.method, request.path, exc_info=error)
    return answer(request, 500, BROKEN)


def includeme(config: Any) -> None:
    """The exception views."""
    config.scan(__name__)
