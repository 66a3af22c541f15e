"""Three questions: does the process live, can it do its work, and how is it."""

import time
from importlib.metadata import version
from typing import Any

import orjson
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from mypi.services import health

OK = "ok"
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
    """200 if it can do its work, else 503 and why not."""
    return _ready(_troubles(request), {})


@_view("whole")
def whole(context: Status, request: Any) -> Response:
    """As ``ready``; administrators are told the figures as well."""
    troubles = _troubles(request)
    if health.UNREADABLE in troubles or not request.access.may_administer():
        return _ready(troubles, {})
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
    return _ready(troubles, said)


def _troubles(request: Any) -> list[str]:
    registry = request.registry
    return health.troubles(registry.database, registry.blob_folder, registry.mypi.min_free)


def _ready(troubles: list[str], more: dict[str, Any]) -> Response:
    if troubles:
        return _answer(503, {"status": TROUBLED, "reasons": troubles, **more})
    return _answer(200, {"status": OK, **more})


def _answer(status: int, said: dict[str, Any]) -> Response:
    response = Response(status=status, content_type="application/json")
    response.body = orjson.dumps(said) + b"\n"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response
