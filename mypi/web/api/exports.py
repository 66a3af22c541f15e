"""Exports, and reading them back: for the operator alone, whose disk they are on."""

from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta
from pyramid.httpexceptions import HTTPForbidden

from mypi.services.access import THE_OPERATOR
from mypi.services.exporting import neutral, static, stepping
from mypi.services.exporting.stepping import Kind
from mypi.services.importing import neutral as importing
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiSite
from mypi.web.api.wire import Answer, Asked, Size
from mypi.web.watching import takes_long

SECONDS = 2.0
"""A request exports for so long; then the client asks for more."""


class Export(Asked):
    """Where to, and where to go on."""

    folder: Annotated[str, Meta(description="A folder on the server's machine.", max_length=4096)]
    deep: Annotated[bool, Meta(description="Hash the files that are there already.")] = False
    until: Annotated[str, Meta(description="That of the first answer; begin without it.")] = ""
    after: Annotated[str, Meta(description="``next`` of the last answer.")] = ""


class NeutralExport(Export):
    """The same for the neutral format."""

    secrets: Annotated[
        bool, Meta(description="With password hashes, tokens and secrets of webhooks.")
    ] = False


class StaticExport(Export):
    """The same for static pages."""

    indexes: Annotated[list[str], Meta(description="Of these indexes; else the default one.")] = []
    url: Annotated[
        str, Meta(description="Where the tree will be; attestations need it.", max_length=2000)
    ] = ""


class NotExported(Answer):
    """A file that is not in the export as it ought to be; ``where`` is its path there."""

    where: str
    what: str


class ExportAnswer(Answer):
    """What this request did; ask again with ``after`` = ``next`` until that is empty."""

    parts: Annotated[int, Meta(description="Projects, things in the trash, and the like.")]
    files: Annotated[int, Meta(description="Archives that were written.")]
    bytes: Size
    removed: Annotated[int, Meta(description="What is not in the index any more.")]
    problems: list[NotExported]
    until: Annotated[str, Meta(description="The transaction that the export shows.")]
    next: str


@operation(
    "POST",
    ApiSite,
    "export",
    permission="administer",
    body=NeutralExport,
    answer=ExportAnswer,
    summary="Write everything to the server's disk, in the neutral format.",
)
def export_folder(context: ApiSite, request: Any, body: NeutralExport) -> ExportAnswer:
    """Write what the folder lacks, for about two seconds, while the index goes on serving.

    For ``mypi export folder`` on the machine of the index: an admin from elsewhere gets 403.
    """
    return _step(context, request, body, neutral.kind(secrets=body.secrets))


@operation(
    "POST",
    ApiSite,
    "export-static",
    permission="administer",
    body=StaticExport,
    answer=ExportAnswer,
    summary="Write pages for installers to the server's disk.",
)
def export_static(context: ApiSite, request: Any, body: StaticExport) -> ExportAnswer:
    """Write what the folder lacks, for about two seconds, while the index goes on serving.

    For ``mypi export static`` on the machine of the index: an admin from elsewhere gets 403.
    """
    default = request.registry.mypi.default_index
    names = body.indexes or [default]
    return _step(context, request, body, static.kind(names, default=default, url=body.url))


class Import(Asked):
    """Where from."""

    folder: Annotated[str, Meta(description="A folder on the server's machine.", max_length=4096)]


class ImportAnswer(Answer):
    """What this request did; ask again until it is ``finished``."""

    done: Annotated[int, Meta(description="Projects, and things in the trash, from the beginning.")]
    files: Annotated[int, Meta(description="Archives that came with this request.")]
    bytes: Size
    problems: Annotated[list[NotExported], Meta(description="Of the whole import, at its end.")]
    finished: bool


@operation(
    "POST",
    ApiSite,
    "import-all",
    permission="administer",
    body=Import,
    answer=ImportAnswer,
    summary="Read an export on the server's disk into a new mypi.",
)
def import_all(context: ApiSite, request: Any, body: Import) -> ImportAnswer:
    """Bring in what the neutral format tells of, for about two seconds.

    All of it shows at once, when it is whole.  Only where nobody has done anything yet.
    For ``mypi import all`` on the machine of the index: an admin from elsewhere gets 403.
    """
    if context.access.identity != THE_OPERATOR:
        raise HTTPForbidden
    takes_long(request)
    registry = request.registry
    done = importing.step(
        registry.database,
        Path(body.folder),
        default=registry.mypi.default_index,
        spool_folder=registry.spool_folder,
        demand=registry.room.demand,
        seconds=SECONDS,
    )
    problems = [NotExported(it.where, it.what) for it in done.problems]
    return ImportAnswer(**{**done._asdict(), "problems": problems})


def _step(context: ApiSite, request: Any, body: Export, kind: Kind) -> ExportAnswer:
    if context.access.identity != THE_OPERATOR:
        raise HTTPForbidden
    takes_long(request)
    database = request.registry.database
    done = stepping.step(
        database,
        Path(body.folder),
        kind,
        until=body.until or stepping.newest(database),
        after=body.after,
        seconds=SECONDS,
        deep=body.deep,
    )
    problems = [NotExported(it.where, it.what) for it in done.problems]
    return ExportAnswer(**{**done._asdict(), "problems": problems})
