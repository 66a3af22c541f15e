"""What the JSON API tells of a file.

All of it, from the file's records; or, of a project with very many files, what its links know: each
file costs four loads, and 10,000 files would cost seconds.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mypi.errors import Refused
from mypi.filenames import parse
from mypi.names import normalise
from mypi.services.lookup import Found, Listed
from mypi.web.frame import outward
from mypi.web.frame.addresses import Addresses

MAX_WHOLE = 500
"""Files; a project that has more is told without what takes a look at each file."""

UNKNOWN = -1
"""Downloads: what the public index says since it has ceased to count them here."""

Told = dict[str, Any]


def told(here: Addresses, found: Found, them: Iterable[Listed], *, whole: bool) -> list[Told]:
    """The entries of files, in their order; ``whole``: with all that their records know."""
    return [_entry(here, found, it) | (_records if whole else _name)(found, it) for it in them]


def _entry(here: Addresses, found: Found, listed: Listed) -> Told:
    link = listed.link
    when = datetime.fromtimestamp(link.uploaded, UTC)
    path = here.file(listed.held_by, normalise(found.project.name), listed.filename)
    return {
        "core-metadata": {"sha256": link.metadata_sha256} if link.metadata_sha256 else False,
        "digests": {"sha256": link.sha256},
        "downloads": UNKNOWN,
        "filename": listed.filename,
        "has_sig": link.signed,
        "requires_python": link.requires_python or None,
        "size": link.size,
        "upload_time": when.strftime("%Y-%m-%dT%H:%M:%S"),
        "upload_time_iso_8601": when.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "url": outward.url(here, path),
        "yanked": link.yanked is not None,
        "yanked_reason": link.yanked or None,
    }


def _records(found: Found, listed: Listed) -> Told:
    (project,) = (it for index, it in found.sources if index.name == listed.held_by)
    file = project.file(listed.filename)
    assert file is not None, "links are derived from files"
    artifact = file.artifact
    return {
        "comment_text": file.comment,
        "digests": {
            "blake2b_256": artifact.blake2_256,
            "md5": artifact.md5,
            "sha256": artifact.sha256,
        },
        "md5_digest": artifact.md5,
        "packagetype": file.kind,
        "python_version": file.python_tag,
    }


def _name(found: Found, listed: Listed) -> Told:
    """What the file's name tells."""
    try:
        said = parse(listed.filename, found.project.name)
        kind, python = said.kind, said.python_tag
    except Refused:  # only an import can bring such a one
        kind, python = "sdist", "source"
    return {
        "comment_text": "",
        "md5_digest": None,
        "packagetype": kind,
        "python_version": python,
    }
