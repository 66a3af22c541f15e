"""Three questions: does the process live, can it do its work, and how is it."""

import time
from importlib.metadata import version
from typing import Any

import orjson
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from mypi.services import health
from mypi.services.health import Health

OK = "ok"
READ_ONLY = "read-only"
TROUBLED = "troubled"


class Status:
    """What the views are of; needs no database."""

    def __init__(self, request: Any) -> None:
        pass


def _view(name: str) -> Any:
    def decorate(view: Any) -> Any:
        for word in ("status", "health"):
            view = view_config(
                route_name=f"{word} {name}",
                request_method="GET",
                permission=NO_PERMISSION_REQUIRED,
            )(view)
        return view

    return decorate


@_view("live")
def live(context: Status, request: Any) -> Response:
    """The process answers; nothing else is looked at."""
    return _answer(200, {"status": OK})


@_view("ready")
def ready(context: Status, request: Any) -> Response:
    """200 if it can answer who reads, else 503 and why not.

    A server whose disk is full is not taken out of service: others may well have the same one.
    """
    found = _examined(request)
    return _answer(503 if found.reading else 200, _said(found))


@_view("whole")
def whole(context: Status, request: Any) -> Response:
    """503 if anything is the matter; administrators are told the figures as well."""
    found = _examined(request)
    status = 503 if found.reading or found.publishing else 200
    if found.reading or not request.access.may_administer():
        return _answer(status, _said(found))
    registry = request.registry
    said = {
        "version": version("mypi"),
        "open": request.access.is_open,
        "uptime": int(time.monotonic() - registry.started),
        "background": registry.background.is_running,
        "disk": {
            "free": health.free_bytes(registry.blob_folder),
            "min_free": registry.mypi.min_free,
        },
        **health.figures(request.access.site),
    }
    return _answer(status, _said(found) | said)


def _examined(request: Any) -> Health:
    return health.examine(request.registry.database, request.registry.room)


def _said(found: Health) -> dict[str, Any]:
    if found.reading:
        return {"status": TROUBLED, "reasons": [*found.reading, *found.publishing]}
    if found.publishing:
        return {"status": READ_ONLY, "reasons": found.publishing}
    return {"status": OK}


def _answer(status: int, said: dict[str, Any]) -> Response:
    response = Response(status=status, content_type="application/json")
    response.body = orjson.dumps(said) + b"\n"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response
