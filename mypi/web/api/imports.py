"""Imports: what an index has already, so that nothing is sent twice."""

from typing import Annotated, Any

from msgspec import Meta

from mypi.services.importing import batch
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex
from mypi.web.api.wire import Answer, Asked

MOST = 1000


class Files(Asked):
    """Files that somebody has."""

    filenames: Annotated[list[str], Meta(max_length=MOST, description=f"{MOST} at most.")]


class Here(Answer):
    """Those that are here."""

    files: Annotated[dict[str, str], Meta(description="File name: SHA-256, in hex.")]


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
    return Here(batch.here(context.index, body.filenames))
