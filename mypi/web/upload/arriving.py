"""Take a large upload from the web server while it arrives: one copy on the disk instead of two.

The server knows no forms.  It asks ``taker``'s function who takes the body of a request, hands that
on piece by piece, and leaves who took it in the environ, for ``mypi.web.upload.form``.
"""

import re
import threading
from collections.abc import Callable
from pathlib import Path

from multipart import parse_options_header

from mypi.errors import MypiError
from mypi.names import RESERVED_INDEX_NAMES
from mypi.services.receive import Form
from mypi.web.upload.reader import FormReader

ARRIVED = "mypi.body_taker"
"""Environ key of the web server: the ``Arriving`` that took the body."""

_UPLOAD_ADDRESS = re.compile(
    r"/(?:\+(?P<index>[a-z][a-z0-9-]*)(?:/|\Z))?(?:\+?simple|pypi|legacy|RPC2)?/?\Z"
)
"""Where only :mod:`mypi.web.upload.actions` reads a form; a test asks each of them."""

_PAGES = RESERVED_INDEX_NAMES - {"simple"}
"""Words that follow a plus and lead to something else than an index."""


TEXT_TOGETHER = 64 * 2**20
"""Bytes of text that all forms on their way may hold; nobody has asked yet who sends them."""


class Crowded(MypiError):
    """Others have sent too much text of forms that have not ended."""

    status = 503


class Allowance:
    """Bytes of memory for all forms on their way.  Thread-safe."""

    def __init__(self, most: int = TEXT_TOGETHER) -> None:
        self._left = most
        self._lock = threading.Lock()

    def take(self, count: int) -> None:
        """Take so many, or give back if it is negative; raises Crowded, and takes none."""
        with self._lock:
            if count > self._left:
                raise Crowded("Too many uploads are on their way; try again in some seconds.")
            self._left -= count


class Arriving:
    """A form on its way.  What is wrong with it is told when it is asked for, in the request."""

    def __init__(self, reader: FormReader, allowance: Allowance) -> None:
        self._reader = reader
        self._allowance = allowance
        self._taken = 0
        self._failure: MypiError | None = None

    def feed(self, data: bytes) -> None:
        """The next bytes of the body; after a failure they are dropped."""
        if self._failure is not None:
            return
        try:
            self._reader.feed(data)
            self._take(self._reader.held)
        except MypiError as error:
            self._failure = error
            self.close()

    def form(self) -> Form:
        """The form, when all of the body was there; raises Refused or TooLarge."""
        if self._failure is not None:
            raise self._failure
        with self._reader:
            return self._reader.form()

    def close(self) -> None:
        """The request is over: leave nothing behind."""
        self._reader.close()
        self._take(0)

    def _take(self, held: int) -> None:
        self._allowance.take(held - self._taken)
        self._taken = held


def taker(folder: Path, max_file: int) -> Callable[[str, str], Arriving | None]:
    """A function that tells who takes what is posted to a path, with a content type; or None."""
    allowance = Allowance()

    def take(path: str, content_type: str) -> Arriving | None:
        address = _UPLOAD_ADDRESS.match(path)
        if address is None or address["index"] in _PAGES:
            return None
        kind, options = parse_options_header(content_type)
        boundary = options.get("boundary", "")
        if kind != "multipart/form-data" or not boundary:
            return None
        return Arriving(FormReader(boundary, folder, max_file), allowance)

    return take
