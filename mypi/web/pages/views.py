"""The views: home of an index, a project (its latest release), a release.

For browsers only; whoever asks for something else at these addresses is an installer and is
answered by ``mypi.web.simple``.
"""

import time
from datetime import UTC, date, datetime
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.model import Release
from mypi.names import normalise
from mypi.services import lookup
from mypi.web import caching, frame
from mypi.web.frame import addresses
from mypi.web.pages import buttons, home, project, releases
from mypi.web.redirects import to_path
from mypi.web.resources import Door, IndexRoot, OfProject, ProjectDoor, ReleaseDoor


@view_config(context=IndexRoot, request_method="GET", browser=True)
def index_home(context: IndexRoot, request: Any) -> Response:
    """The home page of an index."""
    if not request.path_info.endswith("/"):
        return _moved(request, addresses.of(context, request).home)
    access, index = context.access, context.index
    may_manage = access.may("manage", index)
    lengths = tuple(len(it.journal) for it in access.indexes())
    return _page(
        request,
        context,
        "home",
        (lookup.names_stamp(access, index), lengths, _policies(context), may_manage),
        lambda here, today: {
            **home.index_page(access, index, request.registry.mypi, here, today),
            "manage": here.managing(index.name) if may_manage else "",
        },
    )


@view_config(context=ProjectDoor, request_method="GET", browser=True)
def project_home(context: ProjectDoor, request: Any) -> Response:
    """The page of a project: that of its latest release."""
    normal = normalise(context.__name__)
    if context.__name__ != normal or not request.path_info.endswith("/"):
        return _moved(request, addresses.of(context, request).project(normal))
    return _release(context, request, None)


@view_config(context=ReleaseDoor, request_method="GET", browser=True)
def release_home(context: ReleaseDoor, request: Any) -> Response:
    """The page of one release."""
    here = addresses.of(context, request)
    address = here.release(context.found.project.name, context.release.version)
    normal = f"/{normalise(context.found.project.name)}/{context.release.version}/"
    if not request.path_info.endswith(normal):
        return _moved(request, address)
    return _release(context, request, context.release)


def _release(context: OfProject, request: Any, release: Release | None) -> Response:
    def values(here: addresses.Addresses, today: date) -> dict[str, Any]:
        known = releases.entries(context.found)
        newest = releases.latest(known)
        if release is None and newest is None:
            return {"template": "bare", **project.bare_page(context, here), **acts.of_project()}
        shown = release or lookup.release(context.found, newest.version)  # type: ignore[union-attr]
        bodies = request.registry.bodies
        page = project.release_page(context, shown, known, here, today, bodies)
        return page | acts.of_release(shown)

    acts = buttons.Buttons(context, request)
    stamp = lookup.names_stamp(context.access, context.index)
    version = release.version if release is not None else ""
    key = (version, context.found.stamp, stamp, acts.rights)
    return _page(request, context, "release", key, values)


def _page(request: Any, context: Door, kind: str, key: tuple[Any, ...], values: Any) -> Response:
    """The page, from the cache if what it was made from has not changed."""
    here = addresses.of(context, request)
    today = datetime.fromtimestamp(time.time(), UTC).date()
    reader = frame.reader(request)
    indexes = frame.indexes(context, request, context.index.name)
    # Ages are told in days, commands carry the URL, and the bar the reader's name: they belong to
    # what the page depends on.
    key = (kind, request.registry.mypi.title, here, reader, *indexes, today.toordinal(), *key)

    def build() -> bytes:
        shown = values(here, today)
        template = shown.pop("template", kind)
        shown |= {"here": here, "indexes": indexes, "index": context.index.name, "reader": reader}
        shown["login_query"] = "?next=" + addresses.quoted(request.path)
        body = frame.shown(request, template, shown).encode("utf-8", "replace")
        if shown.get("is_waiting"):
            raise caching.Passing(body)
        return body

    response = caching.respond(request, key, "text/html; charset=utf-8", build)
    frame.protect(response)
    return response


def _policies(context: Door) -> tuple[Any, ...]:
    return tuple(lookup.stamp_of(index.policy) for index in context.access.indexes())


def _moved(request: Any, address: str) -> Response:
    return to_path(request, address.removeprefix(addresses.root(request)))
