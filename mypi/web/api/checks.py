"""Uploads, before they are sent: what would become of a file."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.services import foretelling
from mypi.web.api.operations import ANYBODY, operation
from mypi.web.api.resources import ApiIndex
from mypi.web.api.wire import Answer, Asked, Size


class CheckQuery(Asked):
    """The file that is to be uploaded."""

    filename: Annotated[str, Meta(description="Its name, without folders.")]
    size: Annotated[int, Meta(ge=0, le=2**62, description="Its bytes; 0: not known.")] = 0
    sha256: Annotated[str, Meta(max_length=64, description="Its digest, in hex, if known.")] = ""


class CheckAnswer(Answer):
    """What would become of it; its content may still be refused."""

    verdict: Annotated[str, Meta(description="new, exists, replaces, forbidden or refused.")]
    message: Annotated[str, Meta(description="The sentence that an upload would get.")]
    project: Annotated[str, Meta(description="The project that the name says; may be empty.")]
    version: str
    max_upload: Annotated[Size, Meta(description="Bytes of the largest file that is taken.")]


@operation(
    "GET",
    ApiIndex,
    "check",
    permission=ANYBODY,
    query=CheckQuery,
    answer=CheckAnswer,
    summary="Tell what would become of an upload.",
)
def check(context: ApiIndex, request: Any, query: CheckQuery) -> CheckAnswer:
    """Judge a file by its name and size, before its bytes travel.  Nothing is kept or changed."""
    limit = request.registry.mypi.max_upload
    told = foretelling.foretell(
        context.access, context.index, query.filename, query.size, query.sha256, limit
    )
    most = foretelling.most(context.index, limit)
    return CheckAnswer(told.verdict, told.message, told.project, told.version, most)
