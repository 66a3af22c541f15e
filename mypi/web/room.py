"""Refuse what would be stored while there is no room for it, before its body is read.

The web server does so for large bodies as they come (``mypi.server.parser``); here it is done under
any other one as well, and whatever the size: on a full disk, many small uploads end in a torn one.
"""

from collections.abc import Callable
from typing import Any

from mypi.errors import NoRoom
from mypi.web.errors import no_room
from mypi.web.execution import SAFE_METHODS

SMALL = 2**16
"""Bytes below which a body that is no upload is taken: forms with which people make room."""

TIMES = 2
"""An upload's bytes are there twice for a moment: as they came, and as they are kept."""


def room_tween(handler: Callable[[Any], Any], registry: Any) -> Callable[[Any], Any]:
    """A tween that answers 507 to an upload that the disk should not take."""

    def tween(request: Any) -> Any:
        if request.method not in SAFE_METHODS and stores(request):
            try:
                registry.room.demand(TIMES * (request.content_length or 0))
            except NoRoom as error:
                return no_room(error, request)
        return handler(request)

    return tween


def stores(request: Any) -> bool:
    """Whether a request brings archives: only uploads come as multipart forms, or are large."""
    environ = request.environ
    if environ.get("CONTENT_TYPE", "").lower().startswith("multipart/"):
        return True
    return bool(environ.get("HTTP_TRANSFER_ENCODING")) or (request.content_length or 0) > SMALL
