"""The views: a file, what is inside it, one member of it."""

from datetime import date
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.services import contents
from mypi.services.stamps import stamp_of
from mypi.web import redirects
from mypi.web.archive import about, folder, member
from mypi.web.frame import addresses, kept
from mypi.web.frame.addresses import Addresses
from mypi.web.resources import FilePage, ReleaseDoor


@view_config(context=FilePage, request_method="GET", browser=True)
def file_page(context: FilePage, request: Any) -> Response:
    """The page about a file."""
    here = addresses.of(context, request)
    address = here.file_page(
        context.found.project.name, context.release.version, context.listed.filename
    )
    if not request.path_info.endswith(f"/{context.release.version}/{context.listed.filename}"):
        return redirects.to_path(request, address.removeprefix(addresses.root(request)))
    file = context.file
    key = (
        file.filename,
        context.listed.held_by,
        *context.found.stamp,
        *stamp_of(file, context.release),
    )
    keep = request.registry.bodies.get
    return kept.page(
        request,
        context,
        "file",
        key,
        lambda here, today: about.values(context, here, today, keep),
    )


@view_config(context=FilePage, request_method="GET", browser=False)
def file_itself(context: FilePage, request: Any) -> Response:
    """A tool that asks for the page about a file is sent to the file."""
    here = addresses.of(context, request)
    address = here.file(context.listed.held_by, context.found.project.name, context.listed.filename)
    response = redirects.see_other(request, address.removeprefix(addresses.root(request)))
    response.headers["Vary"] = "Accept"
    return response


@view_config(context=ReleaseDoor, name="+contents", request_method="GET")
def release_contents(context: ReleaseDoor, request: Any) -> Response:
    """The short cut: what is inside the source archive, else inside a wheel."""
    here = addresses.of(context, request)
    filename = folder.telling(
        it.filename for it in context.found.links() if it.link.version == context.release.version
    )
    if not filename or request.subpath:
        raise Missing(f"{context.release.version} has no archive that can be looked into.")
    address = here.contents(context.found.project.name, context.release.version, filename)
    return redirects.see_other(request, address.removeprefix(addresses.root(request)))


@view_config(context=FilePage, name="+contents", request_method="GET")
def inside(context: FilePage, request: Any) -> Response:
    """A folder of an archive, or one member of it."""
    keep = request.registry.bodies.get
    path, number = "/".join(request.subpath), folder.page_number(request)

    def values(here: Addresses, today: date) -> dict[str, Any]:
        found = contents.directory(context.file, keep)
        entry = contents.find(found, path)
        if entry is None and path:
            raise Missing(f"There is no {path[:200]} in {context.file.filename}.")
        head = about.head(context, here, path)
        if entry is None or entry.name.endswith("/") or not entry.name:
            name = entry.name if entry is not None else ""
            return {**head, **folder.values(context, here, found, name, number)}
        return {"template": "member", **head, **member.values(context, here, entry)}

    names = (context.found.project.name, context.release.version, context.file.filename)
    key = (*names, context.file.artifact.sha256, path, number)
    return kept.page(request, context, "contents", key, values)


@view_config(context=FilePage, name="+raw", request_method="GET")
def raw(context: FilePage, request: Any) -> Response:
    """The bytes of one member, to keep; pictures among them can be put on a page."""
    return member.raw(context, request, "/".join(request.subpath))
