"""Take a multipart form in whatever pieces it arrives; its file goes straight into a spool.

Real clients decide what is taken (measured): an empty line before the first delimiter, ``content``
before ``name``, no content types, and bodies with bare LF line ends from ``setup.py register`` and
``upload_docs``.
"""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from multipart import MultipartError, PushMultipartParser

from mypi.errors import Refused, TooLarge
from mypi.services.receive import Form
from mypi.staging import Spool

MAX_FIELD = 4 * 2**20
MAX_FIELDS = 20_000
MAX_TEXT = 16 * 2**20
"""Bytes of all fields together, with their names."""
COST_OF_FIELD = 200
"""Bytes that hold a field, however short it is."""
MAX_SIGNATURE = 2**16
MAX_LF_BODY = 32 * 2**20
"""Bytes of a body with bare LF line ends; it is read in one piece, and only old tools send it."""
LF_IN_MEMORY = 2**16
"""Bytes of it that need no file while it arrives."""

FILE_PARTS = ("content", "pkginfo")

Chunk = bytes | bytearray


class FormReader:
    """One form.  ``feed`` it until there is no more, then ask for the ``form``.

    Both raise Refused, or TooLarge when the file has more than ``max_file`` bytes.  ``close``
    leaves nothing behind in ``folder``; who was given the form closes its spool.
    """

    def __init__(self, boundary: str, folder: Path, max_file: int) -> None:
        if not boundary:
            raise Refused("Content-Type: multipart/form-data needs a boundary.")
        self._boundary = boundary.encode()
        self._parts = _Parts(folder, max_file)
        self._part: Any = None
        self._head = bytearray()
        self._parser: PushMultipartParser | None = None
        self._folder = folder
        self._with_lf: tempfile.SpooledTemporaryFile[bytes] | None = None

    @property
    def held(self) -> int:
        """Bytes of text that are in memory now."""
        return self._parts.held

    def feed(self, block: bytes) -> None:
        """The next bytes of the body."""
        if self._with_lf is not None:
            self._gather(block)
        elif self._parser is not None:
            self._parse(self._parser, block)
        else:
            self._head += block
            # What ends the first delimiter tells how all lines end.
            if len(self._head) >= len(self._boundary) + 16:
                self._begin()

    def form(self) -> Form:
        """What was read."""
        if self._parser is None and self._with_lf is None:
            self._begin()
        if self._with_lf is not None:
            self._parser = self._new_parser()
            with self._with_lf as gathered:
                gathered.seek(0)
                body = gathered.read()
            self._parse(self._parser, _with_crlf(body, self._boundary))
        assert self._parser is not None, "one way or the other it has begun"
        try:
            self._parser.close()
        except MultipartError as error:
            raise _broken(error) from None
        return self._parts.form()

    def close(self) -> None:
        """Leave nothing behind."""
        self._parts.close()
        if self._with_lf is not None:
            self._with_lf.close()

    def __enter__(self) -> "FormReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self.close()

    def _begin(self) -> None:
        head = bytes(self._head)
        self._head.clear()
        if b"--" + self._boundary + b"\n" in head[: len(self._boundary) + 16]:
            self._with_lf = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - it outlives this call
                max_size=LF_IN_MEMORY, dir=str(self._folder)
            )
            self._gather(head)
        else:
            self._parser = self._new_parser()
            self._parse(self._parser, head)

    def _new_parser(self) -> PushMultipartParser:
        try:
            return PushMultipartParser(self._boundary, max_segment_count=MAX_FIELDS)
        except MultipartError as error:
            raise _broken(error) from None

    def _parse(self, parser: PushMultipartParser, block: bytes) -> None:
        try:
            for event in parser.parse(block):
                if event is None or isinstance(event, (bytes, bytearray)):
                    self._parts.take(self._part, event)
                else:
                    self._part = event
                    self._parts.take(event, b"")
        except MultipartError as error:
            raise _broken(error) from None

    def _gather(self, block: bytes) -> None:
        assert self._with_lf is not None, "only such a body is gathered"
        self._with_lf.write(block)
        if self._with_lf.tell() > MAX_LF_BODY:
            raise TooLarge(
                f"A form with bare LF line ends may have {MAX_LF_BODY >> 20} MiB here; use a newer "
                "tool."
            )


def _broken(error: MultipartError) -> Refused:
    return Refused(f"The form is broken or was cut off: {error.args[0]}. Upload again.")


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


class _Parts:
    """Collects fields in memory and the file in a spool."""

    def __init__(self, folder: Path, max_file: int) -> None:
        self.folder = folder
        self.max_file = max_file
        self.fields: dict[str, list[str]] = {}
        self.spool: Spool | None = None
        self.filename = ""
        self.signature: bytes | None = None
        self.held = 0
        self._text = bytearray()

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
        # What has no bytes begins.
        self.held += len(chunk) or COST_OF_FIELD + 4 * len(part.name)
        limit = MAX_SIGNATURE if part.name == "gpg_signature" else MAX_FIELD
        if len(self._text) > limit or self.held > MAX_TEXT:
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
        self.fields, self._text, self.signature, self.held = {}, bytearray(), None, 0
        if self.spool is not None:
            self.spool.close()
