"""``/pypi/<project>/json`` and ``/pypi/<project>/<version>/json``."""

from typing import Any
from urllib.parse import quote

import orjson
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.names import normalise
from mypi.services import access, lookup, serials
from mypi.services.stamps import Moment
from mypi.web import caching, redirects
from mypi.web.frame import addresses
from mypi.web.pypi import release as releases
from mypi.web.pypi.doors import Json

SERIAL = "X-PyPI-Last-Serial"
_JSON = "application/json"


@view_config(context=Json, request_method="GET")
def told(context: Json, request: Any) -> Response:
    """A project's latest release with the files of all, or one release with its own."""
    try:
        response = _told(context, request)
    except Missing as missing:
        response = Response(status=404, content_type=_JSON)
        response.body = orjson.dumps({"message": str(missing)})
        response.headers["Cache-Control"] = "no-store"
    if access.is_public(context.index, context.access):
        # Its scripts run on pages of other sites, and carry no login there.
        response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _told(context: Json, request: Any) -> Response:
    spelt, *versions = context.target
    version = versions[0] if versions else None
    found = lookup.find(context.access, context.index, spelt)
    if found is None:
        raise Missing(f"There is no project {spelt[:80]} in the index {context.index.name}.")
    here = addresses.of(context, request)
    normal = normalise(spelt)
    if normal != spelt:
        parts = [normal, *(quote(it, "") for it in versions), "json"]
        return redirects.to_path(
            request, f"{here.home.removeprefix(here.root)}pypi/{'/'.join(parts)}"
        )
    release = None if version is None else lookup.release(found, version)
    serial = serials.of_project(context.access.site, found.index, normal)
    held_by = tuple(index.name for index, _project in found.sources)

    def build() -> bytes:
        told = release or releases.latest(found)
        return orjson.dumps(releases.about(here, found, told, serial, every=release is None))

    which = release.version if release is not None else None
    key = ("json", here, held_by, Moment(serial), which, found.stamp)
    response = caching.respond(request, key, _JSON, build)
    response.headers[SERIAL] = str(serial)
    return response
