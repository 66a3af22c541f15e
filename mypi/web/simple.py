"""The Simple API door: what installers read (PEP 503, 592, 629, 658, 691, 700, 714, 792).

At ``simple/`` and ``+simple/`` of every index, and at the index's root for all but browsers.
"""

from datetime import UTC, datetime
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.model import Link
from mypi.names import normalise
from mypi.services import lookup
from mypi.services.lookup import Found, Listed
from mypi.web import caching, negotiate
from mypi.web.errors import NotAcceptable
from mypi.web.redirects import to_slash, to_spelling
from mypi.web.resources import (
    IndexRoot,
    OfProject,
    ProjectDoor,
    ReleaseDoor,
    SimpleIndex,
    SimpleProject,
)

API_VERSION = "1.4"

MAX_DEPTH = 8
"""Slashes of an address: each is repeated in every link, and 60,000 would make a gigabyte of it."""

_HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    f'<meta name="pypi:repository-version" content="{API_VERSION}">\n'
)


@view_config(context=SimpleIndex, request_method="GET")
@view_config(context=IndexRoot, request_method="GET", browser=False)
def project_list(context: SimpleIndex, request: Any) -> Response:
    """The list of projects (PEP 503, 691)."""
    if not request.path_info.endswith("/"):
        return to_slash(request)
    media_type = _media_type(request)
    # Below the bare root a project is at ./<name>/ as well: the list is the same at every address.
    stamp = lookup.names_stamp(context.access, context.index)
    response = caching.respond(
        request,
        ("list", stamp),
        _content_type(media_type),
        lambda: _list(lookup.names(context.access, context.index), media_type),
    )
    response.headers["X-PyPI-Last-Serial"] = str(len(context.index.journal))
    return _confine(response)


@view_config(context=SimpleProject, request_method="GET")
@view_config(context=ProjectDoor, request_method="GET", browser=False)
def project_links(context: OfProject, request: Any) -> Response:
    """The files of one project (PEP 503, 691, 700)."""
    if context.__name__ != normalise(context.__name__):
        return to_spelling(request, context.__name__, normalise(context.__name__))
    if not request.path_info.endswith("/"):
        return to_slash(request)
    return _links(request, context.found, context.found.links)


@view_config(context=ReleaseDoor, request_method="GET", browser=False)
def release_links(context: ReleaseDoor, request: Any) -> Response:
    """The files of one release: pip up to 1.5.6 asks for it when a version is pinned."""
    if not request.path_info.endswith("/"):
        return to_slash(request)
    version = context.release.version
    return _links(
        request,
        context.found,
        lambda: (it for it in context.found.links() if it.link.version == version),
        version,
    )


def _links(request: Any, found: Found, links: Any, *key: str) -> Response:
    media_type = _media_type(request)
    depth = request.path_info.count("/") - 1
    if depth > MAX_DEPTH:
        raise Missing("The address has empty parts (//) in it; leave them out.")
    root = "../" * depth + "packages/"
    held_by = tuple(index.name for index, _project in found.sources)
    render = _json if media_type == negotiate.JSON else _html
    response = caching.respond(
        request,
        ("links", root, held_by, *key, found.stamp),
        _content_type(media_type),
        lambda: render(found, [_file(listed, found, root) for listed in links()]),
    )
    return _confine(response)


class Offered(NamedTuple):
    """A file, and its address relative to the page."""

    filename: str
    address: str
    link: Link


def _file(listed: Listed, found: Found, root: str) -> Offered:
    where = f"{root}{listed.held_by}/{normalise(found.project.name)}/"
    return Offered(listed.filename, where + quote(listed.filename), listed.link)


def _media_type(request: Any) -> str:
    wanted = request.GET.get("format")
    media_type = (
        negotiate.format_type(wanted)
        if wanted
        else negotiate.simple_type(request.environ.get("HTTP_ACCEPT"))
    )
    if media_type is None:
        raise NotAcceptable(
            "This page comes as " + ", ".join((negotiate.JSON, negotiate.HTML, negotiate.TEXT_HTML))
        )
    return media_type


def _content_type(media_type: str) -> str:
    return media_type if media_type == negotiate.JSON else media_type + "; charset=utf-8"


def _confine(response: Response) -> Response:
    """Nothing on these pages is ever run; a person may still save a file from them."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; sandbox allow-downloads; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _list(names: list[str], media_type: str) -> bytes:
    if media_type == negotiate.JSON:
        return orjson.dumps(
            {"meta": {"api-version": API_VERSION}, "projects": [{"name": name} for name in names]}
        )
    anchors = "".join(f'<a href="{name}/">{name}</a><br>\n' for name in names)
    return (
        f"{_HEAD}<title>Simple index</title>\n</head>\n<body>\n{anchors}</body>\n</html>\n".encode()
    )


def _json(found: Found, files: list[Offered]) -> bytes:
    status = {"status": found.project.status}
    if found.project.status_reason:
        status["reason"] = found.project.status_reason
    any_signed = any(file.link.signed for file in files)
    return orjson.dumps(
        {
            "meta": {"api-version": API_VERSION},
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
    return file


def _html(found: Found, files: list[Offered]) -> bytes:
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
    href = f"{offered.address}#sha256={link.sha256}"
    return f'<a href="{href}"{attributes}>{escape(offered.filename)}</a><br>\n'


def upload_time(seconds: float) -> str:
    """RFC 3339 with microseconds, UTC, as PEP 700 wants it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def includeme(config: Any) -> None:
    """The Simple API door."""
    config.scan(__name__)
