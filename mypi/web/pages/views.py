"""The views: home of an index, a project (its latest release), a release.

For browsers only; whoever asks for something else at these addresses is an installer and is
answered by ``mypi.web.simple``.
"""

import time
from datetime import UTC, date, datetime
from typing import Any

from pyramid.renderers import render
from pyramid.response import Response
from pyramid.view import view_config

from mypi.model import Release
from mypi.names import normalise
from mypi.services import lookup
from mypi.web import caching
from mypi.web.pages import addresses, home, project, releases
from mypi.web.redirects import to_path
from mypi.web.resources import Door, IndexRoot, OfProject, ProjectDoor, ReleaseDoor

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@view_config(context=IndexRoot, request_method="GET", browser=True)
def index_home(context: IndexRoot, request: Any) -> Response:
    """The home page of an index."""
    if not request.path_info.endswith("/"):
        return _moved(request, addresses.of(context, request).home)
    site, index = context.site, context.index
    lengths = tuple((name, len(site.indexes[name].journal)) for name in site.indexes)
    return _page(
        request,
        context,
        "home",
        (lookup.names_stamp(site, index), lengths, _policies(context)),
        lambda here, today: home.index_page(site, index, request.registry.mypi, here, today),
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
            return {"template": "bare", **project.bare_page(context, here)}
        shown = release or lookup.release(context.found, newest.version)  # type: ignore[union-attr]
        bodies = request.registry.bodies
        return project.release_page(context, shown, known, here, today, bodies)

    stamp = lookup.names_stamp(context.site, context.index)
    version = release.version if release is not None else ""
    return _page(request, context, "release", (version, context.found.stamp, stamp), values)


def _page(request: Any, context: Door, kind: str, key: tuple[Any, ...], values: Any) -> Response:
    """The page, from the cache if what it was made from has not changed."""
    here = addresses.of(context, request)
    today = datetime.fromtimestamp(time.time(), UTC).date()
    # Ages are told in days, commands carry the URL: they belong to what the page depends on.
    key = (kind, request.registry.mypi.title, here, context.index.name, today.toordinal(), *key)

    def build() -> bytes:
        shown = values(here, today)
        template = shown.pop("template", kind)
        shown |= {"here": here, "indexes": _indexes(context, request), "index": context.index.name}
        text: str = render(f"mypi.web.pages:templates/{template}.pt", shown, request=request)
        return text.encode("utf-8", "replace")

    response = caching.respond(request, key, "text/html; charset=utf-8", build)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _indexes(context: Door, request: Any) -> list[tuple[str, str, bool]]:
    """Names and addresses of all indexes, the default one first, and which one this is."""
    default = request.registry.mypi.default_index
    names = sorted(context.site.indexes, key=lambda name: (name != default, name))
    return [
        (name, addresses.of_index(request, name).home, name == context.index.name) for name in names
    ]


def _policies(context: Door) -> tuple[Any, ...]:
    return tuple(lookup.stamp_of(index.policy) for index in context.site.indexes.values())


def _moved(request: Any, address: str) -> Response:
    return to_path(request, address.removeprefix(addresses.root(request)))
