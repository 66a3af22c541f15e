"""One member of an archive: its text, its picture, its bytes."""

import hashlib
from typing import Any
from urllib.parse import quote

from pyramid.response import Response

from mypi.archives.reading import Entry
from mypi.archives.texts import as_text, picture_type
from mypi.errors import Missing, TooLarge
from mypi.services import colouring, contents
from mypi.sizes import size_in_words
from mypi.web import caching
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import number, plural
from mypi.web.resources import FilePage

MAX_TEXT = 2**20
"""Bytes of a text that are shown."""

MAX_LINES = 20_000
MAX_PICTURE = 2**21
"""Bytes of a picture that is shown."""

MAX_RAW = 2**25
"""Bytes of a member that is handed out by itself, and of which a digest is told."""


def values(context: FilePage, here: Addresses, entry: Entry) -> dict[str, Any]:
    """What the template shows of a member; raises Refused for one that cannot be read."""
    known = {
        "member": entry.name,
        "size": size_in_words(entry.size),
        "bytes": number(entry.size),
        "leads_to": entry.leads_to,
        "raw": "" if entry.size > MAX_RAW or entry.leads_to else _raw_page(context, here, entry),
        "lines": "",
        "note": "",
        "picture": False,
        "sha256": "",
        "is_waiting": False,
    }
    if entry.leads_to:
        return known
    limit = MAX_RAW if entry.size <= MAX_RAW else MAX_TEXT
    it = contents.member(context.file, entry, limit)
    if it.is_whole:
        known["sha256"] = hashlib.sha256(it.raw).hexdigest()
    if picture_type(it.raw) and it.is_whole and entry.size <= MAX_PICTURE:
        return {**known, "picture": True}
    return {**known, **_text(entry, it.raw)}


def raw(context: FilePage, request: Any, path: str) -> Response:
    """The bytes, as something to keep: no browser runs or frames them, whatever they are.

    Raises Missing, TooLarge and Refused.
    """
    file = context.file
    found = contents.directory(file, request.registry.bodies.get)
    entry = contents.find(found, path)
    if entry is None or not entry.name or entry.name.endswith("/") or entry.leads_to:
        raise Missing(f"There is no file {path[:200]} in {file.filename}.")
    if entry.size > MAX_RAW:
        raise TooLarge(
            f"{path[:200]} is larger than {MAX_RAW // 2**20} MiB; download {file.filename}."
        )
    tag = hashlib.sha256(f"{file.artifact.sha256}/{entry.name}".encode()).hexdigest()
    response = caching.bare_response()
    headers = response.headers
    headers["ETag"] = f'"{tag}"'
    headers["Cache-Control"] = "private, no-cache"
    if caching.matches(request.environ.get("HTTP_IF_NONE_MATCH"), tag):
        response.status_int = 304
        return response
    body = contents.member(file, entry, MAX_RAW).raw
    headers["Content-Type"] = picture_type(body) or "application/octet-stream"
    # Attachment even for pictures: <img> does not mind, and an address bar saves them.
    leaf = quote(entry.name.rpartition("/")[2], safe="")
    headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{leaf}"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Referrer-Policy"] = "same-origin"
    response.body = body
    return response


def _text(entry: Entry, read: bytes) -> dict[str, Any]:
    is_cut = len(read) > MAX_TEXT or len(read) < entry.size
    text = as_text(read[:MAX_TEXT], is_cut=is_cut)
    if text is None or not read:
        return {"note": "" if read else "It is empty."}
    notes = [f"Only the first {MAX_TEXT // 2**20} MiB are shown."] if is_cut else []
    is_waiting = False
    try:
        lines = colouring.coloured(text.text, colouring.language_of(entry.name))
    except colouring.Busy:
        lines, is_waiting = colouring.plain(text.text), True
    if len(lines) > MAX_LINES:
        notes.append(f"Only the first {MAX_LINES:,} of {len(lines):,} lines are shown.")
    if text.encoding != "UTF-8":
        notes.append("It is not UTF-8, and shown as Latin-1.")
    if text.is_turning:
        notes.append(
            "It holds characters that change the direction of what follows, so it may read other "
            "than it runs; they are shown as <U+202E> and the like."
        )
    return {
        "lines": numbered(lines[:MAX_LINES]),
        "count": plural(len(lines), "line"),
        "note": " ".join(notes),
        "is_waiting": is_waiting,
    }


def numbered(lines: list[str]) -> str:
    """Lines of HTML, each with its number, which is a link to it."""
    return "\n".join(
        f'<span id="L{n}"><a href="#L{n}" tabindex="-1">{n}</a>{line}</span>'
        for n, line in enumerate(lines, 1)
    )


def _raw_page(context: FilePage, here: Addresses, entry: Entry) -> str:
    page = here.file_page(
        context.found.project.name, context.release.version, context.file.filename
    )
    return f"{page}/+raw/{quote(entry.name)}"
