"""Backups: for the operator alone, who has the machine's disk anyway."""

from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta
from pyramid.httpexceptions import HTTPForbidden

from mypi.services import backup as service
from mypi.services import maintenance
from mypi.services.access import THE_OPERATOR
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiSite
from mypi.web.api.wire import Answer, Asked, Size
from mypi.web.watching import takes_long

SECONDS = 2.0
"""A request copies for so long; then the client asks for more."""


class Backup(Asked):
    """Where to."""

    folder: Annotated[str, Meta(description="A folder on the server's machine.", max_length=4096)]
    until: Annotated[str, Meta(description="That of the first answer; begin without it.")] = ""


class BackedUp(Answer):
    """What this request copied; ask again while there is ``more``."""

    transactions: int
    archives: int
    bytes: Size
    until: Annotated[str, Meta(description="The transaction that the backup will end with.")]
    more: bool


@operation(
    "POST",
    ApiSite,
    "backup",
    permission="administer",
    body=Backup,
    answer=BackedUp,
    summary="Bring a backup on the server's disk up to date.",
)
def back_up(context: ApiSite, request: Any, body: Backup) -> BackedUp:
    """Copy what the folder lacks, for about two seconds, while the index goes on serving.

    For ``mypi backup`` on the machine of the index: an admin from elsewhere gets 403.
    """
    if context.access.identity != THE_OPERATOR:
        raise HTTPForbidden
    takes_long(request)
    database = request.registry.database
    until = body.until or service.newest(database)
    copied = service.step(database, Path(body.folder), SECONDS, until)
    if not copied.more:
        maintenance.note(Path(request.registry.mypi.data), maintenance.BACKUP)
    return BackedUp(copied.transactions, copied.blobs, copied.bytes, until, copied.more)
