"""Answers made once and kept: bodies keyed by the stamps of what they were made from.

Nothing is ever purged by hand: a change gives its object a new ZODB serial, hence a new key.  Of
keys that differ in the moment alone the newest is kept: nobody will ask for the others again, and
of pages that change all day they would fill the memory.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from importlib.metadata import version
from typing import Any, NamedTuple

from pyramid.response import Response

from mypi.services.stamps import timeless
from mypi.web import negotiate

_EDITION = version("mypi")
"""Another mypi may make another page of the same data; its validators must differ."""

_WORTH_PACKING = 500
"""Bytes below which gzip gains nothing."""


class _Kept(NamedTuple):
    key: Hashable
    body: bytes


class BodyCache:
    """The newest body of each key (``mypi.services.stamps``), bounded by bytes.

    The least used are forgotten first.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.hits = 0
        self.misses = 0
        self._bodies: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, build: Callable[[], bytes]) -> bytes:
        """The body of ``key``, built if need be; one over a quarter of the limit is not kept."""
        name = timeless(key)
        with self._lock:
            kept = self._bodies.get(name)
            if kept is not None and kept.key == key:
                self.hits += 1
                self._bodies.move_to_end(name)
                return kept.body
            self.misses += 1
        body = build()
        if len(body) * 4 <= self.limit:
            with self._lock:
                self._keep(name, _Kept(key, body))
        return body

    def _keep(self, name: Hashable, new: _Kept) -> None:
        old = self._bodies.pop(name, None)
        self.size += len(new.body) - (len(old.body) if old is not None else 0)
        self._bodies[name] = new
        while self.size > self.limit:
            _name, dropped = self._bodies.popitem(last=False)
            self.size -= len(dropped.body)


class Passing(Exception):
    """Raised by a builder: ``body`` will do for this answer, and the next one will be better."""

    def __init__(self, body: bytes) -> None:
        super().__init__("a body that is not to be kept")
        self.body = body


def respond(
    request: Any, key: tuple[Hashable, ...], content_type: str, build: Callable[[], bytes]
) -> Response:
    """A cacheable answer: 304 when the client has it, else from the cache, else built.

    ``key`` has to name everything the body depends on: stamps, kind, depth of the page.  What
    ``build`` raises as Passing is sent, and kept by nobody.
    """
    packed = negotiate.takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING"))
    tag = _tag((*key, content_type))
    response = bare_response()
    headers = response.headers
    headers["Vary"] = "Accept, Accept-Encoding"
    headers["Cache-Control"] = request.registry.page_cache_control
    if not request.access.is_open:
        headers["Vary"] += ", Authorization, Cookie"
    if request.access.identity.name:
        headers["Cache-Control"] = "private, " + headers["Cache-Control"]
    tags = (tag, tag + "-gz") if packed else (tag,)  # a cache may ask for who cannot unpack
    held = matches(request.environ.get("HTTP_IF_NONE_MATCH"), *tags)
    if held:
        response.status_int = 304
        headers["ETag"] = f'"{held}"'
        return response
    cache: BodyCache = request.registry.bodies
    headers["Content-Type"] = content_type
    try:
        body = cache.get((*key, content_type), build)
    except Passing as passing:
        headers["Cache-Control"] = "no-store"
        response.body = passing.body
        return response
    if packed and len(body) >= _WORTH_PACKING:
        body = cache.get(
            (*key, content_type, "gzip"),
            lambda plain=body: gzip.compress(plain, 5, mtime=0),  # type: ignore[misc]
        )
        headers["Content-Encoding"] = "gzip"
        tag += "-gz"
    headers["ETag"] = f'"{tag}"'
    response.body = body
    return response


def bare_response() -> Response:
    """A response without any header.

    WebOb's own default type must not be in a 304: caches copy its headers to the page they keep,
    and a JSON page that is called ``text/html`` has no files for pip.
    """
    return Response(headerlist=[], app_iter=[])


def matches(header: str | None, *tags: str) -> str | None:
    """The first of ``tags`` that an ``If-None-Match`` header names (weak comparison, RFC 9110)."""
    if not header:
        return None
    if header.strip() == "*":
        return tags[0]
    sent = {part.strip().removeprefix("W/").strip('"') for part in header.split(",")}
    return next((tag for tag in tags if tag in sent), None)


def _tag(key: tuple[Hashable, ...]) -> str:
    return hashlib.blake2b(repr((_EDITION, *key)).encode(), digest_size=12).hexdigest()
