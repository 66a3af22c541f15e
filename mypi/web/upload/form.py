"""Read an upload form from the request's body, unless the web server did while it arrived."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from multipart import parse_options_header

from mypi.errors import Refused, TooLarge, Unsupported
from mypi.services.receive import Form
from mypi.web.upload.arriving import ARRIVED
from mypi.web.upload.reader import MAX_FIELD, MAX_FIELDS, FormReader

BLOCK = 2**18


def read(environ: dict[str, Any], folder: Path, max_file: int) -> Form:
    """The form in the body of a request; its file is spooled into ``folder``.

    Raises Refused, TooLarge (the file is over ``max_file`` bytes) or Unsupported; then nothing is
    left in ``folder``.  The caller closes the form's spool.
    """
    if ARRIVED in environ:
        return environ[ARRIVED].form()
    kind, options = parse_options_header(environ.get("CONTENT_TYPE") or "")
    stream: BinaryIO = environ["wsgi.input"]
    length = _length(environ)
    if kind == "application/x-www-form-urlencoded":
        return Form(_urlencoded(stream, length))
    if kind != "multipart/form-data":
        raise Unsupported(
            f"Content-Type: {kind[:80] or 'none'} is not taken here. Uploads are "
            "multipart/form-data; use twine, uv publish, or any other upload tool."
        )
    with FormReader(options.get("boundary", ""), folder, max_file) as reader:
        for block in _blocks(stream, length):
            reader.feed(block)
        return reader.form()


def _length(environ: dict[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH") or ""
    if not text:
        return -1
    if not text.isdecimal():
        raise Refused("Content-Length: a number is wanted.")
    return int(text)


def _urlencoded(stream: BinaryIO, length: int) -> dict[str, list[str]]:
    body = stream.read(min(length, MAX_FIELD + 1) if length >= 0 else MAX_FIELD + 1)
    if len(body) > MAX_FIELD:
        raise TooLarge("The form is too large; send files as multipart/form-data.")
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise Refused("The form cannot be read: UTF-8, percent-encoded, is wanted.") from None
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _blocks(stream: BinaryIO, length: int) -> Iterator[bytes]:
    left = length
    while left and (block := stream.read(BLOCK if length < 0 else min(BLOCK, left))):
        left -= len(block)
        yield block
