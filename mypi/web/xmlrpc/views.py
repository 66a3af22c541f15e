"""The one view: a call comes in, its result or a fault goes out."""

import gzip
import logging
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Refused, TooLarge, Unsupported
from mypi.web import negotiate
from mypi.web.frame import addresses
from mypi.web.resources import Door, IndexRoot, SimpleIndex, UploadAddress
from mypi.web.xmlrpc import methods, wire
from mypi.web.xmlrpc.asking import Asked

log = logging.getLogger(__name__)

_KINDS = ("text/xml", "application/xml")
_WORTH_PACKING = 500
"""Bytes."""


class XmlRpcPredicate:
    """View predicate ``xml_rpc=True``: the body is XML, so it is no upload."""

    def __init__(self, wanted: bool, config: object) -> None:
        self.wanted = wanted

    def text(self) -> str:
        """How it is shown in Pyramid's messages."""
        return f"xml_rpc = {self.wanted}"

    phash = text

    def __call__(self, context: object, request: Any) -> bool:
        """Whether this view is for the body that came."""
        kind = request.environ.get("CONTENT_TYPE", "").partition(";")[0]
        return (kind.strip().lower() in _KINDS) is self.wanted


@view_config(context=IndexRoot, request_method="POST", xml_rpc=True, permission="read")
@view_config(context=UploadAddress, request_method="POST", xml_rpc=True, permission="read")
@view_config(context=SimpleIndex, request_method="POST", xml_rpc=True, permission="read")
def call(context: Door, request: Any) -> Response:
    """Answer a call.  It only reads, so its transaction ends with nothing stored."""
    request.tm.doom()
    asked = Asked(
        context.access,
        context.index,
        addresses.of(context, request),
        request.registry.bodies,
    )
    try:
        name, arguments = wire.read(_body(request.environ))
        body = wire.result(methods.call(asked, name, arguments))
    except wire.Fault as fault:
        log.info("fault %s for %s: %r", fault.code, request.remote_addr, str(fault)[:200])
        body = wire.fault(fault)
    return _answer(request, body)


def _body(environ: dict[str, Any]) -> bytes:
    """All of the body; raises Refused, TooLarge and Unsupported."""
    if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise Unsupported("Content-Encoding: XML-RPC calls are taken as they are, not packed.")
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not length.isdecimal():
        raise Refused("Content-Length: a number is wanted.")
    wanted = min(int(length), wire.MAX_BODY + 1) if length else wire.MAX_BODY + 1
    body: bytes = environ["wsgi.input"].read(wanted)
    if len(body) > wire.MAX_BODY:
        raise TooLarge(f"An XML-RPC call may have {wire.MAX_BODY >> 20} MiB.")
    return body


def _answer(request: Any, body: bytes) -> Response:
    response = Response(content_type="text/xml", charset="utf-8")
    packed = negotiate.takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING"))
    if packed and len(body) >= _WORTH_PACKING:
        body = gzip.compress(body, 5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    response.body = body
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
