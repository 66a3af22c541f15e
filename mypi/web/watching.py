"""Around every request: an id, what it cost, and a line in the log when it was slow."""

import logging
import os
import re
import time
from collections.abc import Callable
from typing import Any

from mypi.logs import REQUEST

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
REQUEST_ID = "mypi.request_id"
"""Environ key of the id that the answer and the log have."""
DOOR = "mypi.door"
"""Environ key: which part of the site answered."""
LONG = "mypi.long"
"""Environ key: it takes long on purpose, so it is not told as slow."""
NOWHERE = "none"
"""The door of what no view answered."""

_FROM_PROXY = "mypi.from_proxy"  # mypi.server.proxies: through a proxy that is believed
_BELIEVED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)

Policy = Callable[[dict[str, Any], Any], Any]


def watched(policy: Policy) -> Policy:
    """An execution policy that does what ``policy`` does, and counts it."""

    def run(environ: dict[str, Any], router: Any) -> Any:
        began = time.perf_counter()
        registry = router.registry
        registry.loads.take()
        number = environ[REQUEST_ID] = id_of(environ)
        token = REQUEST.set(number)
        status, sent = 500, 0
        try:
            response = policy(environ, router)
            status, sent = response.status_int, response.content_length or 0
            response.headers[HEADER] = number
            return response
        finally:
            seconds = time.perf_counter() - began
            loads, retries = registry.loads.take(), environ.get("retry.attempt", 0)
            door = environ.get(DOOR, NOWHERE)
            registry.meters.answered(
                door,
                status,
                seconds,
                received=_length(environ),
                sent=sent,
                loads=loads,
                retries=retries,
            )
            is_slow = 0 < registry.mypi.slow <= seconds and LONG not in environ
            if is_slow:
                registry.meters.was_slow()
            if is_slow or log.isEnabledFor(logging.DEBUG):
                _tell(environ, status, seconds, loads, retries, is_slow)
            REQUEST.reset(token)

    return run


def id_of(environ: dict[str, Any]) -> str:
    """The id that a trusted proxy gave the request, or a new one of 16 digits."""
    given: str = environ.get("HTTP_X_REQUEST_ID", "")
    if given and environ.get(_FROM_PROXY) and _BELIEVED.fullmatch(given):
        return given
    return os.urandom(8).hex()


def takes_long(request: Any) -> None:
    """The request is one of those that work a while on purpose: a backup, packing, a check."""
    request.environ[LONG] = True


def names_door(view: Any, info: Any) -> Any:
    """A view deriver: what answers says which door it belongs to."""
    module = getattr(info.original_view, "__module__", "")
    parts = module.split(".")
    if parts[:2] != ["mypi", "web"] or len(parts) < 3 or parts[2] == "errors":
        return view
    door = parts[2]

    def named(context: Any, request: Any) -> Any:
        request.environ[DOOR] = door
        return view(context, request)

    return named


def includeme(config: Any) -> None:
    """Every view tells its door."""
    config.add_view_deriver(names_door, name="names_door")


def _length(environ: dict[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0


def _tell(
    environ: dict[str, Any], status: int, seconds: float, loads: int, retries: int, is_slow: bool
) -> None:
    """Without the query: it may hold what was typed, and tokens."""
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    log.log(
        logging.WARNING if is_slow else logging.DEBUG,
        "%s%s %r %d took %.4f s, %d objects loaded, %d retries",
        "slow: " if is_slow else "",
        method,
        path[:500],
        status,
        seconds,
        loads,
        retries,
        extra={"fields": {"seconds": round(seconds, 3), "loads": loads, "retries": retries}},
    )
