"""Errors become answers in the dialect of the client: a page, JSON, or a line of text.

The message is in the HTTP reason phrase as well: ``setup.py upload`` shows nothing else.
"""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from pyramid.exceptions import PredicateMismatch, URLDecodeError
from pyramid.httpexceptions import HTTPException, HTTPForbidden, HTTPNotFound
from pyramid.renderers import render
from pyramid.response import Response
from pyramid.view import exception_view_config, forbidden_view_config, notfound_view_config
from transaction.interfaces import TransientError

from mypi.errors import MypiError, NoRoom, NotLoggedIn, TooManyAttempts
from mypi.model.troubles import Trouble, trouble_of
from mypi.services.access import Identity
from mypi.web import negotiate, redirects
from mypi.web.execution import SAFE_METHODS
from mypi.web.frame import missing
from mypi.web.frame.words import scope_in_words
from mypi.web.security import LIMITED, LOG_IN
from mypi.web.watching import REQUEST_ID

log = logging.getLogger(__name__)

MAX_REASON = 200
FOR_THE_KEEPER = (
    "On an open index this is for its keeper alone, with the mypi command on the server. "
    "`mypi user add NAME` there closes the index, and NAME can log in and do it here."
)
BUSY = "The index is busy: others kept changing the same thing. Nothing was stored; try again."
CHALLENGE = 'Basic realm="pypi"'
"""``setup.py register`` knows no other realm (measured), and sends its login to none but this."""

AWAY = "The index's database does not answer. Nothing was stored, or all of it; try again soon."
DAMAGED = "A record of the index's database is missing or damaged; tell the server's keeper."
UNWRITABLE = "The index's database has no room, or takes no changes for now; nothing was stored."
BROKEN = "Something went wrong here. It is in the server's log, as {}; nothing was stored."


class NotAcceptable(MypiError):
    """None of the forms of this page is acceptable to the client."""

    status = 406


def answer(request: Any, status: int, message: str, help: missing.Help | None = None) -> Response:
    """An error response that says ``message`` in the client's dialect; ``help`` is for people."""
    accept = request.environ.get("HTTP_ACCEPT") or ""
    response = Response(status=f"{status} {reason_phrase(message)}")
    if negotiate.is_for_the_api(request.environ):
        response.content_type = "application/problem+json"
        response.body = _problem(status, message)
    elif negotiate.is_browser(accept):
        values = {"status": status, "message": message, "help": help}
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
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    if request.method not in SAFE_METHODS:
        log.info("refused %s %r: %s", request.method, _path(request), response.status)
    return response


def _problem(status: int, message: str) -> bytes:
    """A problem document (RFC 9457)."""
    title = HTTPStatus(status).phrase
    return orjson.dumps(
        {"type": "about:blank", "title": title, "status": status, "detail": message}
    )


def reason_phrase(message: str) -> str:
    """One ASCII line of at most 200 characters; what cannot be sent becomes ``?``."""
    line = " ".join(message.split())
    line = "".join(c if " " <= c <= "~" else "?" for c in line)
    return line if len(line) <= MAX_REASON else line[: MAX_REASON - 3] + "..."


def _path(request: Any) -> str:
    """The path as it was sent: WebOb's own cannot be had when it is not UTF-8."""
    path: str = request.environ.get("PATH_INFO", "")
    return path[:500]


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
    message = f"There is nothing at {request.path[:200]} on this index."
    is_read = negotiate.is_browser(request.environ.get("HTTP_ACCEPT"))
    return answer(request, 404, message, missing.help_of(request) if is_read else None)


@exception_view_config(NotLoggedIn)
def not_logged_in(error: NotLoggedIn, request: Any) -> Response:
    """A login is needed: people get the page for it, tools the challenge they wait for.

    pip and ``setup.py register`` send no credentials before they have seen a 401 (measured).
    """
    accept = request.environ.get("HTTP_ACCEPT")
    logs_in = request.environ.get("HTTP_AUTHORIZATION")
    if negotiate.is_browser(accept) and request.method in SAFE_METHODS and not logs_in:
        return redirects.see_other(request, "/+login?next=" + quote(request.path_qs, ""))
    if logs_in and request.method in SAFE_METHODS:  # answer() logs the others
        log.info("wrong login at %r from=%s", request.environ.get("PATH_INFO"), request.remote_addr)
    response = answer(request, 401, str(error))
    response.headers["WWW-Authenticate"] = CHALLENGE
    return response


@exception_view_config(TooManyAttempts)
def too_many_attempts(error: TooManyAttempts, request: Any) -> Response:
    """Somebody guesses passwords, or mistypes."""
    response = answer(request, 429, str(error))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


@forbidden_view_config()
def forbidden(error: HTTPForbidden, request: Any) -> Response:
    """The policy said no: to a stranger who may log in, or to somebody it knows."""
    access = request.access
    if not access.is_open and not access.identity.name:
        return not_logged_in(NotLoggedIn(LOG_IN), request)
    if not access.identity.name:
        return answer(request, 403, FOR_THE_KEEPER)
    if error.result is LIMITED:
        return answer(request, 403, _limits(access.identity))
    return answer(request, 403, f"{access.identity.name} is not allowed to do that here.")


def _limits(identity: Identity) -> str:
    return (
        f"The limits of this token of {identity.name} do not allow that: it "
        f"{scope_in_words(identity.scope)}. Use another token, or log in."
    )


@exception_view_config(URLDecodeError)
@exception_view_config(UnicodeDecodeError)
def undecodable(error: Exception, request: Any) -> Response:
    """A path or query that is not percent-encoded UTF-8."""
    return answer(request, 400, "The address is not valid: it must be percent-encoded UTF-8.")


@exception_view_config(DeprecationWarning)
def other_charset(error: DeprecationWarning, request: Any) -> Response:
    """WebOb raises this for a form that says to be in another charset than UTF-8."""
    return answer(request, 415, "Content-Type: forms are read as UTF-8 here; leave out charset=.")


@exception_view_config(TransientError)
def busy(error: Exception, request: Any) -> Response:
    """A conflict.  Seen by the client only if it outlasts all retries."""
    if trouble_of(error) is Trouble.AWAY:
        return away(error, request)
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
    if request.method in SAFE_METHODS and trouble_of(error) is not Trouble.NO_ROOM:
        return broken(error, request)
    log.error("disk trouble at %s %r: %s", request.method, _path(request), error)
    return no_room(
        NoRoom("The server's disk has no room or is failing; nothing was stored."), request
    )


@exception_view_config(NoRoom)
def no_room(error: NoRoom, request: Any) -> Response:
    """Nothing can be stored for now."""
    response = answer(request, error.status, str(error))
    response.headers["Retry-After"] = "60"
    return response


@exception_view_config(Exception)
def broken(error: Exception, request: Any) -> Response:
    """A defect of ours: the trace goes to the log, the client gets a sentence.

    Or the database's: it may be back in a moment, be full, or be damaged.
    """
    trouble = trouble_of(error)
    if trouble is Trouble.AWAY:
        return away(error, request)
    if trouble is Trouble.NO_ROOM:
        log.error("the database takes nothing at %s %r: %s", request.method, _path(request), error)
        return no_room(NoRoom(UNWRITABLE), request)
    log.error("error at %s %r", request.method, _path(request), exc_info=error)
    if trouble is Trouble.DAMAGED:
        return answer(request, 500, DAMAGED)
    return answer(request, 500, BROKEN.format(request.environ.get(REQUEST_ID)))


def away(error: Exception, request: Any) -> Response:
    """The server of the database does not answer."""
    why = " ".join(str(error).split())  # PostgreSQL says it in several lines
    log.error("the database is away at %s %r: %s", request.method, _path(request), why)
    response = answer(request, 503, AWAY)
    response.headers["Retry-After"] = "5"
    return response


def includeme(config: Any) -> None:
    """The exception views."""
    config.scan(__name__)
