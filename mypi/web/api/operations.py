"""The table of operations: all that the API does, each declared once beside its handler.

The views, the OpenAPI document and the reference page are made from this table.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from mypi.web.api import wire
from mypi.web.api.resources import ApiDoor
from mypi.web.errors import answer

log = logging.getLogger(__name__)

ANYBODY = ""
"""The permission of operations that show no more than who asks may see, or judge for themselves."""

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked of the API: a method of a doorway, or of a word below it.

    ``body``, ``query`` and ``answer`` are Structs.  The handler is called with the doorway, the
    request and, if the operation has one, its body or its query; it returns an ``answer``.
    """

    method: str
    door: type[ApiDoor]
    word: str
    permission: str
    answer: type[Any]
    body: type[Any]
    query: type[Any]
    status: int
    summary: str
    handler: Callable[..., Any]

    @property
    def path(self) -> str:
        """The address below ``/+api/v1``, with the names of its parts in braces."""
        return f"{self.door.path}/{self.word}" if self.word else self.door.path or "/"

    @property
    def subject(self) -> str:
        """What it is about: the name of the module it is declared in."""
        return self.handler.__module__.rpartition(".")[2]

    def __call__(self, context: ApiDoor, request: Any) -> Response:
        """The Pyramid view."""
        if request.subpath:
            raise HTTPNotFound
        query = wire.query(request, self.query)
        values: list[Any] = [] if self.query is wire.Nothing else [query]
        if self.method != "GET":
            body = wire.body(request, self.body)
            values += [] if self.body is wire.Nothing else [body]
            _log_when_done(request)
        return wire.response(self.handler(context, request, *values), self.status)


OPERATIONS: list[Operation] = []
"""Filled as the modules with the handlers are imported, see ``mypi.web.api``."""


def operation(
    method: str,
    door: type[ApiDoor],
    word: str = "",
    *,
    permission: str,
    answer: type[Any],
    body: type[Any] = wire.Nothing,
    query: type[Any] = wire.Nothing,
    status: int = 200,
    summary: str,
) -> Callable[[Handler], Handler]:
    """Declare the decorated function as the handler of an operation."""

    def declare(handler: Handler) -> Handler:
        it = Operation(
            method, door, word, permission, answer, body, query, status, summary, handler
        )
        OPERATIONS.append(it)
        return handler

    return declare


def add_views(config: Any) -> None:
    """Register the view of each operation; other methods of its address are answered 405.

    From the table and not by a scan: what is served and what is described cannot differ.
    """
    methods: dict[tuple[type[ApiDoor], str], list[str]] = {}
    for it in OPERATIONS:
        methods.setdefault((it.door, it.word), []).append(it.method)
        config.add_view(
            it,
            context=it.door,
            name=it.word,
            request_method=it.method,
            permission=it.permission or NO_PERMISSION_REQUIRED,
        )
    for (door, word), known in methods.items():
        config.add_view(
            _not_taken([*known, "HEAD"] if "GET" in known else known),
            context=door,
            name=word,
            permission=NO_PERMISSION_REQUIRED,
        )


def _log_when_done(request: Any) -> None:
    """One line for each change, once it is true; bodies may hold passwords and are not logged."""
    who = request.access.identity.name or "nobody"
    line = f"done {request.method} {request.path[:500]} by={who} from={request.remote_addr}"

    def hook(committed: bool) -> None:
        if committed:
            log.info(line)

    request.tm.get().addAfterCommitHook(hook)


def _not_taken(methods: list[str]) -> Callable[[Any, Any], Response]:
    allowed = ", ".join(sorted(methods))

    def not_taken(context: ApiDoor, request: Any) -> Response:
        if request.subpath:
            raise HTTPNotFound
        response = answer(request, 405, f"This address takes {allowed}, not {request.method}.")
        response.headers["Allow"] = allowed
        return response

    return not_taken
