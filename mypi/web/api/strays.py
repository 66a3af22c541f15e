"""Files among the archives that nothing can reach: told, and removed."""

import time
from typing import Annotated, Any

from msgspec import Meta

from mypi.model import strays
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiSite
from mypi.web.api.wire import Answer, Asked, Size
from mypi.web.watching import takes_long

SECONDS = 2.0
"""A request looks at folders for so long; then the client asks for the next ones."""


class Going(Asked):
    """Where to go on."""

    after: Annotated[str, Meta(description="Folders after this one; begin without it.")] = ""


class Stray(Answer):
    """A file, by its path in the folder of the archives."""

    path: str
    size: Size
    removed: bool


class Strays(Answer):
    """What was found; ask again with ``after`` = ``next``."""

    strays: list[Stray]
    next: str


@operation(
    "GET",
    ApiSite,
    "strays",
    permission="administer",
    query=Going,
    answer=Strays,
    summary="Say which files among the archives nothing can reach.",
)
def show_strays(context: ApiSite, request: Any, query: Going) -> Strays:
    """Files that no transaction knows; what packing frees is not among them.

    Looks for about two seconds; ``next`` is where to go on, empty at the end.  None on PostgreSQL,
    which keeps the archives itself.
    """
    return _look(request, query.after, is_to_go=False)


@operation(
    "POST",
    ApiSite,
    "strays",
    permission="administer",
    body=Going,
    answer=Strays,
    summary="Remove the files among the archives that nothing can reach.",
)
def remove_strays(context: ApiSite, request: Any, body: Going) -> Strays:
    """The same, and remove them."""
    return _look(request, body.after, is_to_go=True)


def _look(request: Any, after: str, *, is_to_go: bool) -> Strays:
    takes_long(request)
    storage = request.registry.database.storage
    found: list[Stray] = []
    deadline = time.monotonic() + SECONDS
    for folder, paths in strays.places(storage, after):
        found += [Stray(it, strays.size(storage, it), is_to_go) for it in paths]
        if is_to_go:
            for path in paths:
                strays.remove(storage, path)
        if time.monotonic() > deadline:
            return Strays(found, folder)
    return Strays(found, "")
