"""Imports: what an index has already, so that nothing is sent twice."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.services import foretelling
from mypi.services.importing import batch
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex
from mypi.web.api.wire import Answer, Asked, Size

MOST = 1000


class Files(Asked):
    """Files that somebody has."""

    filenames: Annotated[list[str], Meta(max_length=MOST, description=f"{MOST} at most.")]


class Here(Answer):
    """Those that are here."""

    files: Annotated[dict[str, str], Meta(description="File name: SHA-256, in hex.")]
    max_upload: Annotated[Size, Meta(description="Bytes of the largest file that is taken.")]


@operation(
    "POST",
    ApiIndex,
    "here",
    permission="administer",
    body=Files,
    answer=Here,
    summary="Tell which of many files an index has.",
)
def here(context: ApiIndex, request: Any, body: Files) -> Here:
    """Only the index's own files count, not those of its bases."""
    most = foretelling.most(context.index, request.registry.mypi.max_upload)
    return Here(batch.here(context.index, body.filenames), most)
