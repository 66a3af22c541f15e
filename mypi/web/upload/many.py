"""Read a browser's form with several files: each goes to a spool of its own as it arrives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from multipart import MultipartError, PushMultipartParser, parse_options_header

from mypi.errors import Refused, TooLarge, Unsupported
from mypi.services.receive import Form
from mypi.staging import Spool

MAX_FILES = 100
"""Files of one form."""

MAX_TEXT = 2**16
"""Bytes of the fields that are no files."""

_BLOCK = 2**18


class Many:
    """The files of a form, each as the form that a tool would send, and the other fields."""

    def __init__(self, folder: Path, max_file: int, max_text: int = MAX_TEXT) -> None:
        self.folder = folder
        self.max_file = max_file
        self.max_text = max_text
        self.forms: list[Form] = []
        self.fields: dict[str, str] = {}
        self.too_large: list[str] = []
        self._text = bytearray()
        self._spool: Spool | None = None

    def close(self) -> None:
        """Leave nothing behind."""
        for spool in self.spools():
            spool.close()

    def spools(self) -> list[Spool]:
        """The files on disk."""
        kept = [form.spool for form in self.forms if form.spool is not None]
        return [*kept, *([self._spool] if self._spool is not None else [])]

    def read(self, environ: dict[str, Any]) -> None:
        """Read the body of a request; raises Refused, TooLarge or Unsupported."""
        kind, options = parse_options_header(environ.get("CONTENT_TYPE") or "")
        if kind != "multipart/form-data" or not options.get("boundary"):
            raise Unsupported("Choose files in the form of the upload page, and send that.")
        try:
            with PushMultipartParser(options["boundary"], max_segment_count=2 * MAX_FILES) as it:
                part: Any = None
                for block in _blocks(environ):
                    for event in it.parse(block):
                        if event is None or isinstance(event, (bytes, bytearray)):
                            self._take(part, event)
                        else:
                            part = event
                            self._begin(part)
        except MultipartError as error:
            raise Refused(
                f"The form is broken or was cut off: {error.args[0]}. Upload again."
            ) from None

    def _begin(self, part: Any) -> None:
        self._text.clear()
        if part.filename:
            if len(self.forms) + len(self.too_large) >= MAX_FILES:
                raise TooLarge(f"The form has more than {MAX_FILES} files; send less at a time.")
            self._spool = Spool(self.folder)

    def _take(self, part: Any, chunk: bytes | bytearray | None) -> None:
        if part.filename:
            self._take_file(part, chunk)
        elif chunk is not None:
            self._text += chunk
            if len(self._text) > self.max_text:
                raise Refused(f"{part.name[:80]}: the field is too long.")
        elif part.filename is None:
            self.fields[part.name] = self._text.decode("utf-8", "replace")

    def _take_file(self, part: Any, chunk: bytes | bytearray | None) -> None:
        if self._spool is None:  # too large; the rest is read and dropped
            return
        if chunk is None:
            self.forms.append(Form({}, self._spool, part.filename))
            self._spool = None
            return
        self._spool.write(chunk)
        if self._spool.size > self.max_file:
            self.too_large.append(part.filename)
            self._spool.close()
            self._spool = None


def _blocks(environ: dict[str, Any]) -> Iterator[bytes]:
    stream: BinaryIO = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        raise Refused("Content-Length: a number is wanted.")
    left = int(length)
    while left and (block := stream.read(min(_BLOCK, left))):
        left -= len(block)
        yield block
