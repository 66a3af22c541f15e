"""The integrity API: the provenance of a file (PEP 740; S-80 to S-84)."""

from typing import Any

import orjson
from pyramid.response import Response
from pyramid.view import view_config
from webob.acceptparse import create_accept_header

from mypi.model.project import release_key
from mypi.services import attestations, lookup
from mypi.services.stamps import stamp_of
from mypi.web import caching
from mypi.web.integrity.doors import Attested, IntegrityDoor

MEDIA_TYPE = "application/vnd.pypi.integrity.v1+json"
OFFERS = (MEDIA_TYPE, "application/json")


@view_config(context=IntegrityDoor, request_method="GET")
@view_config(context=Attested, request_method="GET")
def provenance(context: IntegrityDoor | Attested, request: Any) -> Response:
    """The attestations of one file."""
    path = context.path if isinstance(context, Attested) else ()
    if len(path) != 3 or path[2] != "provenance" or not isinstance(context, Attested):
        return _problem(404, "Ask for /integrity/PROJECT/VERSION/FILE/provenance.")
    header = create_accept_header(request.environ.get("HTTP_ACCEPT"))
    accepted = header.acceptable_offers(OFFERS)
    if not accepted:
        return _problem(406, f"Here is {' and '.join(OFFERS)} only.")
    version, filename, _word = path
    listed = context.found.listed(filename)
    if listed is None or not _same(listed.link.version, version):
        return _problem(404, f"There is no file {filename[:200]} of that release.")
    index = context.access.site.indexes[listed.held_by]
    file, _link = lookup.file(index, context.found.project.name, filename)
    held = file.provenance
    if held is None:
        return _problem(404, f"{filename[:200]} has no attestations.")
    response = caching.respond(
        request,
        ("provenance", stamp_of(held)),
        accepted[0][0],
        lambda: orjson.dumps(attestations.public(held)),
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _same(version: str, asked: str) -> bool:
    """Whether the address names that version, in whatever spelling."""
    try:
        return release_key(version) == release_key(asked)
    except ValueError:  # Python reads no number of more than 4,300 digits
        return False


def _problem(status: int, message: str) -> Response:
    response = Response(status=status, body=orjson.dumps({"message": message}))
    response.content_type = "application/json"
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
