"""The pages that installers read (PEP 503, 691): lists and projects, in both forms, as bytes."""

from datetime import UTC, datetime
from html import escape
from typing import Any, NamedTuple

import orjson

from mypi.model import Link
from mypi.names import normalise
from mypi.services.lookup import Found

API_VERSION = "1.4"

_HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    f'<meta name="pypi:repository-version" content="{API_VERSION}">\n'
)


class Offered(NamedTuple):
    """A file, its address relative to the page, and the URL of its provenance, if it has any."""

    filename: str
    address: str
    link: Link
    provenance: str = ""


def json_list(known: dict[str, int], last: int) -> bytes:
    """The list of projects, with the serial of each (normal name -> serial)."""
    return orjson.dumps(
        {
            "meta": {"api-version": API_VERSION, "_last-serial": last},
            "projects": [{"name": name, "_last-serial": known[name]} for name in known],
        }
    )


def html_list(names: list[str]) -> bytes:
    """The list of projects."""
    anchors = "".join(f'<a href="{name}/">{name}</a><br>\n' for name in names)
    return (
        f"{_HEAD}<title>Simple index</title>\n</head>\n<body>\n{anchors}</body>\n</html>\n".encode()
    )


def json(found: Found, files: list[Offered], serial: int) -> bytes:
    """The page of a project, or of a release of it; ``serial`` is 0 when it is not known."""
    status = {"status": found.project.status}
    if found.project.status_reason:
        status["reason"] = found.project.status_reason
    any_signed = any(file.link.signed for file in files)
    meta: dict[str, Any] = {"api-version": API_VERSION}
    if serial:
        meta["_last-serial"] = serial
    return orjson.dumps(
        {
            "meta": meta,
            "name": normalise(found.project.name),
            "project-status": status,
            "versions": list(dict.fromkeys(file.link.version for file in files)),
            "files": [_json_file(file, any_signed) for file in files],
        }
    )


def _json_file(offered: Offered, any_signed: bool) -> dict[str, Any]:
    link = offered.link
    file: dict[str, Any] = {
        "filename": offered.filename,
        "url": offered.address,
        "hashes": {"sha256": link.sha256},
        "size": link.size,
        "upload-time": upload_time(link.uploaded),
        "yanked": False if link.yanked is None else link.yanked or True,
    }
    if link.requires_python:
        file["requires-python"] = link.requires_python
    if link.metadata_sha256:
        # Not "dist-info-metadata": pip 22.3 and 23.0 crash on that key in JSON (PEP 714).
        file["core-metadata"] = {"sha256": link.metadata_sha256}
    if any_signed:
        file["gpg-sig"] = link.signed
    if offered.provenance:
        file["provenance"] = offered.provenance
    return file


def html(found: Found, files: list[Offered]) -> bytes:
    """The page of a project, or of a release of it."""
    name = escape(found.project.name)
    head = f'<meta name="pypi:project-status" content="{found.project.status}">\n'
    if found.project.status_reason:
        reason = escape(found.project.status_reason)
        head += f'<meta name="pypi:project-status-reason" content="{reason}">\n'
    any_signed = any(file.link.signed for file in files)
    anchors = "".join(_anchor(file, any_signed) for file in files)
    return (
        f"{_HEAD}{head}<title>Links for {name}</title>\n</head>\n<body>\n"
        f"<h1>Links for {name}</h1>\n{anchors}</body>\n</html>\n"
    ).encode()


def _anchor(offered: Offered, any_signed: bool) -> str:
    link = offered.link
    attributes = ""
    if link.requires_python:
        attributes += f' data-requires-python="{escape(link.requires_python)}"'
    if link.metadata_sha256:
        digest = f"sha256={link.metadata_sha256}"
        attributes += f' data-core-metadata="{digest}" data-dist-info-metadata="{digest}"'
    if link.yanked is not None:
        attributes += f' data-yanked="{escape(link.yanked)}"'
    if any_signed:
        attributes += f' data-gpg-sig="{"true" if link.signed else "false"}"'
    if offered.provenance:
        attributes += f' data-provenance="{escape(offered.provenance)}"'
    href = f"{offered.address}#sha256={link.sha256}"
    return f'<a href="{href}"{attributes}>{escape(offered.filename)}</a><br>\n'


def upload_time(seconds: float) -> str:
    """RFC 3339 with microseconds, UTC, as PEP 700 wants it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
