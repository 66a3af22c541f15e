"""The views: two releases compared, and the form that chooses them."""

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.services import lookup, versions
from mypi.services.stamps import stamp_of
from mypi.web import redirects
from mypi.web.compare import sheet
from mypi.web.frame import addresses, kept
from mypi.web.resources import ReleaseDoor


@view_config(context=ReleaseDoor, name="+diff", request_method="GET")
def compared(context: ReleaseDoor, request: Any) -> Response:
    """What a release has that another one had not."""
    if not request.subpath:
        return _chosen(context, request)
    if len(request.subpath) > 1:
        raise Missing("Two releases can be compared, as in /project/2.0/+diff/1.0.")
    found, new = context.found, context.release
    old = lookup.release(found, request.subpath[0])
    here = addresses.of(context, request)
    address = here.comparison(found.project.name, new.version, old.version)
    if not request.path_info.endswith(f"/{new.version}/+diff/{old.version}"):
        return redirects.to_path(request, address.removeprefix(addresses.root(request)))
    bodies = request.registry.bodies
    return kept.page(
        request,
        context,
        "compare",
        (*found.stamp, *stamp_of(old, new)),
        lambda here, today: sheet.values(context, here, old, new, bodies.get),
    )


def _chosen(context: ReleaseDoor, request: Any) -> Response:
    """What the form asks for: ``with`` and ``of`` are versions; else with the one before."""
    found, new = context.found, context.release
    if request.GET.get("of"):
        new = lookup.release(found, request.GET["of"][:200])
    other = request.GET.get("with", "")[:200]
    if not other:
        known = [it.version for it in versions.candidates(it.link for it in found.links())]
        place = known.index(new.version) if new.version in known else len(known)
        other = next(iter(known[place + 1 :]), new.version)
    old = lookup.release(found, other)
    here = addresses.of(context, request)
    address = here.comparison(found.project.name, new.version, old.version)
    return redirects.see_other(request, address.removeprefix(addresses.root(request)))
