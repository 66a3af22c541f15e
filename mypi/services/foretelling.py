"""Tell what would become of an upload before its bytes travel: by its name and size alone."""

from dataclasses import dataclass

from mypi import filenames
from mypi.errors import MypiError, Refused
from mypi.model import Index, Link
from mypi.services import acceptance
from mypi.services.acceptance import Arrival
from mypi.services.access import Access
from mypi.services.publish import check_open, taken

NEW, EXISTS, REPLACES, FORBIDDEN, REFUSED = "new", "exists", "replaces", "forbidden", "refused"


@dataclass(frozen=True)
class Foretold:
    """``verdict`` is one of the words above; ``message`` the sentence that an upload would get.

    ``project`` (normal name) and ``version`` are what the file name says.  The bytes may still be
    refused for what is in them.
    """

    verdict: str
    message: str
    project: str = ""
    version: str = ""


def foretell(
    access: Access, index: Index, filename: str, size: int, sha256: str, max_upload: int
) -> Foretold:
    """What would become of ``filename`` with ``size`` bytes, of which 0 stands for any number.

    Nothing is said of what is there to who may not upload.  ``sha256`` (hex) may be empty.
    """
    if not access.may("upload", index):
        return _forbidden(index, in_scope=access.in_scope("upload", index))
    try:
        name = filenames.parse(filename)
    except Refused as error:
        return Foretold(REFUSED, str(error))
    project, version = name.project, str(name.version)
    held = index.project(project)
    in_scope = access.identity.scope.allows("upload", index.name, project)
    if not in_scope or not access.may("upload", index, held):
        return _forbidden(index, project, version, in_scope=in_scope)
    stored = held.links.get(filename) if held is not None else None
    existing = Link(*stored) if stored is not None else None
    if existing is not None and not index.policy.volatile:
        return Foretold(EXISTS, _clash(index, filename, sha256, existing), project, version)
    if size > max_upload:
        message = f"{filename}: larger than {max_upload} bytes, the limit here."
        return Foretold(REFUSED, message, project, version)
    replaces = existing.size if existing is not None else 0
    arrival = Arrival(filename, name.kind, size, sha256, {}, "", replaces=replaces)
    try:
        acceptance.check_unread(index, arrival)
        if held is not None:
            check_open(held)
    except MypiError as error:
        return Foretold(REFUSED, str(error), project, version)
    if existing is not None:
        message = f"{filename} is here already and would be replaced."
        return Foretold(REPLACES, message, project, version)
    return Foretold(NEW, f"{filename} would be new in {index.name}.", project, version)


def _forbidden(index: Index, project: str = "", version: str = "", *, in_scope: bool) -> Foretold:
    what = f"upload {project} to" if project else "upload to"
    who = "You may not" if in_scope else "The limits of this token do not let it"
    return Foretold(FORBIDDEN, f"{who} {what} the index {index.name}.", project, version)


def _clash(index: Index, filename: str, sha256: str, existing: Link) -> str:
    if not sha256:
        return (
            f"{filename} is here already. The same bytes again change nothing, others are refused: "
            f"files of the index {index.name} never change. Raise the version for what is new."
        )
    if sha256.lower() == existing.sha256:
        return f"{filename} is here already, byte for byte; nothing would change."
    return str(taken(index, filename))


def most(index: Index, max_upload: int) -> int:
    """Bytes of the largest file that the index takes; ``max_upload`` is the site's limit."""
    return min(max_upload, index.policy.max_file or max_upload)
