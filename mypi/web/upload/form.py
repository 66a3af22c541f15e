"""Read an upload form from the request's body: a stream, parsed once, straight into the spool.

Real clients decide what is taken (measured): an empty line before the first delimiter, ``content``
before ``name``, no content types, and bodies with bare LF line ends from ``setup.py register`` and
``upload_docs``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from multipart import MultipartError, PushMultipartParser, parse_options_header

from mypi.errors import Refused, TooLarge, Unsupported
from mypi.services.receive import Form
from mypi.staging import Spool

BLOCK = 2**18
MAX_FIELD = 4 * 2**20
MAX_FIELDS = 20_000
MAX_TEXT = 16 * 2**20
"""Bytes of all fields together."""
MAX_SIGNATURE = 2**16
MAX_LF_BODY = 32 * 2**20
"""Bytes of a body with bare LF line ends; it is held in memory, and only old tools send it."""

Chunk = bytes | bytearray

FILE_PARTS = ("content", "pkginfo")


def read(environ: dict[str, Any], folder: Path, max_file: int) -> Form:
    """The form in the body of a request; its file is spooled into ``folder``.

    Raises Refused, TooLarge (the file is over ``max_file`` bytes) or Unsupported; then nothing is
    left in ``folder``.  The caller closes the form's spool.
    """
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
    reader = _Reader(folder, max_file)
    try:
        for part, chunk in _events(stream, length, options.get("boundary", "")):
            reader.take(part, chunk)
    except MultipartError as error:
        reader.close()
        raise Refused(
            f"The form is broken or was cut off: {error.args[0]}. Upload again."
        ) from None
    except BaseException:
        reader.close()
        raise
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


def _events(stream: BinaryIO, length: int, boundary: str) -> Iterator[tuple[Any, Chunk | None]]:
    """Pairs of a part and a chunk of its body; None ends the part."""
    if not boundary:
        raise Refused("Content-Type: multipart/form-data needs a boundary.")
    first = stream.read(BLOCK if length < 0 else min(BLOCK, length))
    blocks = _blocks(stream, first, length)
    if f"--{boundary}\n".encode() in first[: len(boundary) + 16]:
        blocks = iter([_with_crlf(b"".join(_at_most(blocks, MAX_LF_BODY)), boundary.encode())])
    part = None
    with PushMultipartParser(boundary, max_segment_count=MAX_FIELDS) as parser:
        for block in blocks:
            for event in parser.parse(block):
                if event is None or isinstance(event, (bytes, bytearray)):
                    yield part, event
                else:
                    part = event
                    yield part, b""


def _blocks(stream: BinaryIO, first: bytes, length: int) -> Iterator[bytes]:
    block, left = first, length
    while block:
        yield block
        left -= len(block)
        block = stream.read(BLOCK if length < 0 else min(BLOCK, left)) if left else b""


def _at_most(blocks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    seen = 0
    for block in blocks:
        seen += len(block)
        if seen > limit:
            raise TooLarge(
                f"A form with bare LF line ends may have {limit >> 20} MiB here; use a newer tool."
            )
        yield block


def _with_crlf(body: bytes, boundary: bytes) -> bytes:
    """``body`` with CRLF around delimiters and part heads; the parts' bytes stay as they are."""
    # One more than the fields, for the end.
    _preamble, *parts = (b"\n" + body).split(b"\n--" + boundary, MAX_FIELDS + 2)
    if len(parts) > MAX_FIELDS + 1:
        raise Refused(f"The form has more than {MAX_FIELDS} fields.")
    lines = [b""]
    for part in parts:
        head, empty, content = part.partition(b"\n\n")
        lines.append(b"--" + boundary + head.replace(b"\n", b"\r\n"))
        if empty:
            lines[-1] += b"\r\n\r\n" + content
    return b"\r\n".join(lines)


class _Reader:
    """Collects fields in memory and the file in a spool."""

    def __init__(self, folder: Path, max_file: int) -> None:
        self.folder = folder
        self.max_file = max_file
        self.fields: dict[str, list[str]] = {}
        self.spool: Spool | None = None
        self.filename = ""
        self.signature: bytes | None = None
        self._text = bytearray()
        self._total = 0

    def take(self, part: Any, chunk: Chunk | None) -> None:
        """One event: the start of a part (an empty chunk), some bytes of it, or its end (None)."""
        if part.filename is not None and part.name in FILE_PARTS:
            self._take_file(part, chunk)
        elif chunk is None:
            self._end(part)
        else:
            self._take_text(part, chunk)

    def _take_file(self, part: Any, chunk: Chunk | None) -> None:
        if chunk is None:
            return
        if not chunk:
            if self.spool is not None:
                raise Refused("content: the form has two files; upload them one by one.")
            self.spool = Spool(self.folder)
            self.filename = part.filename
            return
        assert self.spool is not None, "the start of a part comes before its bytes"
        self.spool.write(chunk)
        if self.spool.size > self.max_file:
            raise TooLarge(
                f"{self.filename[:200]}: larger than {self.max_file} bytes, the limit here "
                "(setting mypi.max_upload)."
            )

    def _take_text(self, part: Any, chunk: Chunk) -> None:
        if part.filename is not None and part.name != "gpg_signature":
            raise Refused(f"{part.name[:80]}: this field takes text, not a file.")
        self._text += chunk
        self._total += len(chunk)
        limit = MAX_SIGNATURE if part.name == "gpg_signature" else MAX_FIELD
        if len(self._text) > limit or self._total > MAX_TEXT:
            raise Refused(f"{part.name[:80]}: the field is too long ({limit} bytes at most).")

    def _end(self, part: Any) -> None:
        body = bytes(self._text)
        self._text.clear()
        if part.name == "gpg_signature" and part.filename is not None:
            self.signature = body
            return
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise Refused(f"{part.name[:80]}: the field is not UTF-8.") from None
        if part.name not in ("description", "attestations") and "\0" in text:
            raise Refused(f"{part.name[:80]}: the field holds a NUL character.")
        self.fields.setdefault(part.name, []).append(text)

    def form(self) -> Form:
        """What was read."""
        return Form(self.fields, self.spool, self.filename, self.signature)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.spool is not None:
            self.spool.close()
