"""Take many files at once, for ``mypi import``: one request, one transaction, one flush to disk.

The form has a field ``entries``: JSON, for each file part its ``uploaded`` (seconds since the
epoch), ``yanked`` (the reason), ``by``, ``sha256`` and ``attestations`` (as an upload form has
them), all optional, in the order of the files.
"""

import logging
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError, Refused
from mypi.services import attestations
from mypi.services.importing import batch
from mypi.services.importing.batch import Arrived, Outcome
from mypi.services.metering import Meters
from mypi.services.receive import Form, Upload, check
from mypi.staging import syncing
from mypi.web.execution import SPOOLS, take_turn
from mypi.web.resources import IndexRoot
from mypi.web.security import access_of, actor, demand, demand_there
from mypi.web.upload.limits import limits
from mypi.web.upload.many import Many

log = logging.getLogger(__name__)

RECEIVED = "mypi.received-batch"
"""Environ key: what came, should the request be tried again."""


MAX_ENTRIES = 2**25
"""Bytes of the field ``entries``; attestations are some 10 kB a file."""


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """What the source says of one file."""

    uploaded: Annotated[float, msgspec.Meta(ge=0, le=2**40)] | None = None
    yanked: str | None = None
    by: str = ""
    sha256: str = ""
    attestations: str = ""


@view_config(context=IndexRoot, name="+import", request_method="POST", permission="administer")
def take(context: IndexRoot, request: Any) -> Response:
    """Publish the files of the form; the answer says of each what became of it, in order."""
    if request.subpath:
        raise HTTPNotFound
    environ = request.environ
    if RECEIVED not in environ:
        environ[RECEIVED] = _received(request)
    came: list[Arrived | Outcome] = environ[RECEIVED]
    if take_turn(request):
        request.access = access_of(request)
        demand_there(request, context.index)
        demand(request, "administer", context.index)
    arrived = [it for it in came if isinstance(it, Arrived)]
    taken = iter(batch.take(context.index, arrived, actor(request)))
    outcomes = [next(taken) if isinstance(it, Arrived) else it for it in came]
    sizes = [
        it.upload.spool.size
        for it, outcome in zip(came, outcomes, strict=True)
        if isinstance(it, Arrived) and outcome.outcome == batch.PUBLISHED
    ]
    line = f"imported {len(sizes)} of {len(outcomes)} files into {context.index.name}"
    request.tm.get().addAfterCommitHook(_tell, args=(request.registry.meters, line, sizes))
    body = msgspec.json.encode({"results": outcomes})
    return Response(body, content_type="application/json", charset="utf-8")


def _tell(committed: bool, meters: Meters, line: str, sizes: list[int]) -> None:
    if committed:
        log.info(line)
        for size in sizes:
            meters.published(size)


def _received(request: Any) -> list[Arrived | Outcome]:
    """Each file checked, or why it is refused; on the disk before the transaction begins."""
    settings = request.registry.mypi
    many = Many(request.registry.spool_folder, settings.max_upload, MAX_ENTRIES)
    try:
        many.read(request.environ)
        said = _entries(many)
    except BaseException:
        many.close()
        raise
    request.environ[SPOOLS] += many.spools()
    with syncing(many.spools()):
        return [
            _checked(Form({"sha256_digest": [it.sha256]}, form.spool, form.filename), it, request)
            for form, it in zip(many.forms, said, strict=True)
        ]


def _entries(many: Many) -> list[Said]:
    if many.too_large:
        raise Refused(f"{many.too_large[0][:200]}: larger than the limit here (mypi.max_upload).")
    try:
        said = msgspec.json.decode(many.fields.get("entries", ""), type=list[Said])
    except msgspec.DecodeError as error:
        raise Refused(f"entries: {error}.") from None
    if len(said) != len(many.forms):
        raise Refused(f"entries: {len(said)} for {len(many.forms)} files; one each is wanted.")
    return said


def _checked(form: Form, said: Said, request: Any) -> Arrived | Outcome:
    try:
        upload = check(form, limits(request))
    except MypiError as error:
        return Outcome(form.filename[:200], batch.REFUSED, str(error))
    note = ""
    if said.attestations:
        upload, note = _attested(upload, said.attestations, request.registry.mypi.attestations)
    return Arrived(upload, said.uploaded, said.yanked, said.by, note)


def _attested(upload: Upload, text: str, which: str) -> tuple[Upload, str]:
    """The upload with its attestations; without them, and why, when they are not taken here."""
    try:
        provenance = attestations.take(
            text, upload.name.filename, upload.digests.sha256, strict=which == "verified"
        )
    except MypiError as error:
        return upload, f"It came without its attestations: {error}"
    return replace(upload, provenance=provenance), ""
